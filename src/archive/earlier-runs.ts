import { join } from 'node:path';
import type { FindingRecord } from '../domain/finding-record.js';
import { bareColumns } from '../domain/finding-record.js';
import { sortRecords } from '../domain/sort-records.js';
import type { RunRecord, TrendPoint } from '../domain/run-record.js';
import { isRemembered, reachOf } from '../domain/run-standing.js';
import { trendPointOf } from '../domain/trend-point.js';
import { UsageError } from '../domain/usage-error.js';
import { fingerprintOf } from '../history/request-fingerprint.js';
import type { ExposureHistory } from '../history/exposure-history.js';
import type { KnownResponders } from '../history/known-responders.js';
import { respondersAfter } from '../history/known-responders.js';
import type { Outcome } from '../history/remembered.js';
import { HistoryDamaged, beginHistory, readHistory, takeIn } from './history-file.js';
import { hasRunRecord, readRun, readRunRecord } from './run-archive.js';
import { runNames } from './run-directory.js';

/** The history of a folder, and what it took to have it whole. */
export interface OpenHistory {
  /** In the order in which they were taken in. */
  readonly runs: readonly TrendPoint[];
  /** Exposures that were not proved closed. */
  readonly open: readonly ExposureHistory[];
  /** Exposures that were, of which no whole run has told so. */
  readonly untoldFixes: readonly ExposureHistory[];
  readonly responders: KnownResponders;
  /** Why the history had to be made again from the runs: that it was missing, or what is wrong with it. */
  readonly rebuilt?: string;
  /** Runs that should have been taken in now and cannot be read, and why. */
  readonly unread: readonly { readonly run: string; readonly why: string }[];
  /** Runs that were taken in now. */
  readonly takenIn: number;
}

/**
 * Sees to it that the history of a folder is whole, and reads it: begun where there is none, made again from the runs
 * where it cannot be read, and with every complete run of the folder in it. A run that was stopped is not taken in,
 * for it may go on, and a shard is only part of one.
 * @throws what the system says where the history cannot be written.
 */
export async function openHistory(out: string, options: { readonly mode: number }): Promise<OpenHistory> {
  let found: Awaited<ReturnType<typeof readOpen>>;
  let rebuilt: string | undefined;
  try {
    found = await readOpen(out);
  } catch (error) {
    if (!(error instanceof HistoryDamaged)) throw error;
    rebuilt = error.message;
    found = { runs: [], open: [], untoldFixes: [], responders: {} };
    await beginHistory(out, options);
  }
  const known = new Set(found.runs.map(({ scan_id }) => scan_id));
  const unread: { run: string; why: string }[] = [];
  let takenIn = 0;
  for (const run of await runNames(out)) {
    if (known.has(run)) continue;
    const outcome = await takeInDirectory(out, run, options);
    if (outcome === 'taken in') takenIn++;
    else if (outcome !== 'nothing') unread.push({ run, why: outcome.why });
  }
  if (takenIn > 0) found = await readOpen(out);
  return { ...found, unread, takenIn, ...(rebuilt !== undefined && { rebuilt }) };
}

async function readOpen(
  out: string,
): Promise<Pick<OpenHistory, 'runs' | 'open' | 'untoldFixes' | 'responders'>> {
  const open: ExposureHistory[] = [];
  const untoldFixes: ExposureHistory[] = [];
  const { runs, responders = {} } = await readHistory(out, 'open', (exposure) =>
    (exposure.state === 'fixed' ? untoldFixes : open).push(exposure),
  );
  return { runs, open, untoldFixes, responders };
}

/** Takes a run in that was just written. */
export async function takeInRun(
  out: string,
  run: RunRecord,
  records: readonly FindingRecord[],
  options: { readonly mode: number },
): Promise<void> {
  // In the order of the file, from which the same history is made again.
  const sorted = sortRecords(records);
  await takeIn(out, trendPointOf(run, sorted), outcomesOf(run, sorted), {
    ...options,
    responders: (known) => (run.late === undefined ? respondersAfter(known, run) : known),
  });
}

/** Nothing where it is abandoned, stopped, or part of another one: it says nothing that could be relied on. */
async function takeInDirectory(
  out: string,
  name: string,
  options: { readonly mode: number },
): Promise<'taken in' | 'nothing' | { readonly why: string }> {
  const directory = join(out, name);
  if (!(await hasRunRecord(directory))) return 'nothing';
  try {
    if (!isRemembered(await readRunRecord(directory))) return 'nothing';
    const { run, records } = await readRun(directory);
    await takeInRun(out, run, records, options);
    return 'taken in';
  } catch (error) {
    if (error instanceof UsageError) return { why: error.message };
    throw error;
  }
}

/** Of several rows of one exposure, the strongest: forwarders may lead to one resolver. */
function* outcomesOf(run: RunRecord, records: readonly FindingRecord[]): Generator<Outcome, void, undefined> {
  const asked = new Map(run.probes.map((probe) => [probe.id, fingerprintOf(probe)]));
  const reach = reachOf(run);
  const strength = ({ wire_amplification = 0 }: FindingRecord): number => wire_amplification;
  for (const record of records.toSorted((a, b) => strength(a) - strength(b)))
    yield {
      // A run of a version without a history: what it saw, it saw.
      status: record.status ?? 'persisting',
      ...(record.status_evidence && { evidence: record.status_evidence }),
      ...(record.status_doubt && { doubt: record.status_doubt }),
      reach,
      row: bareColumns(record),
      asked: asked.get(record.probe) ?? '',
      run: { scan_id: run.scan_id, at: run.started },
    };
}
