import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { RunRecord } from '../../src/domain/run-record.js';
import { isWhole } from '../../src/domain/whole-run.js';
import { spacedTime } from '../notices/phrases.js';
import { DOUBT_TEXTS, EVIDENCE_TEXTS, firstAskedText } from '../reasons.js';
import { asNamed, factorsOf, fileLink, marked, named, wordOf } from './cells.js';
import { isFirst } from './completeness.js';
import { countText } from '../../src/domain/count-text.js';
import type { Html, Part } from './html.js';
import { html } from './html.js';
import { plural, bilingual } from './bilingual.js';
import { bySeverity } from './strength.js';
import { table } from './table.js';

/** More is a list, and lists are in changes.csv. */
const MOST_LISTED = 50;

/** What changed since the runs before: new, open again, closed with what proves it, and what is unknown. */
export function changes(run: RunRecord, records: readonly FindingRecord[]): Html {
  if (isFirst(run)) {
    const isCompared = run.complete && run.settings.shard === undefined;
    return html`<p>${bilingual({
      en: `No earlier run is known here, so nothing can be called a change${isCompared ? ': the next run in the same folder will be compared with this one' : ''}.`,
      ja: `比較できる以前の調査がないため、変化は示せません。${isCompared ? '同じフォルダーで次に調査すると、今回の結果と比較されます。' : ''}`,
    })}</p>
`;
  }
  const changed = (['reopened', 'new', 'fixed'] as const).flatMap((wanted) =>
    bySeverity(records.filter(({ status }) => status === wanted)),
  );
  const earlier = run.history?.earlier_runs ?? 0;
  const first = firstAskedText(run, records);
  const isKnown = isWhole(run) && records.every(({ status }) => status !== 'unknown');
  return html`<p>${bilingual(
    changed.length === 0
      ? isKnown
        ? {
            en: `No change was found against ${plural(earlier, 'earlier run')}.`,
            ja: `以前の${countText(earlier)}回の調査から、変化は見つかりませんでした。`,
          }
        : {
            en: `No change is known against ${plural(earlier, 'earlier run')}; not everything is known.`,
            ja: `以前の${countText(earlier)}回の調査からの変化は確認していません。確認できていない部分があります。`,
          }
      : {
          en: html`${plural(changed.length, 'change')} against ${plural(earlier, 'earlier run')}, all in ${fileLink('changes.csv')}.`,
          ja: html`以前の${countText(earlier)}回の調査と比べ、${countText(changed.length)}件の変化がありました。すべての変化は ${fileLink('changes.csv')} にあります。`,
        },
  )}${first && html` ${bilingual({ en: `${first.en}.`, ja: `${first.ja}。` })}`}</p>
${changed.length > 0 && table('changes-title', COLUMNS, changed.slice(0, MOST_LISTED))}${
    changed.length > MOST_LISTED &&
    html`<p class="cut">${bilingual({
      en: html`The first ${MOST_LISTED} of ${countText(changed.length)} are shown; ${fileLink('changes.csv')} has all.`,
      ja: html`${countText(changed.length)}件のうち最初の${MOST_LISTED}件を表示しています。全件は ${fileLink('changes.csv')} にあります。`,
    })}</p>
`
  }${doubts(records)}`;
}

const COLUMNS = [
  { head: { en: 'Address', ja: 'アドレス' }, cell: ({ ip }: FindingRecord) => ip },
  { head: { en: 'Status', ja: '状態' }, cell: ({ status }: FindingRecord) => marked(status) },
  { head: { en: 'Probe', ja: 'プローブ' }, cell: ({ probe }: FindingRecord) => html`<code>${probe}</code>` },
  { head: { en: 'Severity', ja: '深刻度' }, cell: ({ severity }: FindingRecord) => marked(severity) },
  { head: { en: 'AS', ja: 'AS' }, cell: asNamed },
  { head: { en: 'Customer', ja: '顧客' }, cell: ({ customer }: FindingRecord) => named(customer, 30) },
  { head: { en: 'Strength, or what proves the fix', ja: '増幅率、または解消の根拠' }, cell: evidence },
];

function evidence(record: FindingRecord): Part {
  if (record.status !== 'fixed') return factorsOf(record);
  const { status_evidence: word, silent_since: since, silent_runs: runs } = record;
  if (word === 'silent' && since !== undefined && runs !== undefined)
    return bilingual({
      en: `no longer answers since ${spacedTime(since)}, in ${plural(runs, 'run')} in a row`,
      ja: `${spacedTime(since)} 以降、${countText(runs)}回続けて応答がありません`,
    });
  return word && bilingual(wordOf(EVIDENCE_TEXTS, word));
}

/** Known before, and unknown whether still there: by the reason. */
function doubts(records: readonly FindingRecord[]): Part {
  const counts = new Map<string, number>();
  for (const { status, status_doubt: doubt = '' } of records)
    if (status === 'unknown') counts.set(doubt, (counts.get(doubt) ?? 0) + 1);
  if (counts.size === 0) return undefined;
  return html`<p>${bilingual({
    en: 'Known before; whether still exposed is unknown:',
    ja: '以前に検出したもののうち、現在の状態が分からないもの：',
  })}</p>
<ul>
${[...counts].map(
  ([doubt, count]) => html`<li>${countText(count)}: ${bilingual(wordOf(DOUBT_TEXTS, doubt))}
`,
)}</ul>
`;
}
