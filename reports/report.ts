import type { FindingRecord } from '../src/domain/finding-record.js';
import type { RunRecord } from '../src/domain/run-record.js';

/** A file of a run, by its path within the run's directory. Whoever writes it takes the chunks in order. */
export interface ReportFile {
  readonly path: string;
  readonly chunks: Iterable<string>;
}

/**
 * A writer: turns what a run found into named text. Pure: the same run and findings give the same bytes, on any
 * machine and at any time, so that a report can be made again from run.json and findings.jsonl.
 */
export interface Report {
  readonly name: string;
  /** @param records sorted by AS number, address and probe. */
  files(
    run: RunRecord,
    records: readonly FindingRecord[],
    options: { readonly bom: boolean },
  ): Iterable<ReportFile>;
}
