import type { ProbeIdentity, Texts } from '../../probes/probe.js';
import type { FindingRecord } from '../../src/domain/finding-record.js';
import { SEVERITIES } from '../../src/domain/finding.js';
import type { RunRecord } from '../../src/domain/run-record.js';
import type { AsGroup } from '../by-as.js';
import { asFile, asLabel, groupByAs } from '../by-as.js';
import type { Figures } from '../figures.js';
import { cleanText } from '../clean-text.js';
import { letterPath, lettersOf } from '../notices/letters.js';
import { byProbe } from '../summary.js';
import { asNamed, factor, fileLink, marked, named, UNKNOWN_CUSTOMER } from './cells.js';
import { isFirst } from './completeness.js';
import { byGuidance, guidanceLink } from './guidance.js';
import type { Html } from './html.js';
import { html } from './html.js';
import { nothingFound } from './nothing-found.js';
import { plural, bilingual } from './bilingual.js';
import { bySeverity, compareBySeverity, exposedOf } from './strength.js';
import type { TableColumn } from './table.js';
import { table } from './table.js';

/** For more there are the CSV files, which are made for that. */
const MOST_NETWORKS = 60;
const MOST_CUSTOMERS = 12;
const MOST_CUSTOMERS_IN_ALL = 240;
const MOST_ADDRESSES = 4;

/** A section for each AS: its figures, its files, and each customer with what answers there and what to do. */
export function* networks(
  run: RunRecord,
  records: readonly FindingRecord[],
  probes: readonly ProbeIdentity[] | undefined,
): Generator<Html, void, undefined> {
  const groups = groupByAs(run, records);
  const letters = new Set(lettersOf(run, records).map(({ path }) => path));
  if (groups.length === 0)
    yield html`<p>${bilingual(nothingFound(run))}</p>
`;
  let left = MOST_CUSTOMERS_IN_ALL;
  for (const group of groups.slice(0, MOST_NETWORKS)) {
    const customers = worstCustomers(group.records).slice(0, Math.min(MOST_CUSTOMERS, left));
    left -= customers.length;
    yield network(run, group, { customers, letters }, probes);
  }
  if (groups.length > MOST_NETWORKS)
    yield html`<p class="cut">${bilingual({
      en: html`The first ${MOST_NETWORKS} of ${groups.length} networks are shown; ${fileLink('summary.csv')} has all.`,
      ja: html`${groups.length}件のASのうち最初の${MOST_NETWORKS}件を表示しています。全件は ${fileLink('summary.csv')} にあります。`,
    })}</p>
`;
}

function network(
  run: RunRecord,
  group: AsGroup,
  { customers, letters }: { readonly customers: readonly Customer[]; readonly letters: ReadonlySet<string> },
  probes: readonly ProbeIdentity[] | undefined,
): Html {
  const label = asLabel(group);
  const rows = byProbe(run, group.records).filter(([probe]) =>
    group.records.some((record) => record.probe === probe),
  );
  const others = byCustomer(group.records).length - customers.length;
  return html`<article id="${label}"><h3 id="${label}-title">${asNamed({ asn: group.asn, as_name: group.asName })}</h3>
<p>${bilingual({
    en: html`Its files, ready to be mailed: ${fileLink(asFile(run, group, 'csv'))} and ${fileLink(asFile(run, group, 'json'))}.`,
    ja: html`このASのファイル（そのまま送付できます）：${fileLink(asFile(run, group, 'csv'))}、${fileLink(asFile(run, group, 'json'))}`,
  })}</p>
${
  rows.length === 0
    ? html`<p>${bilingual(nothingFound(run, CLEAN))}</p>
`
    : table(`${label}-title`, columnsOf(run, probes, group.records), rows)
}${customers.map((customer) => customerSection(group, customer, letters, probes))}${
    others > 0 &&
    html`<p class="cut">${bilingual({
      en: html`And ${plural(others, 'more customer')}; the letters are in <code>notices/</code>.`,
      ja: html`ほか${others}件の顧客。通知文は <code>notices/</code> にあります。`,
    })}</p>
`
  }</article>
`;
}

const CLEAN: Texts = { en: 'Asked, and nothing found.', ja: '調査し、検出はありませんでした。' };

type Row = readonly [probe: string, figures: Figures];

function columnsOf(
  run: RunRecord,
  probes: readonly ProbeIdentity[] | undefined,
  records: readonly FindingRecord[],
): readonly TableColumn<Row>[] {
  const count = (head: Texts, of: (figures: Figures) => number | undefined): TableColumn<Row> => ({
    head,
    isNumber: true,
    cell: ([, figures]) => of(figures),
  });
  const exposed = exposedOf(records);
  const size = (
    head: Texts,
    of: (figures: Figures) => number | undefined,
    ofRecord: (record: FindingRecord) => number | undefined,
  ): TableColumn<Row> => ({
    head,
    isNumber: true,
    cell([probe, figures]) {
      const largest = of(figures);
      const basis = exposed.find((one) => one.probe === probe && ofRecord(one) === largest)?.basis;
      return factor(largest, { lower_bound: figures.lower_bounds > 0, ...(basis && { basis }) });
    },
  });
  return [
    {
      head: { en: 'What answers', ja: '応答するもの' },
      className: 'title',
      cell: ([probe]) => {
        const record = records.find((one) => one.probe === probe);
        return record && guidanceLink(record, probes);
      },
    },
    count({ en: 'Exposed', ja: '検出' }, ({ exposed }) => exposed),
    ...(isFirst(run)
      ? []
      : [
          count({ en: 'New', ja: '新規' }, (figures) => figures.new),
          count({ en: 'Fixed', ja: '解消' }, ({ fixed }) => fixed),
        ]),
    size(
      { en: 'Most by payload', ja: '最大（ペイロード比）' },
      ({ max_amplification }) => max_amplification,
      ({ amplification }) => amplification,
    ),
    count({ en: 'for a request, B', ja: 'その要求B' }, ({ request_size }) => request_size),
    size(
      { en: 'Most on the wire', ja: '最大（回線上）' },
      ({ max_wire_amplification }) => max_wire_amplification,
      ({ wire_amplification }) => wire_amplification,
    ),
    { head: { en: 'by', ja: '該当ホスト' }, cell: ([, { worst_ip }]) => worst_ip },
  ];
}

type Customer = readonly [string | undefined, readonly FindingRecord[]];

/** In the order of their first rows; those with nothing exposed are left out. */
function byCustomer(records: readonly FindingRecord[]): readonly Customer[] {
  const groups = new Map<string | undefined, FindingRecord[]>();
  for (const record of exposedOf(records)) {
    const customer = cleanText(record.customer);
    const group = groups.get(customer);
    if (group) group.push(record);
    else groups.set(customer, [record]);
  }
  return [...groups];
}

/** The worst first. */
function worstCustomers(records: readonly FindingRecord[]): readonly Customer[] {
  return byCustomer(records)
    .map(([name, rows]): Customer => [name, bySeverity(rows)])
    .sort(([, [a]], [, [b]]) => (a && b ? compareBySeverity(a, b) : 0));
}

function customerSection(
  group: AsGroup,
  [customer, exposed]: Customer,
  letters: ReadonlySet<string>,
  probes: readonly ProbeIdentity[] | undefined,
): Html {
  const letter = letterPath(customer, group);
  const kinds = [...byGuidance(exposed, probes).values()].flatMap((rows) =>
    SEVERITIES.map((level) => rows.filter(({ severity }) => severity === level)),
  );
  return html`<section class="customer"><h4>${customer === undefined ? bilingual(UNKNOWN_CUSTOMER) : [bilingual({ en: 'Customer ', ja: '顧客：' }), named(customer)]}</h4>
<p>${bilingual({ en: `${exposed.length} exposed`, ja: `検出${exposed.length}件` })}${letters.has(letter) && html` · ${bilingual({ en: 'letter:', ja: '通知文：' })} ${fileLink(`${letter}.en.txt`, { en: 'English', ja: '英語' })}, ${fileLink(`${letter}.ja.txt`, { en: 'Japanese', ja: '日本語' })} · ${fileLink(`${letter}.csv`, { en: 'its findings as CSV', ja: '検出一覧（CSV）' })}`}</p>
<ul>
${kinds.map(
  ([first, ...more]) =>
    first &&
    html`<li>${marked(first.severity)} ${guidanceLink(first, probes)}: ${[first, ...more].slice(0, MOST_ADDRESSES).map(({ ip }, index) => `${index > 0 ? ', ' : ''}${ip}`)}${more.length >= MOST_ADDRESSES && bilingual({ en: ` and ${more.length + 1 - MOST_ADDRESSES} more`, ja: ` ほか${more.length + 1 - MOST_ADDRESSES}件` })}
`,
)}</ul></section>
`;
}
