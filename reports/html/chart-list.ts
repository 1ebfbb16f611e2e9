import type { Chart } from './charts/index.js';
import type { Html } from './html.js';
import { html } from './html.js';
import { say } from './say.js';

/** Each chart under its name, with the figures behind it for those who want or need them as a table. */
export function charts(list: readonly Chart[]): Html {
  return html`<div class="charts">
${list.map(
  ({
    id,
    title,
    svg,
    table,
  }) => html`<figure id="${id}"><figcaption id="${id}-caption">${say(title)}</figcaption>
${svg}${
    table &&
    html`<details><summary>${say({ en: 'The figures as a table', ja: '数値を表で見る' })}</summary>
<div class="scroll" role="region" tabindex="0" aria-labelledby="${id}-caption">${table}</div></details>
`
  }</figure>
`,
)}</div>
`;
}
