import { probes } from '../../../probes/list.js';
import type { ReportFile, ReportPart } from '../../../reports/report.js';
import type { FindingRecord } from '../../domain/finding-record.js';
import type { RunRecord } from '../../domain/run-record.js';

/** The reports of a run as its own settings have them. What makes them is loaded now: a sweep has no use for it. */
export async function renderRun(
  run: RunRecord,
  records: readonly FindingRecord[],
  part: ReportPart = 'all',
): Promise<Iterable<ReportFile>> {
  const { renderReports } = await import('../../../reports/index.js');
  return renderReports(run, records, { bom: run.settings.bom, profile: run.settings.profile, probes }, part);
}
