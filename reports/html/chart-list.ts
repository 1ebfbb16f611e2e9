import type { Chart } from './charts/index.js';
import type { Html } from './html.js';
import { html } from './html.js';
import { say } from './say.js';

/** Each chart under its name, with the figures behind it for those who want or need them as a table; a part each. */
export function* charts(list: Iterable<Chart>): Generator<Html, void, undefined> {
  yield html`<div class="charts">
`;
  for (const { id, title, svg, table } of list)
    yield html`<figure id="${id}"><figcaption id="${id}-caption">${say(title)}</figcaption>
${svg}${
      table &&
      html`<details><summary>${say({ en: 'The figures as a table', ja: '数値を表で見る' })}</summary>
<div class="scroll" role="region" tabindex="0" aria-labelledby="${id}-caption">${table}</div></details>
`
    }</figure>
`;
  yield html`</div>
`;
}
