import type { FindingRecord } from './finding-record.js';
import type { RunRecord, TrendPoint } from './run-record.js';
import { isWhole } from './whole-run.js';

/** What a run adds to the trend. */
export function trendPointOf(run: RunRecord, records: readonly FindingRecord[]): TrendPoint {
  const statuses: Record<string, Record<string, number>> = {};
  for (const { probe, status = 'new' } of records) {
    const counts = (statuses[probe] ??= {});
    counts[status] = (counts[status] ?? 0) + 1;
  }
  return {
    scan_id: run.scan_id,
    at: run.started,
    addresses: run.targets.addresses,
    ...(!isWhole(run) && { not_whole: true }),
    ...(run.partial !== undefined && { partial: true }),
    statuses,
  };
}
