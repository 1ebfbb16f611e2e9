import type { Texts } from '../../../probes/probe.js';
import { countText } from '../../../src/domain/count-text.js';
import type { Html, Part } from '../html.js';
import { html } from '../html.js';
import type { Bilingual } from '../bilingual.js';
import { bilingual } from '../bilingual.js';

/** One chart of the report, as text. Pure: the same run gives the same bytes. Its style sheet is style.ts. */
export interface Chart {
  /** Unique in the page: `exposed-by-probe`. */
  readonly id: string;
  readonly title: Texts;
  /** The key and the drawing, or the one sentence that stands for them where there is nothing to draw. */
  readonly svg: Html;
  /** The same figures, with caption and headers; absent where there are none. */
  readonly table?: Html;
}

/** `html` under a name that the formatter leaves alone: within `<text>` every space counts. */
export const svg = html;

/** The units across every drawing; where it is widest one is 1.33 pixels, on a phone of 360 pixels 0.68. */
export const WIDTH = 480;

/** The frame of a drawing: of any size, with a name and a description for those who cannot see it. */
export function drawing(
  {
    id,
    title,
    about,
    height,
  }: Pick<Chart, 'id' | 'title'> & { readonly about: Texts; readonly height: number },
  ...parts: readonly Part[]
): Html {
  return svg`<div class="chart-frame"><svg class="chart" role="img" viewBox="0 0 ${WIDTH} ${tidy(height)}" aria-labelledby="${id}-title" aria-describedby="${id}-about"><title id="${id}-title">${both(title)}</title><desc id="${id}-about">${both(about)}</desc>${parts}</svg></div>
`;
}

/** What the marks mean: each with a swatch of the same class, and shape where that tells more. */
export function key(items: readonly { readonly swatch: Html; readonly texts: Bilingual }[]): Html {
  return html`<ul class="chart-key">${items.map(
    ({ swatch, texts }) =>
      html`<li><svg viewBox="0 0 20 16" aria-hidden="true" focusable="false">${swatch}</svg>${bilingual(texts)}</li>`,
  )}</ul>
`;
}

/** The sentence where nothing is drawn, or something to know beside the drawing. */
export function note(texts: Bilingual): Html {
  return html`<p class="chart-note">${bilingual(texts)}</p>
`;
}

/** Rows of figures; the first cell of each is its header. Whole numbers are grouped by thousands. */
export function dataTable(
  caption: Texts,
  heads: readonly Bilingual[],
  rows: readonly (readonly Part[])[],
): Html {
  const cell = (part: Part): Html =>
    typeof part === 'number' ? html`<td class="number">${countText(part)}</td>` : html`<td>${part}</td>`;
  return html`<table class="chart-table">
<caption>${bilingual(caption)}</caption>
<thead><tr>${heads.map((head) => html`<th scope="col">${bilingual(head)}</th>`)}</tr></thead>
<tbody>
${rows.map(
  ([first, ...others]) => html`<tr><th scope="row">${first}</th>${others.map(cell)}</tr>
`,
)}</tbody>
</table>
`;
}

/** Where markup cannot be, in the name of a drawing or of a mark: one language after the other. */
export function both({ en, ja }: Texts): string {
  return `${en} / ${ja}`;
}

/** A pattern of lines, at this angle to the vertical, for what is not to be told by its colour alone. */
export function hatch(id: string, className: string, degrees: number): Html {
  return svg`<pattern id="${id}" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(${degrees})"><path class="${className}" d="M1 0v4"/></pattern>`;
}

/** What stands under the pointer. */
export function hint(texts: Texts): Html {
  return svg`<title>${both(texts)}</title>`;
}

/** A coordinate: a tenth of a unit is finer than any screen. */
export function tidy(value: number): number {
  return Math.round(value * 10) / 10;
}
