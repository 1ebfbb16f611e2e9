import type { FindingRecord } from './finding-record.js';
import type { RunRecord, TrendPoint } from './run-record.js';

/** What a run adds to the trend. */
export function trendPointOf(
  { scan_id, started }: Pick<RunRecord, 'scan_id' | 'started'>,
  records: readonly FindingRecord[],
): TrendPoint {
  const statuses: Record<string, Record<string, number>> = {};
  for (const { probe, status = 'new' } of records) {
    const counts = (statuses[probe] ??= {});
    counts[status] = (counts[status] ?? 0) + 1;
  }
  return { scan_id, at: started, statuses };
}
