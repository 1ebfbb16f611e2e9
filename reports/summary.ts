import type { FindingRecord } from '../src/domain/finding-record.js';
import type { RunRecord } from '../src/domain/run-record.js';
import type { AsGroup } from './by-as.js';
import { groupByAs } from './by-as.js';
import type { Column } from './columns.js';
import { cellText } from './columns.js';
import { csvChunks } from './csv.js';
import { FACTOR_DECIMALS, rounded } from './format.js';
import type { Report } from './report.js';

/** What a run found of one AS with one probe. */
export interface SummaryRow {
  readonly asn?: number;
  readonly as_name?: string;
  readonly probe: string;
  /** Absent where there is no finding, and it is not known that there is none. */
  readonly exposed?: number;
  readonly new?: number;
  readonly fixed?: number;
  readonly persisting?: number;
  readonly reopened?: number;
  readonly max_amplification?: number;
  readonly median_amplification?: number;
  readonly request_size?: number;
  readonly max_wire_amplification?: number;
  readonly median_wire_amplification?: number;
  readonly worst_ip?: string;
  readonly lower_bounds: number;
}

const factor = { type: 'decimal', decimals: FACTOR_DECIMALS, unit: 'ratio', since: '0.1.0' } as const;
const count = { type: 'integer', unit: 'findings', since: '0.1.0' } as const;

/** The columns of summary.csv; the order is frozen like that of the findings. */
export const summaryColumns = [
  { name: 'asn', type: 'integer', since: '0.1.0', about: 'the AS; empty for the hosts whose AS is unknown' },
  { name: 'as_name', type: 'text', since: '0.1.0', remote: true, about: 'the name of that AS' },
  { name: 'probe', type: 'word', since: '0.1.0', about: 'the question that was asked' },
  { name: 'exposed', ...count, about: 'findings of this AS and probe; 0 is clean, empty is not known' },
  { name: 'new', ...count, about: 'of these, not known before; empty in this version' },
  { name: 'fixed', ...count, about: 'known before and proved closed; empty in this version' },
  { name: 'persisting', ...count, about: 'of these, known before; empty in this version' },
  { name: 'reopened', ...count, about: 'of these, fixed before; empty in this version' },
  { name: 'max_amplification', ...factor, about: 'the largest amplification' },
  { name: 'median_amplification', ...factor, about: 'the median amplification' },
  {
    name: 'request_size',
    type: 'integer',
    unit: 'bytes',
    since: '0.1.0',
    about: 'the request of the largest amplification',
  },
  { name: 'max_wire_amplification', ...factor, about: 'the largest wire_amplification' },
  { name: 'median_wire_amplification', ...factor, about: 'the median wire_amplification' },
  {
    name: 'worst_ip',
    type: 'address',
    since: '0.1.0',
    about: 'the host with the largest wire_amplification',
  },
  { name: 'lower_bounds', ...count, about: 'of these, those whose figures are lower bounds' },
] as const satisfies readonly Column<keyof SummaryRow>[];

/** summary.csv: AS × probe. */
export const summaryCsv: Report = {
  name: 'summary-csv',
  *files(run, records, options) {
    const rows = summaryRows(run, records).map((row) =>
      summaryColumns.map((column) => cellText(column, row[column.name])),
    );
    yield { path: 'summary.csv', chunks: csvChunks(summaryColumns, rows, options) };
  },
};

/**
 * A row for each AS and each probe of the run, those without findings too: a table of zeros says clean. After a
 * run that was stopped, or lost something, an empty cell stands for what is not known to be zero. Where
 * the scope names no AS and nothing was found, the rows are of the unknown one.
 * @param records sorted by AS number, address and probe.
 */
export function summaryRows(run: RunRecord, records: readonly FindingRecord[]): readonly SummaryRow[] {
  const groups = groupByAs(run, records);
  const asked = run.probes.map(({ id }) => id);
  return (groups.length > 0 ? groups : [{ records: [] }]).flatMap((group: AsGroup) => {
    const probes = new Set([...asked, ...group.records.map(({ probe }) => probe)]);
    return [...probes].sort().map((probe) => summaryRow(group, probe, isWhole(run)));
  });
}

/** Whether everything was asked and nothing was lost: only then does no finding mean none. */
function isWhole({ complete, losses }: RunRecord): boolean {
  return complete && !losses.any;
}

function summaryRow(group: AsGroup, probe: string, zeroIsKnown: boolean): SummaryRow {
  const records = group.records.filter((record) => record.probe === probe);
  const strongest = largest(records, ({ amplification }) => amplification);
  const worst = largest(records, ({ wire_amplification }) => wire_amplification);
  const medianAmplification = median(records.flatMap(({ amplification }) => amplification ?? []));
  const medianWire = median(records.flatMap(({ wire_amplification }) => wire_amplification ?? []));
  return {
    ...(group.asn !== undefined && { asn: group.asn }),
    ...(group.asName !== undefined && { as_name: group.asName }),
    probe,
    ...((records.length > 0 || zeroIsKnown) && { exposed: records.length }),
    ...(strongest?.amplification !== undefined && {
      max_amplification: strongest.amplification,
      request_size: strongest.request_size,
    }),
    ...(medianAmplification !== undefined && { median_amplification: medianAmplification }),
    ...(worst?.wire_amplification !== undefined && {
      max_wire_amplification: worst.wire_amplification,
      worst_ip: worst.ip,
    }),
    ...(medianWire !== undefined && { median_wire_amplification: medianWire }),
    lower_bounds: records.filter(({ lower_bound }) => lower_bound).length,
  };
}

/** The first of equals. */
function largest(
  records: readonly FindingRecord[],
  figure: (record: FindingRecord) => number | undefined,
): FindingRecord | undefined {
  return records.reduce<FindingRecord | undefined>(
    (best, record) =>
      (figure(record) ?? -1) > (best === undefined ? -1 : (figure(best) ?? -1)) ? record : best,
    undefined,
  );
}

/** The mean of the middle two where their number is even. */
function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const low = sorted[Math.floor((sorted.length - 1) / 2)];
  const high = sorted[Math.floor(sorted.length / 2)];
  return low === undefined || high === undefined ? undefined : rounded((low + high) / 2, FACTOR_DECIMALS);
}
