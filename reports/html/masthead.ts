import type { RunRecord } from '../../src/domain/run-record.js';
import { spacedTime } from '../notices/phrases.js';
import { named } from './cells.js';
import type { Html } from './html.js';
import { html } from './html.js';
import type { Bilingual } from './bilingual.js';
import { bilingual } from './bilingual.js';

/** A part of the page that the contents name. */
export interface Section {
  readonly id: string;
  readonly title: Bilingual;
}

/** Who speaks, of when, in which language, and what the page holds. */
export function masthead(
  { authorisation, scan_id, started, ended }: RunRecord,
  sections: readonly Section[],
): Html {
  return html`<a class="skip" href="#main">${bilingual({ en: 'Skip to the content', ja: '本文へ移動' })}</a>
<header>
<fieldset class="languages"><legend>Language / 言語</legend>
<label lang="en"><input type="radio" name="lang" id="en" checked>English</label>
<label lang="ja"><input type="radio" name="lang" id="ja">日本語</label>
</fieldset>
<p class="organisation">${named(authorisation.organisation, 120)}</p>
<h1>${bilingual({ en: 'Reflector exposure report', ja: 'リフレクター調査報告' })}</h1>
<p class="when">${bilingual({
    en: `Scanned ${spacedTime(started)} to ${spacedTime(ended)}`,
    ja: `調査期間：${spacedTime(started)} ～ ${spacedTime(ended)}`,
  })} · <span class="run">${scan_id}</span></p>
</header>
<nav aria-labelledby="contents"><h2 id="contents">${bilingual({ en: 'Contents', ja: '目次' })}</h2><ul>
${sections.map(
  ({ id, title }) => html`<li><a href="#${id}">${bilingual(title)}</a>
`,
)}</ul></nav>
<main id="main">
`;
}
