import type { Html, Part } from './html.js';
import { html } from './html.js';
import type { Bilingual } from './bilingual.js';
import { bilingual } from './bilingual.js';

/** A column of a table for people. */
export interface TableColumn<Row> {
  readonly head: Bilingual;
  /** Aligned by its digits. */
  readonly isNumber?: true;
  /** For the style sheet. */
  readonly className?: string;
  readonly cell: (row: Row) => Part;
}

/**
 * A table that scrolls by itself where it is too wide for the page; the first column names the row.
 * @param labelledBy the id of what its heading is.
 */
export function table<Row>(
  labelledBy: string,
  columns: readonly TableColumn<Row>[],
  rows: readonly Row[],
): Html {
  const kind = ({ isNumber, className = isNumber && 'number' }: TableColumn<Row>): Part =>
    className && html` class="${className}"`;
  return html`<div class="scroll" role="region" tabindex="0" aria-labelledby="${labelledBy}"><table>
<thead><tr>${columns.map((column) => html`<th scope="col"${kind(column)}>${bilingual(column.head)}`)}</thead>
<tbody>
${rows.map(
  (row) => html`<tr>${columns.map((column, index) =>
    index === 0
      ? html`<th scope="row"${kind(column)}>${column.cell(row)}`
      : html`<td${kind(column)}>${column.cell(row)}`,
  )}
`,
)}</tbody></table></div>
`;
}
