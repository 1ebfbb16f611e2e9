import type { Info } from 'csv-parse/sync';
import { CsvError, parse } from 'csv-parse/sync';
import { UsageError } from '../domain/usage-error.js';
import type { Column, MapHeader } from './map-columns.js';
import { COLUMNS, KNOWN_COLUMNS, readHeader } from './map-columns.js';
import { parseNetwork } from './network.js';
import type { OwnedRange } from './owner.js';
import { ownerPool, parseAsn } from './owner.js';

const HINT = 'write prefix,asn,as_name,customer: 192.0.2.0/24,64496,EXAMPLE-AS,C-1001';

/** As long as no line of a map is, and short enough that a quote left open does not swallow the file. */
const MOST_RECORD_BYTES = 65_536;

/** The lines of an operator's map, and what its author should know of how they were read. */
export interface OperatorMap {
  readonly ranges: readonly OperatorRange[];
  readonly notes: readonly string[];
}

export interface OperatorRange extends OwnedRange {
  readonly line: number;
}

/**
 * The operator's own map: CSV (RFC 4180) with the columns `prefix,asn,as_name,customer`, the last three of which
 * may be empty. A header may put them in another order and use the usual other names. Columns beyond these are
 * passed over where neither asn nor customer is missing: otherwise one of those may be meant. One closure, for the
 * header decides how every later line is read.
 * @throws UsageError with file and line, also for a network that stands there twice with different owners.
 */
export function readOperatorMap(text: string, file: string): OperatorMap {
  const owner = ownerPool(ownerOf);
  const ranges = new Map<string, OperatorRange>();
  let header: MapHeader | undefined;
  let places: MapHeader['places'] | undefined;
  let width = COLUMNS.length as number;
  let lastLine = 0;

  const take = (record: readonly string[], line: number): void => {
    const fail = (problem: string, hint = HINT): never => {
      throw new UsageError(`${file}:${line}: ${problem}`, hint);
    };
    // A cell of a spreadsheet may hold line breaks, a name in a report may not.
    const fields = record.map((field) => field.replaceAll(/\s+/g, ' ').trim());
    // What a spreadsheet makes of an empty row.
    if (fields.every((field) => field === '')) return;
    if (places === undefined) {
      const read = readHeader(fields);
      if (read.places.prefix === undefined) places = { prefix: 0, asn: 1, as_name: 2, customer: 3 };
      else {
        refuseHeader(read, fail);
        header = read;
        ({ places } = read);
        width = fields.length;
        return;
      }
    }
    const used = fields.findLastIndex((field) => field !== '') + 1;
    if (used > width) fail(`${used} fields where ${width} are known`);
    const at = (column: Column): string => fields[places?.[column] ?? -1] ?? '';
    const network = parseNetwork(at('prefix'));
    if (typeof network === 'string') return fail(network);
    const asn = at('asn');
    if (asn !== '' && parseAsn(asn) === undefined) fail(`"${asn}" is not an AS number`);
    const range = { ...network, line, owner: owner([asn, at('as_name'), at('customer')].join(SEPARATOR)) };
    const key = `${network.first.toString()} ${network.last.toString()}`;
    const earlier = ranges.get(key);
    // One owner is one object.
    if (earlier !== undefined && earlier.owner !== range.owner)
      fail(
        `"${at('prefix')}" is ${named(range.owner)} here and ${named(earlier.owner)} on line ${earlier.line}`,
        'keep one of the two',
      );
    ranges.set(key, earlier ?? range);
  };

  try {
    // The library counts a CRLF inside quotes as two lines.
    parse(text.replaceAll('\r\n', '\n'), {
      ...DIALECT,
      max_record_size: MOST_RECORD_BYTES,
      info: true,
      // Nothing is kept of a record: its type says otherwise.
      on_record: (({ record, info }: { record: string[]; info: Info }) => {
        lastLine = info.lines;
        take(record, info.lines - record.reduce((sum, field) => sum + field.split('\n').length - 1, 0));
        return null;
      }) as never,
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // The library tells where it gave up, which for a quote left open is the end of the file.
    throw new UsageError(
      `${file}:${lastLine + 1}: a field in quotes does not end, or does not end at a comma`,
      'put quotes around the whole field, and write a quote inside it twice: "Harbour ""North"""',
    );
  }
  return { ranges: [...ranges.values()], notes: header === undefined ? [] : notesOf(header, file) };
}

/** What a spreadsheet writes: rows may lack their last cells. A # begins a comment at the start of a line alone. */
const DIALECT = {
  bom: true,
  relax_column_count: true,
  skip_empty_lines: true,
  trim: true,
  comment: '#',
  comment_no_infix: true,
} as const;

/** The fields of one line of CSV; none where it is not CSV. @param delimiter what stands between them. */
export function fieldsOf(line: string, delimiter = ','): readonly string[] {
  try {
    return parse(line, { ...DIALECT, delimiter })[0] ?? [];
  } catch {
    return [];
  }
}

/** Whether these are the first fields of an operator's map: a header with a prefix in it, or a network and more. */
export function beginsOperatorMap(fields: readonly string[]): boolean {
  if (readHeader(fields).places.prefix !== undefined) return true;
  return fields.length > 1 && typeof parseNetwork(fields[0] ?? '') !== 'string';
}

function named({ asn, asName, customer }: OwnedRange['owner']): string {
  const words = [asn === undefined ? [] : `AS${asn}`, asName ?? [], customer ?? []].flat();
  return words.length === 0 ? 'without an owner' : `"${words.join(' ')}"`;
}

function refuseHeader(
  { unknown, places, twice }: MapHeader,
  fail: (problem: string, hint?: string) => never,
): void {
  if (twice !== undefined)
    fail(
      `the columns ${twice.names.map((name) => `"${name}"`).join(' and ')} both mean ${twice.column}`,
      'keep one of the two',
    );
  const missing = (['asn', 'customer'] as const).filter((column) => places[column] === undefined);
  if (unknown.length === 0 || missing.length === 0) return;
  fail(
    `unknown ${unknown.length === 1 ? 'column' : 'columns'} ${unknown.map((name) => `"${name}"`).join(', ')}, and no ${missing.join(', no ')}`,
    `known are ${KNOWN_COLUMNS}; rename the columns, or remove those that are something else`,
  );
}

function notesOf({ aliases, unknown }: MapHeader, file: string): readonly string[] {
  const read = aliases.map(({ written, column }) => `"${written}" as ${column}`);
  return [
    ...(read.length > 0 ? [`${file}: read ${read.join(', ')}`] : []),
    ...(unknown.length > 0
      ? [`${file}: passed over the columns ${unknown.map((name) => `"${name}"`).join(', ')}`]
      : []),
  ];
}

/** Parts what one owner's text is made of: no field holds it. */
const SEPARATOR = '\n';

function ownerOf(text: string): OwnedRange['owner'] {
  const [asnText = '', asName = '', customer = ''] = text.split(SEPARATOR);
  const asn = parseAsn(asnText);
  return { ...(asn && { asn }), ...(asName !== '' && { asName }), ...(customer !== '' && { customer }) };
}
