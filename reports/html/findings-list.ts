import type { FindingRecord } from '../../src/domain/finding-record.js';
import { SEVERITIES } from '../../src/domain/finding.js';
import type { RunRecord } from '../../src/domain/run-record.js';
import { STATUSES } from '../../src/domain/status.js';
import { factorText } from '../notices/phrases.js';
import { factor, fileLink, marked, named, wordClass } from './cells.js';
import { countText } from '../../src/domain/count-text.js';
import type { Html, Part } from './html.js';
import { html } from './html.js';
import { nothingFound } from './nothing-found.js';
import { bilingual } from './bilingual.js';
import { bySeverity } from './strength.js';

/** A browser is quick with as many; the rest is in the CSV file. */
export const MOST_ROWS = 10_000;
/** Columns of what a server says of itself: to be recognised. */
const SOFTWARE_COLUMNS = 40;

const ROWS_A_PART = 100;
/** Fills its frame whatever the window: a longer list is laid out when it is scrolled to. */
const SCREENFUL = 50;

/**
 * Every finding, exposed first and then by severity, with controls that the script shows. The words in the rows are
 * those of the CSV files; what they are in Japanese the style sheet puts before them, once and not ten thousand times.
 */
export function* findingsList(
  run: RunRecord,
  records: readonly FindingRecord[],
): Generator<Html, void, undefined> {
  if (records.length === 0) {
    yield html`<p>${bilingual(nothingFound(run))}</p>
`;
    return;
  }
  const rows = bySeverity(records);
  // Ten thousand are not put in order and looked through in one turn.
  yield html``;
  yield introduction(rows);
  for (let from = 0; from < Math.min(rows.length, MOST_ROWS); from += ROWS_A_PART)
    yield html`${rows.slice(from, Math.min(from + ROWS_A_PART, MOST_ROWS)).map(row)}`;
  yield html`</tbody></table></div>
<p id="more" hidden>${bilingual({ en: html`The first <b></b> of them are shown.`, ja: html`先頭の<b></b>行を表示しています。` })} <button type="button">${bilingual({ en: 'Show more', ja: 'さらに表示' })}</button></p>
`;
}

function introduction(records: readonly FindingRecord[]): Html {
  // Looked through once, and not once for each word that there might be.
  const seen = { probes: new Set<string>(), severities: new Set<string>(), statuses: new Set<string>() };
  for (const { probe, severity, status } of records) {
    seen.probes.add(probe);
    seen.severities.add(severity);
    if (status !== undefined) seen.statuses.add(status);
  }
  const shown = countText(Math.min(records.length, MOST_ROWS));
  return html`<p>${
    records.length > MOST_ROWS
      ? bilingual({
          en: html`The first ${countText(MOST_ROWS)} of ${countText(records.length)} findings: exposed first, then by severity. All of them, with every column, are in ${fileLink('findings.csv')}.`,
          ja: html`${countText(records.length)}件のうち、検出中のものから深刻度の高い順に${countText(MOST_ROWS)}件を表示しています。全件・全項目は ${fileLink('findings.csv')} にあります。`,
        })
      : bilingual({
          en: html`All ${countText(records.length)}: exposed first, then by severity. Every column of them is in ${fileLink('findings.csv')}, every exchange in ${fileLink('findings.jsonl')}.`,
          ja: html`全${countText(records.length)}件を、検出中のものから深刻度の高い順に表示しています。全項目は ${fileLink('findings.csv')} に、すべてのやり取りは ${fileLink('findings.jsonl')} にあります。`,
        })
  } ${bilingual({
    en: '≥ marks a lower bound, † a figure of the sweep alone.',
    ja: '≥ は下限、† はスイープだけによる数値です。',
  })}</p>
<form id="controls" role="search" aria-labelledby="findings-title" hidden>
<p><label for="search">${bilingual({ en: 'Search', ja: '検索' })}</label> <input type="search" id="search" autocomplete="off" spellcheck="false" aria-describedby="search-hint">
<label for="probe">${bilingual({ en: 'Probe', ja: 'プローブ' })}</label> <select id="probe"><option value="">all / すべて${[...seen.probes].sort().map((probe) => html`<option>${probe}`)}</select>
<button type="reset">${bilingual({ en: 'Show all', ja: 'すべて表示' })}</button></p>
<p id="search-hint">${bilingual({
    en: 'Any part of an address, an AS, a customer, a probe or a version; several words narrow it down.',
    ja: 'アドレス、AS、顧客、プローブ、版の一部を入力します。複数の語で絞り込めます。',
  })}</p>
${choices(
  'severity',
  { en: 'Severity', ja: '深刻度' },
  SEVERITIES.filter((word) => seen.severities.has(word)),
)}
${choices(
  'status',
  { en: 'Status', ja: '状態' },
  STATUSES.filter((word) => seen.statuses.has(word)),
)}
<p id="matches" role="status">${bilingual({
    en: html`<b>${shown}</b> of ${shown} rows`,
    ja: html`${shown}行中 <b>${shown}</b>行`,
  })}</p>
</form>
<div class="scroll list${records.length > SCREENFUL && ' long'}" role="region" tabindex="0" aria-labelledby="findings-title"><table id="list">
<thead><tr>${COLUMNS.map(
    ({ head, sort }) =>
      html`<th scope="col" data-sort="${sort}"${sort === 'number' && html` class="number"`}>${bilingual(head)}`,
  )}</thead>
<tbody>
`;
}

function choices(
  name: string,
  legend: { en: string; ja: string },
  texts: readonly ((typeof SEVERITIES)[number] | (typeof STATUSES)[number])[],
): Part {
  return (
    texts.length > 1 &&
    html`<fieldset><legend>${bilingual(legend)}</legend>${texts.map(
      (word) => html`<label><input type="checkbox" name="${name}" value="${word}">${marked(word)}</label> `,
    )}</fieldset>`
  );
}

/** In the order of the cells below; `sort` tells the script how. */
const COLUMNS = [
  { head: { en: 'Severity', ja: '深刻度' }, sort: 'word' },
  { head: { en: 'Status', ja: '状態' }, sort: 'word' },
  { head: { en: 'Address', ja: 'アドレス' }, sort: 'address' },
  { head: { en: 'Port', ja: 'ポート' }, sort: 'number' },
  { head: { en: 'Probe', ja: 'プローブ' }, sort: 'text' },
  { head: { en: 'Request, B', ja: '要求B' }, sort: 'number' },
  { head: { en: 'Answer, B', ja: '応答B' }, sort: 'number' },
  { head: { en: 'On the wire', ja: '回線上' }, sort: 'number' },
  { head: { en: 'By payload', ja: 'ペイロード比' }, sort: 'number' },
  { head: { en: 'AS', ja: 'AS' }, sort: 'number' },
  { head: { en: 'Customer', ja: '顧客' }, sort: 'text' },
  { head: { en: 'Days', ja: '日数' }, sort: 'number' },
  { head: { en: 'Software', ja: 'ソフトウェア' }, sort: 'text' },
] as const;

/** Without end tags, which HTML lets us leave out: ten thousand rows are 2 MB so, and 3 MB with them. */
function row(record: FindingRecord): Html {
  const {
    severity,
    status,
    ip,
    probed_port,
    probe,
    asn,
    customer,
    request_size,
    response_size,
    days_open,
    version,
  } = record;
  return html`<tr><td class=${wordClass(severity)}>${severity}<td${status && html` class=${wordClass(status)}`}>${status}<td>${ip}<td>${probed_port}<td>${probe}<td>${request_size}<td>${response_size}<td>${factor(record.wire_amplification, record)}<td>${factor(factorText(record), record)}<td>${asn !== undefined && `AS${asn}`}<td>${named(customer, 30)}<td>${days_open}<td>${named(version, SOFTWARE_COLUMNS)}
`;
}
