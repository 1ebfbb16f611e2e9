import type { FindingRecord } from '../src/domain/finding-record.js';
import { sortRecords } from '../src/domain/sort-records.js';
import type { RunRecord } from '../src/domain/run-record.js';
import { ecsJsonl } from './ecs.js';
import { findingsCsv } from './findings-csv.js';
import { htmlReport } from './html/html-report.js';
import { asJson } from './json.js';
import { changesCsv } from './changes.js';
import { notices } from './notices/notices.js';
import type { Report, ReportFile, ReportOptions, ReportPart } from './report.js';
import { prefixesCsv } from './prefixes.js';
import { shadowserverCsv } from './shadowserver/shadowserver-csv.js';
import { summaryCsv } from './summary.js';
import { xarfJsonl } from './xarf.js';

/** Every report that a run has, in the order they are written. */
export const reports: readonly Report[] = [
  findingsCsv,
  changesCsv,
  summaryCsv,
  prefixesCsv,
  asJson,
  htmlReport,
  shadowserverCsv,
  notices,
  ecsJsonl,
  xarfJsonl,
];

/** All files that are made from run.json and findings.jsonl. The same input gives the same bytes. */
export function* renderReports(
  run: RunRecord,
  records: readonly FindingRecord[],
  options: ReportOptions,
  part: ReportPart = 'all',
): Generator<ReportFile, void, undefined> {
  const sorted = sortRecords(records);
  for (const report of reports)
    if (part === 'all' || (report === notices) === (part === 'letters'))
      yield* report.files(run, sorted, options);
}
