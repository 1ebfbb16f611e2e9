import type { Language, Texts } from '../../probes/probe.js';
import { textWidth } from '../../reports/text-width.js';

/** What stands in a cell: a figure, or words in either language. */
export type Cell = string | Texts;

/** A Markdown table in columns, as prettier leaves it: text to the left, figures to the right. */
export function table(
  header: readonly Cell[],
  rows: readonly (readonly Cell[])[],
  { language = 'en', texts = 1 }: { readonly language?: Language; readonly texts?: number } = {},
): string {
  const inThis = (cells: readonly Cell[]): string[] => cells.map((cell) => inLanguage(cell, language));
  const [titles, lines] = [inThis(header), rows.map(inThis)];
  const widths = titles.map((title, column) =>
    Math.max(3, textWidth(title), ...lines.map((cells) => textWidth(cells[column] ?? ''))),
  );
  const padded = (cells: readonly string[]): string =>
    `| ${widths
      .map((width, i) => {
        const [cell, space] = [cells[i] ?? '', ' '.repeat(width - textWidth(cells[i] ?? ''))];
        return i < texts ? cell + space : space + cell;
      })
      .join(' | ')} |`;
  const rule = widths.map((width, i) => (i < texts ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [padded(titles), `| ${rule.join(' | ')} |`, ...lines.map(padded)].join('\n');
}

export function inLanguage(cell: Cell, language: Language): string {
  return typeof cell === 'string' ? cell : cell[language];
}

/** The middle one; of an even number the higher. @throws RangeError for none. */
export function median(values: readonly number[]): number {
  const middle = values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
  if (middle === undefined) throw new RangeError('no values');
  return middle;
}

export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

export function thousands(packetsPerSecond: number): string {
  return `${Number((packetsPerSecond / 1000).toPrecision(3))} k`;
}

export function seconds(value: number): string {
  return `${value.toFixed(1)} s`;
}

/** Rounded down: 100 % is said of all and nothing less. */
export function percent(share: number): string {
  return `${Math.floor(share * 1000) / 10} %`;
}
