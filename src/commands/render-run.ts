import { probes } from '../../probes/list.js';
import { renderReports } from '../../reports/index.js';
import type { ReportFile } from '../../reports/report.js';
import type { FindingRecord } from '../domain/finding-record.js';
import type { RunRecord } from '../domain/run-record.js';

/** The reports of a run as its own settings have them. */
export function renderRun(run: RunRecord, records: readonly FindingRecord[]): Iterable<ReportFile> {
  return renderReports(run, records, { bom: run.settings.bom, profile: run.settings.profile, probes });
}
