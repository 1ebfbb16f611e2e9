import type { Language, ProbeIdentity } from '../../probes/probe.js';
import { LANGUAGES, NOT_MEASURED, publishedText } from '../../probes/probe.js';
import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { RunRecord } from '../../src/domain/run-record.js';
import { isExposed } from '../../src/domain/status.js';
import { atHost, unknownTexts, textsOf } from '../notices/phrases.js';
import { inline } from './cells.js';
import type { Html, Part } from './html.js';
import { html } from './html.js';
import { nothingFound } from './nothing-found.js';
import { bilingual } from './bilingual.js';
import { bySeverity, exposedOf } from './strength.js';

/**
 * What to do about each kind of service that is exposed, the most severe first: once for all networks, which link
 * here, for the same texts at every customer would make ten pages of one.
 */
export function guidance(
  run: RunRecord,
  records: readonly FindingRecord[],
  probes: readonly ProbeIdentity[] | undefined,
): Html {
  const kinds = byGuidance(bySeverity(exposedOf(records)), probes);
  if (kinds.size === 0)
    return html`<p>${bilingual(nothingFound(run))}</p>
`;
  return html`${[...kinds].map(([id, rows]) => article(id, rows, probes))}`;
}

/** Rows by what to do about them, in the order of their first. */
export function byGuidance(
  records: readonly FindingRecord[],
  probes: readonly ProbeIdentity[] | undefined,
): ReadonlyMap<string, readonly FindingRecord[]> {
  const groups = new Map<string, FindingRecord[]>();
  for (const record of records) {
    const id = guidanceId(record, probes);
    const group = groups.get(id);
    if (group) group.push(record);
    else groups.set(id, [record]);
  }
  return groups;
}

/** Where the page says what to do about such a row. */
export function guidanceId(record: FindingRecord, probes: readonly ProbeIdentity[] | undefined): string {
  return textsOf(record, probes) === unknownTexts ? 'do-unknown' : `do-${record.probe}`;
}

/** Its title, which leads there where it is exposed now. */
export function guidanceLink(record: FindingRecord, probes: readonly ProbeIdentity[] | undefined): Html {
  const title = bilingual(textsOf(record, probes).title);
  return isExposed(record.status) ? html`<a href="#${guidanceId(record, probes)}">${title}</a>` : title;
}

function article(
  id: string,
  rows: readonly FindingRecord[],
  probes: readonly ProbeIdentity[] | undefined,
): Part {
  const [worst] = rows;
  if (worst === undefined) return undefined;
  const places = new Map(
    rows.map(({ probe, probed_port }) => [
      `${probe} ${probed_port}`,
      html`<code>${probe}</code> · UDP ${probed_port}`,
    ]),
  );
  const { title, risk, remedy, check } = textsOf(worst, probes);
  const known = probes?.find((probe) => `do-${probe.id}` === id);
  const each = (text: (language: Language) => Part): Html =>
    html`${LANGUAGES.map((language) => html`<div lang="${language}">${text(language)}</div>`)}`;
  return html`<article class="guidance" id="${id}"><h3>${bilingual(title)}</h3>
<p class="facts">${[...places.values()].map((place, index) => [index > 0 && ', ', place])}${known && html` · ${known.standard}`}${
    known?.published !== undefined &&
    known.published.factor !== '-' &&
    html` · ${bilingual({
      en: `published factor ${publishedText(known.published).en}`,
      ja: `公表されている増幅率 ${publishedText(known.published).ja}`,
    })}`
  }${
    known?.measuredOn !== undefined &&
    html` · ${bilingual({
      en: `its reader was ${NOT_MEASURED.en}`,
      ja: `応答の読み取りは${NOT_MEASURED.ja}`,
    })}`
  }</p>
<h4>${bilingual({ en: 'Why it matters', ja: '放置した場合の危険' })}</h4>
<p>${bilingual(risk)}</p>
<h4>${bilingual({ en: 'What to do', ja: '対策の方法' })}</h4>
${each(
  (language) => html`<ul>
${atHost(remedy[language], worst)
  .split('\n')
  .map(
    (line) => html`<li>${inline(line)}
`,
  )}</ul>`,
)}
<h4>${bilingual({ en: 'How to see for yourself', ja: 'ご自身での確認方法' })}</h4>
${each((language) => steps(atHost(check[language], worst)))}
</article>
`;
}

/** Lines of text; a command stands in a line of its own after four spaces. */
function steps(text: string): Part {
  return text
    .split('\n')
    .map((line) =>
      line.startsWith('    ') ? html`<pre><code>${line.trim()}</code></pre>` : html`<p>${inline(line)}</p>`,
    );
}
