import type { Chart } from './charts/index.js';
import type { Html } from './html.js';
import { html } from './html.js';
import { bilingual } from './bilingual.js';

/**
 * Each chart under its name, with the figures behind it for those who want or need them as a table; a part each, and an
 * empty one for a step on the way to the next.
 */
export function* charts(list: Iterable<Chart | undefined>): Generator<Html, void, undefined> {
  yield html`<div class="charts">
`;
  for (const chart of list) {
    if (chart === undefined) {
      yield html``;
      continue;
    }
    const { id, title, svg, table } = chart;
    yield html`<figure id="${id}"><figcaption id="${id}-caption">${bilingual(title)}</figcaption>
${svg}${
      table &&
      html`<details><summary>${bilingual({ en: 'The figures as a table', ja: '数値を表で見る' })}</summary>
<div class="scroll" role="region" tabindex="0" aria-labelledby="${id}-caption">${table}</div></details>
`
    }</figure>
`;
  }
  yield html`</div>
`;
}
