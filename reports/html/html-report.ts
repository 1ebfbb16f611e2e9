import type { ProbeIdentity } from '../../probes/probe.js';
import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { RunRecord } from '../../src/domain/run-record.js';
import type { Report } from '../report.js';
import { answer } from './answer.js';
import { authorisation } from './authorisation.js';
import { changes } from './changes.js';
import type { Chart } from './charts/index.js';
import { addressMap, exposedByAs, exposedByProbe, factorChart, trendChart } from './charts/index.js';
import { completeness } from './completeness.js';
import { documentEnd, documentHead } from './document.js';
import { charts } from './chart-list.js';
import { findingsList } from './findings-list.js';
import { guidance } from './guidance.js';
import type { Html } from './html.js';
import { html } from './html.js';
import type { Section } from './masthead.js';
import { masthead } from './masthead.js';
import { method } from './method.js';
import { networks } from './networks.js';
import { suspectBanner } from './path.js';
import { bilingual } from './bilingual.js';
import { topHosts } from './top-hosts.js';

/** report.html: one file for people who would rather look than read, which asks no network for anything. */
export const htmlReport: Report = {
  name: 'html',
  *files(run, records, options) {
    yield { path: 'report.html', chunks: chunksOf(run, records, options.probes) };
  },
};

/** A part at a time: the whole document is never one string. */
function* chunksOf(
  run: RunRecord,
  records: readonly FindingRecord[],
  probes: readonly ProbeIdentity[] | undefined,
): Generator<string, void, undefined> {
  const sections = sectionsOf(run, records, probes);
  yield html`${documentHead(run)}${masthead(run, sections)}${suspectBanner(run)}`.toString();
  for (const { id, title, content } of sections) {
    yield html`<section id="${id}">
<h2 id="${id}-title">${bilingual(title)}</h2>
`.toString();
    for (const part of content()) yield part.toString();
    yield '</section>\n';
  }
  yield documentEnd(run).toString();
}

function* chartsOf(
  run: RunRecord,
  records: readonly FindingRecord[],
  probes: readonly ProbeIdentity[],
): Generator<Chart | undefined, void, undefined> {
  yield exposedByProbe(run, records, probes);
  yield exposedByAs(run, records);
  yield trendChart(run, records);
  yield factorChart(records, probes);
  yield yield* addressMap(run, records);
}

/** In the order of a reader's questions: the answer first. */
function sectionsOf(
  run: RunRecord,
  records: readonly FindingRecord[],
  probes: readonly ProbeIdentity[] | undefined,
): readonly (Section & { readonly content: () => Iterable<Html> })[] {
  return [
    { id: 'answer', title: { en: 'The answer', ja: '結果' }, content: () => [answer(run, records, probes)] },
    { id: 'complete', title: { en: 'Is this all?', ja: '調査の完全性' }, content: () => [completeness(run)] },
    {
      id: 'charts',
      title: { en: 'At a glance', ja: '概観' },
      content: () => charts(chartsOf(run, records, probes ?? [])),
    },
    { id: 'changes', title: { en: 'Changes', ja: '前回からの変化' }, content: () => [changes(run, records)] },
    {
      id: 'hosts',
      title: { en: 'Strongest hosts', ja: '増幅率の高いホスト' },
      content: () => [topHosts(run, records, probes)],
    },
    {
      id: 'findings',
      title: { en: 'All findings', ja: '検出一覧' },
      content: () => findingsList(run, records),
    },
    {
      id: 'networks',
      title: { en: 'Networks and customers', ja: 'ネットワークと顧客' },
      content: () => networks(run, records, probes),
    },
    { id: 'do', title: { en: 'What to do', ja: '対策' }, content: () => [guidance(run, records, probes)] },
    {
      id: 'authorised',
      title: { en: 'What was authorised and asked', ja: '許可と調査の内容' },
      content: () => [authorisation(run)],
    },
    {
      id: 'method',
      title: { en: 'How to read the figures', ja: '数値の読み方' },
      content: () => [method(run)],
    },
  ];
}
