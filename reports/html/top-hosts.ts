import type { ProbeIdentity } from '../../probes/probe.js';
import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { RunRecord } from '../../src/domain/run-record.js';
import { asNamed, factor, marked, named } from './cells.js';
import { factorText } from '../notices/phrases.js';
import { guidanceId } from './guidance.js';
import { countText } from '../../src/domain/count-text.js';
import type { Html, Part } from './html.js';
import { html } from './html.js';
import { nothingFound } from './nothing-found.js';
import { bilingual } from './bilingual.js';
import { byStrength, exposedOf } from './strength.js';
import { table } from './table.js';

const MOST_LISTED = 20;

interface Host {
  readonly strongest: FindingRecord;
  readonly answersTo: readonly Html[];
}

/** The hosts whose answers are the strongest on the wire, each once. */
export function topHosts(
  run: RunRecord,
  records: readonly FindingRecord[],
  probes: readonly ProbeIdentity[] | undefined,
): Html {
  const hosts = new Map<string, { strongest: FindingRecord; answersTo: Html[] }>();
  for (const record of byStrength(exposedOf(records))) {
    const known = hosts.get(record.ip);
    const link = html`<a href="#${guidanceId(record, probes)}"><code>${record.probe}</code></a>`;
    if (known) known.answersTo.push(link);
    else hosts.set(record.ip, { strongest: record, answersTo: [link] });
  }
  if (hosts.size === 0)
    return html`<p>${bilingual(nothingFound(run))}</p>
`;
  return html`${table('hosts-title', COLUMNS, [...hosts.values()].slice(0, MOST_LISTED))}${
    hosts.size > MOST_LISTED &&
    html`<p class="cut">${bilingual({
      en: html`The first ${MOST_LISTED} of ${countText(hosts.size)} hosts; all are in the <a href="#findings">list of findings</a>.`,
      ja: html`${countText(hosts.size)}台のうち上位${MOST_LISTED}台です。すべては<a href="#findings">検出一覧</a>にあります。`,
    })}</p>
`
  }`;
}

const COLUMNS = [
  { head: { en: 'Address', ja: 'アドレス' }, cell: ({ strongest }: Host): Part => strongest.ip },
  { head: { en: 'Severity', ja: '深刻度' }, cell: ({ strongest }: Host): Part => marked(strongest.severity) },
  {
    head: { en: 'On the wire', ja: '回線上の増幅率' },
    isNumber: true,
    cell: ({ strongest }: Host): Part => html`<b>${factor(strongest.wire_amplification, strongest)}</b>`,
  },
  {
    head: { en: 'By payload', ja: 'ペイロード比' },
    isNumber: true,
    cell: ({ strongest }: Host): Part => factor(factorText(strongest), strongest),
  },
  {
    head: { en: 'Request, bytes', ja: '要求（バイト）' },
    isNumber: true,
    cell: ({ strongest }: Host): Part => strongest.request_size,
  },
  {
    head: { en: 'Answer, bytes', ja: '応答（バイト）' },
    isNumber: true,
    cell: ({ strongest }: Host): Part => strongest.response_size,
  },
  {
    head: { en: 'AS, customer', ja: 'AS、顧客' },
    className: 'owner',
    cell: ({ strongest: { customer, ...of } }: Host): Part =>
      html`${asNamed(of)}${customer !== undefined && html`<br>${named(customer, 30)}`}`,
  },
  {
    head: { en: 'Answers to', ja: '応答するプローブ' },
    className: 'links',
    cell: ({ answersTo }: Host): Part => answersTo.map((link, index) => [index > 0 && ', ', link]),
  },
] as const;
