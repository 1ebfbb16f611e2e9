/**
 * The tables of docs/servers.md: made by a test run, held by every later one. UPDATE_GOLDEN=1 writes them anew; the
 * difference is then for a person to read.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import type { Exchange } from '../../src/domain/exchange.js';
import { factorsOf } from '../../src/domain/factors.js';
import { repositoryRoot } from '../repository.js';

/** What one server does with one probe, as the page shows it. */
export type Row = Readonly<Record<Column, string>>;

const COLUMNS = ['server', 'probe', 'request', 'answer', 'verdict', 'BAF', 'wire'] as const;
type Column = (typeof COLUMNS)[number];

const PAGE = join(repositoryRoot, 'docs', 'servers.md');

/**
 * How far a length or a factor may be from the page: a package's next version names itself in other letters, and
 * what speaks of the machine (SNMP: counters, interfaces; NTP mode 6: the kernel) differs by more.
 */
const toleranceOf = ({ probe }: Row): number =>
  BY_OWN_CLOCK.has(probe) ? 0.5 : /^(snmp|ntp)-/.test(probe) ? 0.25 : 0.1;

/** Servers that send as long as their own time-out lasts: a busy machine lets them send fewer datagrams in that time. */
const BY_OWN_CLOCK: ReadonlySet<string> = new Set(['minetest']);

/** A row for the exchange whose figures stand for all that was asked. */
export function rowOf(
  server: string,
  probe: string,
  exchange: Pick<Exchange, 'form' | 'sent' | 'received'> & { readonly sizes: readonly number[] },
  verdict: string,
): Row {
  const { form, sent, received } = exchange;
  const silent = received.datagrams === 0;
  const { amplification, wireAmplification } = factorsOf(exchange);
  return {
    server,
    probe,
    request: `${form}, ${grouped(sent.payloadBytes)} B`,
    answer: silent ? '—' : answerOf(exchange),
    verdict,
    BAF: silent ? '—' : factor(amplification),
    wire: silent ? '—' : factor(wireAmplification),
  };
}

/** Holds the rows against the page, or writes them into it where UPDATE_GOLDEN=1 asks for that. */
export async function assertOnPage(section: string, rows: readonly Row[]): Promise<void> {
  await updateSection(section, rows);
  const shown = parse(sectionOf(readFileSync(PAGE, 'utf8'), section));
  const keyOf = ({ server, probe }: Row): string => `${server} ${probe}`;
  const how = 'UPDATE_GOLDEN=1 npm test -- servers/servers writes docs/servers.md anew';
  assert.deepEqual(shown.map(keyOf), rows.map(keyOf), how);
  const differing = rows.flatMap((row, i) =>
    COLUMNS.filter((column) => !agree(column, shown[i]?.[column] ?? '', row)).map(
      (column) =>
        `${keyOf(row)}, ${column}: the page shows ${shown[i]?.[column] ?? ''}, here: ${row[column]}`,
    ),
  );
  assert.deepEqual(differing, [], how);
}

/** Writes a section of the page, only where UPDATE_GOLDEN=1 asks for it. */
export async function updateSection<Name extends string>(
  section: string,
  rows: readonly Readonly<Record<Name, string>>[],
): Promise<void> {
  const [first] = rows;
  if (process.env['UPDATE_GOLDEN'] !== '1' || !first) return;
  const columns = Object.keys(first) as Name[];
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  const table = [
    columns,
    columns.map(() => '---'),
    ...rows.map((row) => columns.map((column) => row[column])),
  ];
  const page = readFileSync(PAGE, 'utf8');
  // With its mark before it: an empty section would be found anywhere.
  const place = markOf(section) + sectionOf(page, section);
  const text = page.replace(place, () => `${markOf(section)}\n\n${table.map(line).join('')}\n`);
  const style = await resolveConfig(PAGE);
  writeFileSync(PAGE, await format(text, { ...style, filepath: PAGE }));
}

/** What stands between the two comments that mark a section. */
function sectionOf(page: string, section: string): string {
  const [begin, end] = [markOf(section), '<!-- end -->'];
  const from = page.indexOf(begin) + begin.length;
  const to = page.indexOf(end, from);
  assert.ok(from >= begin.length && to > from, `docs/servers.md has a section ${section}`);
  return page.slice(from, to);
}

function markOf(section: string): string {
  return `<!-- measured: ${section} -->`;
}

function parse(table: string): Row[] {
  const [header = [], , ...rows] = table
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  assert.deepEqual(header, COLUMNS);
  return rows.map((cells) => Object.fromEntries(COLUMNS.map((column, i) => [column, cells[i] ?? ''])) as Row);
}

/**
 * Words, requests and counts of datagrams exactly; lengths of answers and factors within the tolerance, and counts too
 * where the server's clock decides them.
 */
function agree(column: Column, shown: string, row: Row): boolean {
  const { [column]: here, probe } = row;
  const tolerance = toleranceOf(row);
  if (column !== 'answer' && column !== 'BAF' && column !== 'wire') return shown === here;
  const [a, b] = [shown, here].map((cell) => cell.split(NUMBERS));
  assert.ok(a && b);
  return (
    a.length === b.length &&
    a.every((part, i) => {
      const [one, other] = [part, b[i] ?? ''].map((text) => Number(text.replaceAll(',', '')));
      if (Number.isNaN(one) || part === b[i]) return part === b[i];
      // The first number of an answer counts its datagrams.
      if (column === 'answer' && i === 1 && !BY_OWN_CLOCK.has(probe)) return false;
      return Math.abs((one ?? NaN) - (other ?? NaN)) <= tolerance * (one ?? NaN) + 0.051;
    })
  );
}

/** Splits into words and numbers, the numbers at the odd places. */
const NUMBERS = /(\d[\d,.]*)/;

function answerOf({
  received,
  sizes,
}: Pick<Exchange, 'received'> & { readonly sizes: readonly number[] }): string {
  const { datagrams, payloadBytes } = received;
  const alike = new Set(sizes).size === 1;
  return alike
    ? `${grouped(datagrams)} × ${grouped(payloadBytes / datagrams)} B`
    : `${grouped(datagrams)} datagrams, ${grouped(payloadBytes)} B`;
}

function factor(value: number): string {
  return value.toFixed(value < 100 ? 1 : 0).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** 44,000, whatever the machine's language. */
function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}
