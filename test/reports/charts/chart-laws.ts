import assert from 'node:assert/strict';
import type { Chart } from '../../../reports/html/charts/chart.js';
import type { Element } from './well-formed.js';
import { elementsOf, parseXml, textOf } from './well-formed.js';

const JAPANESE = /[\u3040-\u30ff\u4e00-\u9fff]/;

/** What holds for every chart of every run. Gives its elements. */
export function assertChartLaws(chart: Chart): readonly Element[] {
  const text = `${chart.svg.toString()}${chart.table?.toString() ?? ''}`;
  assert.doesNotMatch(text, /\bNaN\b|Infinity|undefined|null|\[object/);
  const elements = elementsOf(parseXml(text));

  for (const { name, attributes } of elements) {
    assert.ok(name !== 'script' && name !== 'style', name);
    for (const attribute of Object.keys(attributes)) assert.doesNotMatch(attribute, /^(style|on.*|href)$/);
  }
  const drawings = elements.filter(({ attributes }) => attributes['role'] === 'img');
  for (const { attributes, children } of drawings) {
    assert.ok(attributes['viewBox'] && !('width' in attributes) && !('height' in attributes));
    const [title, about] = children as readonly Element[];
    assert.equal(title?.attributes['id'], attributes['aria-labelledby']);
    assert.equal(about?.attributes['id'], attributes['aria-describedby']);
    assert.ok(title && about);
    for (const texts of [title, about]) assert.match(textOf(texts), JAPANESE);
  }
  const ids = elements.flatMap(({ attributes }) => attributes['id'] ?? []);
  assert.equal(new Set(ids).size, ids.length);
  for (const id of ids) assert.ok(id.startsWith(chart.id), id);

  const said = (language: string): number =>
    elements.filter(
      ({ name, attributes }) => ['span', 'tspan'].includes(name) && attributes['lang'] === language,
    ).length;
  assert.equal(said('en'), said('ja'));
  assert.ok(said('en') > 0);
  assert.match(chart.title.ja, JAPANESE);
  return elements;
}

/** The rows of its table: the text of each cell, Japanese left out. */
export function tableRows({ table }: Chart): readonly (readonly string[])[] {
  assert.ok(table);
  const elements = elementsOf(parseXml(table.toString()));
  assert.equal(elements.filter(({ name }) => name === 'caption').length, 1);
  const heads = elements.filter(({ attributes }) => attributes['scope'] === 'col');
  const rows = elements
    .filter(({ name, children }) => name === 'tr' && (children[1] as Element | undefined)?.name === 'td')
    .map(({ children }) => (children as readonly Element[]).map(inEnglish));
  for (const row of rows) assert.equal(row.length, heads.length);
  return rows;
}

/** What an English reader sees of an element. */
export function inEnglish(node: Element | string): string {
  if (typeof node === 'string') return node;
  return node.attributes['lang'] === 'ja' ? '' : node.children.map(inEnglish).join('');
}

/** `1,234` as a number. */
export function numberIn(text: string | undefined): number {
  assert.match(text ?? '', /^[\d,]+$/);
  return Number(text?.replaceAll(',', ''));
}
