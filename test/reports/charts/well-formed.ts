import assert from 'node:assert/strict';

/** An element of XML as it was written. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (Element | string)[];
}

const TOKEN = /<(\/?)([a-z][\w-]*)((?:\s+[a-z][\w:-]*="[^"<]*")*)\s*(\/?)>|([^<]+)/giy;
const REFERENCE = /&(?!(?:amp|lt|gt|quot|#39|#\d+);)/;

/** Reads strict XML, without comments and sections: every tag closed, every attribute quoted and there once. */
export function parseXml(text: string): readonly (Element | string)[] {
  const top: (Element | string)[] = [];
  const open: { name: string; children: (Element | string)[] }[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const token = TOKEN.exec(text);
    assert.ok(token, `no XML: ${text.slice(at, at + 80)}`);
    const [, closes, name = '', attributeText = '', isEmpty, data] = token;
    const siblings = open.at(-1)?.children ?? top;
    assert.doesNotMatch(data ?? attributeText, REFERENCE);
    if (data !== undefined) siblings.push(data);
    else if (closes === '/') assert.equal(open.pop()?.name, name);
    else {
      const pairs = [...attributeText.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [
        key,
        value,
      ]);
      const attributes = Object.fromEntries(pairs) as Record<string, string>;
      assert.equal(Object.keys(attributes).length, pairs.length, attributeText);
      const element = { name, attributes, children: [] };
      siblings.push(element);
      if (isEmpty !== '/') open.push(element);
    }
  }
  assert.deepEqual(open, []);
  return top;
}

/** All elements within, in the order of the text. */
export function elementsOf(nodes: readonly (Element | string)[]): readonly Element[] {
  return nodes.flatMap((node) => (typeof node === 'string' ? [] : [node, ...elementsOf(node.children)]));
}

/** The text of a node and all within. */
export function textOf(node: Element | string): string {
  return typeof node === 'string' ? node : node.children.map(textOf).join('');
}
