import type { ProbeIdentity } from '../probes/probe.js';
import type { FindingRecord } from '../src/domain/finding-record.js';
import type { RunRecord } from '../src/domain/run-record.js';

/** A file of a run, by its path within the run's directory. The writer takes the chunks in order. */
export interface ReportFile {
  readonly path: string;
  readonly chunks: Iterable<string>;
}

/** What the reports need beside the run and its findings. */
export interface ReportOptions {
  /** Whether CSV files begin with a byte order mark. */
  readonly bom: boolean;
  /** `excel`: CSV files with a byte order mark, and times that a spreadsheet takes for such. */
  readonly profile?: 'excel' | undefined;
  /** The probes of this version, for their texts. Of one that is not among them, a reader learns less. */
  readonly probes?: readonly ProbeIdentity[];
}

/** Which of the reports are to be made: letters are not made again where they lie. */
export type ReportPart = 'all' | 'letters' | 'all but letters';

/**
 * A writer: turns what a run found into named text. Pure: the same run and findings give the same bytes, on any
 * machine and at any time, so that a report can be made again from run.json and findings.jsonl.
 */
export interface Report {
  readonly name: string;
  /** @param records sorted by AS number, address and probe. */
  files(run: RunRecord, records: readonly FindingRecord[], options: ReportOptions): Iterable<ReportFile>;
}
