import { stringify } from 'csv-stringify/sync';
import type { Column } from './columns.js';
import type { ReportOptions } from './report.js';

/** Rows that become one chunk of text: enough to be quick, few enough to be forgotten. */
const ROWS_A_CHUNK = 100;

/**
 * RFC 4180: a header always, CRLF, a quote only where a cell needs one. The one place that uses csv-stringify.
 * @param rows the cells of each row in the order of the columns, as text.
 * @param options.quoteAll quotes every cell.
 * @param options.bom begins with a byte order mark, which old Excel wants and which ten other readers break on.
 * @param options.profile `excel` does so too, and writes times as `2026-11-20 03:01:00`, still in UTC: with T and Z
 * a spreadsheet takes them for text. Every text is guarded there, also against becoming a number or a date.
 */
export function* csvChunks(
  columns: readonly (Pick<Column, 'name' | 'remote'> & Partial<Pick<Column, 'type'>>)[],
  rows: Iterable<readonly string[]>,
  options: Pick<ReportOptions, 'bom' | 'profile'> & { readonly quoteAll?: boolean },
): Generator<string, void, undefined> {
  const quoteAll = options.quoteAll === true;
  const isExcel = options.profile === 'excel';
  const isTime = columns.map(({ type }) => isExcel && type === 'time');
  const guards = columns.map(({ remote, type }) =>
    isExcel && (remote === true || type === 'text')
      ? (cell: string) => guardCellEnd(guardText(cell))
      : remote === true
        ? guardRemote
        : undefined,
  );
  const text = (part: readonly (readonly string[])[], bom: boolean): string =>
    stringify([...part], { ...OPTIONS, bom, quoted: quoteAll, quoted_empty: quoteAll });
  yield text([columns.map(({ name }) => name)], options.bom || isExcel);
  let part: string[][] = [];
  for (const row of rows) {
    if (row.length !== columns.length)
      throw new RangeError(`${row.length} cells for ${columns.length} columns`);
    part.push(
      row.map((cell, index) =>
        isTime[index] ? cell.replace('T', ' ').replace('Z', '') : (guards[index]?.(cell) ?? cell),
      ),
    );
    if (part.length === ROWS_A_CHUNK) {
      yield text(part, false);
      part = [];
    }
  }
  if (part.length > 0) yield text(part, false);
}

/** Every cell is text by now. Whatever is not would be written in csv-stringify's own way: `NaN`, 1 for true. */
const refuse = (value: unknown): never => {
  throw new TypeError(`a cell must be text: ${String(value)}`);
};

const OPTIONS = {
  record_delimiter: '\r\n',
  // With '\r\n' between the records, a lone CR or LF within a cell would go unquoted and make two rows of one.
  quoted_match: /[\r\n]/,
  cast: { boolean: refuse, date: refuse, number: refuse, bigint: refuse, object: refuse },
};

/**
 * A cell that a spreadsheet would take for a formula gets an apostrophe in front, as OWASP has it ("CSV
 * Injection"; CWE-1236): those that begin with = + - @, a tab or a return, in any width (Excel folds the
 * full-width and small ones), also after a semicolon, where many locales part cells. csv-stringify's own
 * guard would take all texts alike; ours is for text from outside.
 */
export function guardFormula(cell: string): string {
  return cell.replace(
    /(^|;)(\s*)([=+\-@\t\r\n\0\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b])/g,
    "$1'$2$3",
  );
}

/**
 * A blank goes behind a backslash that stands before a quote or at the end of its cell: for PHP's reader, and so for
 * AbuseIO, a backslash takes the meaning of the quote behind it, and every cell after it moves on by one.
 */
export function guardCellEnd(cell: string): string {
  return cell.replace(/\\(?="|$)/g, '\\ ');
}

/** Both guards: what a text from outside goes through. */
function guardRemote(cell: string): string {
  return guardCellEnd(guardFormula(cell));
}

/**
 * The same, and before a text that a spreadsheet would turn into a number, a date, a time, an amount, a truth value
 * or an error, in whatever locale: `007`, `1.10`, `1-2`, `SEPT2`, `R8.11.20`. Rather once too often: a version 1.10
 * that became 1.1 is lost.
 */
export function guardText(cell: string): string {
  const guarded = guardFormula(cell);
  return guarded === cell && FIGURE.test(cell.normalize('NFKC').trim()) ? `'${cell}` : guarded;
}

/** Nothing but digits, their signs, and words of dates, times and money, with one digit at least; or a fixed word. */
const FIGURE = new RegExp(
  String.raw`^(?:true|false|#(?:n/a|[a-z0-9/]+[!?])|(?!')(?=.*\p{Nd})(?:${[
    String.raw`[\p{Nd}\p{Sc}\s.,:;/\u2044()%'’+\\-]`,
    String.raw`(?<=[\p{Nd}.])e(?=[-+]?\p{Nd})|[ap]\.?m\.?(?!\p{L})|[mtshr](?=\p{Nd})`,
    '(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?',
    'jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?',
    '明治|大正|昭和|平成|令和|元|午前|午後|[年月日時分秒円]',
  ].join('|')})+)$`,
  'iu',
);
