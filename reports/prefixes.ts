import { compareAddresses, parseAddress } from '../src/domain/address.js';
import type { FindingRecord } from '../src/domain/finding-record.js';
import type { RunRecord } from '../src/domain/run-record.js';
import { probedNetworks } from './by-as.js';
import { cleanText } from './clean-text.js';
import type { Column } from './columns.js';
import { cellText } from './columns.js';
import { csvChunks } from './csv.js';
import type { Figures } from './figures.js';
import { figureColumns } from './figures.js';
import type { Report } from './report.js';
import { byProbe } from './summary.js';

/** What a run found in one prefix with one probe. */
export interface PrefixRow extends Figures {
  readonly prefix: string;
  readonly asn?: number;
  readonly as_name?: string;
  readonly customer?: string;
  readonly probe: string;
}

/** The columns of prefixes.csv. */
export const prefixColumns = [
  {
    name: 'prefix',
    type: 'prefix',
    since: '0.1.0',
    about: 'the match that gave the AS, otherwise the network of the scope',
  },
  { name: 'asn', type: 'integer', since: '0.1.0', about: 'the AS; empty where it is unknown' },
  { name: 'as_name', type: 'text', since: '0.1.0', remote: true, about: 'the name of that AS' },
  { name: 'customer', type: 'text', since: '0.1.0', remote: true, about: 'whose it is' },
  { name: 'probe', type: 'word', since: '0.1.0', about: 'the question that was asked' },
  ...figureColumns,
] as const satisfies readonly Column<keyof PrefixRow>[];

/** prefixes.csv: prefix × probe, in the order of the addresses. */
export const prefixesCsv: Report = {
  name: 'prefixes-csv',
  *files(run, records, options) {
    yield {
      path: 'prefixes.csv',
      chunks: csvChunks(prefixColumns, cellsOf(prefixRows(run, records)), options),
    };
  },
};

function* cellsOf(rows: Iterable<PrefixRow>): Generator<string[], void, undefined> {
  for (const row of rows) yield prefixColumns.map((column) => cellText(column, row[column.name]));
}

/** A row for each prefix that a row names or the scope has and the run probed, and each probe. */
export function* prefixRows(
  run: RunRecord,
  records: readonly FindingRecord[],
): Generator<PrefixRow, void, undefined> {
  const groups = new Map<
    string,
    { identity: Omit<PrefixRow, keyof Figures | 'probe'>; records: FindingRecord[] }
  >();
  const groupOf = (
    prefix: string,
    { asn, as_name, customer }: Pick<PrefixRow, 'asn' | 'as_name' | 'customer'>,
  ): FindingRecord[] => {
    const key = `${prefix} ${asn ?? ''} ${customer ?? ''}`;
    const known = groups.get(key);
    if (known) return known.records;
    const name = cleanText(as_name);
    const own = cleanText(customer);
    const identity = {
      prefix,
      ...(asn !== undefined && asn !== 0 && { asn }),
      ...(name !== undefined && { as_name: name }),
      ...(own !== undefined && { customer: own }),
    };
    const group = { identity, records: [] };
    groups.set(key, group);
    return group.records;
  };
  for (const record of records) if (record.prefix !== undefined) groupOf(record.prefix, record).push(record);
  if (run.complete) for (const network of probedNetworks(run)) groupOf(network.prefix, network);
  const sorted = [...groups.values()].sort((a, b) => comparePrefixes(a.identity.prefix, b.identity.prefix));
  for (const { identity, records: own } of sorted)
    for (const [probe, figures] of byProbe(run, own)) yield { ...identity, probe, ...figures };
}

/** By first address, then the wider before the narrower. What is no prefix stays where it is. */
function comparePrefixes(a: string, b: string): number {
  const [first, second] = [a, b].map((text) => {
    const [address = '', length] = text.split('/');
    return { address: parseAddress(address), length: Number(length ?? 0) };
  });
  if (first?.address === undefined || second?.address === undefined) return 0;
  return compareAddresses(first.address, second.address) || first.length - second.length;
}
