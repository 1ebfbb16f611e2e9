import type { Report } from '../report.js';
import { documentEnd, documentHead } from './document.js';
import type { Html } from './html.js';
import { html } from './html.js';
import { say } from './say.js';
import type { RunRecord } from '../../src/domain/run-record.js';
import { cleanText } from '../clean-text.js';

/** report.html: one file for people who would rather look than read, which asks no network for anything. */
export const htmlReport: Report = {
  name: 'html',
  *files(run) {
    yield { path: 'report.html', chunks: chunksOf(run) };
  },
};

/** A part at a time: nobody needs the whole document as one string. */
function* chunksOf(run: RunRecord): Generator<string, void, undefined> {
  for (const part of parts(run)) yield part.toString();
}

function* parts(run: RunRecord): Generator<Html, void, undefined> {
  yield documentHead(run);
  yield html`<header>
      <fieldset>
        <legend>Language / 言語</legend>
        <label lang="en"><input type="radio" name="lang" id="en" checked /> English</label>
        <label lang="ja"><input type="radio" name="lang" id="ja" /> 日本語</label>
      </fieldset>
      <h1>${say({ en: 'Exposure report', ja: '公開サービス調査報告' })}</h1>
      <p>${cleanText(run.authorisation.organisation)}</p>
    </header>
    <main id="main"></main> `;
  yield html`</main>
`;
  yield documentEnd();
}
