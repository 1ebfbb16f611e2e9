import type { FindingRecord } from '../src/domain/finding-record.js';
import type { Status } from '../src/domain/status.js';
import { isExposed } from '../src/domain/status.js';
import type { Column } from './columns.js';
import { FACTOR_DECIMALS, rounded } from './format.js';

/** What a run found in one part of the network with one probe, in figures. */
export interface Figures {
  /** Absent where there is no finding, and it is not known that there is none. */
  readonly exposed?: number;
  /** These, and `unknown`, are absent where no earlier run is known; these four also where 0 is not known. */
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
  readonly unknown?: number;
}

const factor = { type: 'decimal', decimals: FACTOR_DECIMALS, unit: 'ratio', since: '0.1.0' } as const;
const count = { type: 'integer', unit: 'findings', since: '0.1.0' } as const;

/** Their columns; the order is frozen like that of the findings. */
export const figureColumns = [
  { name: 'exposed', ...count, about: 'exposed now; 0 is clean, empty is not known' },
  { name: 'new', ...count, about: 'of these, not known before' },
  { name: 'fixed', ...count, about: 'known before, and fixed by this run, as `status` says' },
  { name: 'persisting', ...count, about: 'of those exposed, known before' },
  { name: 'reopened', ...count, about: 'of those exposed, fixed before' },
  { name: 'max_amplification', ...factor, about: 'the largest amplification of those exposed' },
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
  { name: 'lower_bounds', ...count, about: 'of those exposed, those whose figures are lower bounds' },
  {
    name: 'unknown',
    ...count,
    since: '0.1.0',
    about: 'known before; whether it is still there is unknown',
  },
] as const satisfies readonly Column<keyof Figures>[];

/**
 * @param zeroIsKnown `isWhole` of the run.
 * @param hasStatuses whether its rows have a status, so that none without rows is 0 of each.
 */
export function figuresOf(
  records: readonly FindingRecord[],
  zeroIsKnown: boolean,
  hasStatuses = false,
): Figures {
  const exposed = records.filter(({ status }) => isExposed(status));
  const strongest = largest(exposed, ({ amplification }) => amplification);
  const worst = largest(exposed, ({ wire_amplification }) => wire_amplification);
  const medianAmplification = median(exposed.flatMap(({ amplification }) => amplification ?? []));
  const medianWire = median(exposed.flatMap(({ wire_amplification }) => wire_amplification ?? []));
  return {
    ...((exposed.length > 0 || zeroIsKnown) && { exposed: exposed.length }),
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
    lower_bounds: exposed.filter(({ lower_bound }) => lower_bound).length,
    ...countsByStatus(records, zeroIsKnown, hasStatuses),
  };
}

/** Nothing where the rows have no status: such a run knew nothing of others. */
function countsByStatus(
  records: readonly FindingRecord[],
  zeroIsKnown: boolean,
  hasStatuses: boolean,
): Partial<Record<Status, number>> {
  const known = records.flatMap(({ status }) => status ?? []);
  if (known.length === 0 && !(hasStatuses && zeroIsKnown)) return {};
  const of = (wanted: Status): number => known.filter((status) => status === wanted).length;
  const counts = (['new', 'fixed', 'persisting', 'reopened'] as const)
    .map((status) => [status, of(status)] as const)
    .filter(([, count]) => count > 0 || zeroIsKnown);
  return { ...Object.fromEntries(counts), unknown: of('unknown') };
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
