import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { FindingRecord } from '../domain/finding-record.js';
import { bareColumns } from '../domain/finding-record.js';
import type { RunRecord, TrendPoint } from '../domain/run-record.js';
import { isRemembered } from '../domain/run-standing.js';
import { trendPointOf } from '../domain/trend-point.js';
import { UsageError } from '../domain/usage-error.js';
import { askedBy } from '../history/asked.js';
import type { ExposureHistory } from '../history/exposure-history.js';
import type { KnownResponders } from '../history/known-responders.js';
import { respondersAfter } from '../history/known-responders.js';
import type { Outcome } from '../history/remembered.js';
import { HistoryDamaged, beginHistory, readHistory, takeIn } from './history-file.js';
import { readRun, readRunRecord } from './run-archive.js';

/** The history of a folder, and what it took to have it whole. */
export interface OpenHistory {
  /** In the order in which they were taken in. */
  readonly runs: readonly TrendPoint[];
  /** Exposures that were not proved closed. */
  readonly open: readonly ExposureHistory[];
  readonly responders: KnownResponders;
  /** The history was missing or could not be read, and was made again from the runs. */
  readonly rebuilt: boolean;
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
  let isMade = false;
  try {
    found = await readOpen(out);
  } catch (error) {
    if (!(error instanceof HistoryDamaged)) throw error;
    isMade = true;
    found = { runs: [], open: [], responders: {} };
    await beginHistory(out, options);
  }
  const known = new Set(found.runs.map(({ scan_id }) => scan_id));
  let takenIn = 0;
  for (const name of await runNames(out))
    if (!known.has(name) && (await takeInDirectory(out, name, options))) takenIn++;
  if (takenIn > 0) found = await readOpen(out);
  return { ...found, rebuilt: isMade && takenIn > 0, takenIn };
}

async function readOpen(out: string): Promise<Pick<OpenHistory, 'runs' | 'open' | 'responders'>> {
  const open: ExposureHistory[] = [];
  const { runs, responders = {} } = await readHistory(out, 'open', (exposure) => open.push(exposure));
  return { runs, open, responders };
}

/** Takes a run in that was just written. */
export async function takeInRun(
  out: string,
  run: RunRecord,
  records: readonly FindingRecord[],
  options: { readonly mode: number },
): Promise<void> {
  await takeIn(out, trendPointOf(run, records), outcomesOf(run, records), {
    ...options,
    responders: (known) => respondersAfter(known, run),
  });
}

/** `2026-11-20T030000Z`, or with `-2` and so on: the order of the names is that of the runs. */
const RUN_NAME = /^\d{4}-\d{2}-\d{2}T\d{6}Z(-\d+)?$/;

async function runNames(out: string): Promise<readonly string[]> {
  const names = (await readdir(out)).filter((name) => RUN_NAME.test(name));
  const key = (name: string): string => {
    const [stamp = '', count = '1'] = name.split('Z-');
    return `${stamp.replace('Z', '')} ${count.padStart(9, '0')}`;
  };
  return names.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** False where it is abandoned, damaged, stopped, or part of another one: it says nothing that could be relied on. */
async function takeInDirectory(
  out: string,
  name: string,
  options: { readonly mode: number },
): Promise<boolean> {
  const directory = join(out, name);
  try {
    if (!isRemembered(await readRunRecord(directory))) return false;
    const { run, records } = await readRun(directory);
    await takeInRun(out, run, records, options);
    return true;
  } catch (error) {
    if (error instanceof UsageError) return false;
    throw error;
  }
}

/** Of several rows of one exposure, the strongest: forwarders may lead to one resolver. */
function* outcomesOf(run: RunRecord, records: readonly FindingRecord[]): Generator<Outcome, void, undefined> {
  const asked = new Map(run.probes.map((probe) => [probe.id, askedBy(probe)]));
  const strength = ({ wire_amplification = 0 }: FindingRecord): number => wire_amplification;
  for (const record of records.toSorted((a, b) => strength(a) - strength(b)))
    yield {
      // A run of a version without a history: what it saw, it saw.
      status: record.status ?? 'persisting',
      ...(record.status_evidence && { evidence: record.status_evidence }),
      ...(record.status_doubt && { doubt: record.status_doubt }),
      row: bareColumns(record),
      asked: asked.get(record.probe) ?? '',
      run: { scan_id: run.scan_id, at: run.started },
    };
}
