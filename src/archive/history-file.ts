import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { constants, createGunzip, createGzip } from 'node:zlib';
import * as z from 'zod';
import { errorCode } from '../domain/error-code.js';
import type { TrendPoint } from '../domain/run-record.js';
import { TREND_POINT } from '../domain/run-record.js';
import type { Content } from '../domain/shape.js';
import type { ExposureHistory } from '../history/exposure-history.js';
import { EXPOSURE_HISTORY } from '../history/exposure-history.js';
import type { KnownResponders } from '../history/known-responders.js';
import { KNOWN_RESPONDERS } from '../history/known-responders.js';
import type { Outcome } from '../history/remembered.js';
import { remembered } from '../history/remembered.js';
import { writeAtomically } from './atomic-file.js';
import { TooLong, linesIn } from './bounded-file.js';
import { rename } from './disk.js';
import { readerOf } from './read-shape.js';

/**
 * What is remembered between the runs of one `--out`: gzip, a line that says which runs are in it, then a line
 * for each exposure there ever was. It is read and written as a stream: memory grows with what one run found.
 */
const HEAD = z.object({
  format: z.literal(1),
  /** In the order in which they began. */
  runs: z.array(TREND_POINT),
  /** Absent in files of earlier versions. */
  responders: KNOWN_RESPONDERS.exactOptional(),
});
export type HistoryHead = Content<typeof HEAD>;

const LINE = EXPOSURE_HISTORY.extend({ state: z.enum(['open', 'fixed', 'silent']) }).refine(
  ({ finding_id, last }) => last === undefined || last.finding_id === finding_id,
  { path: ['last', 'finding_id'], error: 'is that of another exposure' },
);

const headOf = readerOf(HEAD);
const exposureOf = readerOf(LINE);

const FILE = 'history.jsonl.gz';

/** Where the history of the runs in `out` is. */
export function historyPath(out: string): string {
  return join(out, FILE);
}

/** The file is missing, cut short or not ours: it can be made again from the runs. */
export class HistoryDamaged extends Error {}

/**
 * What a reader wants of the file. `all` and `open` hold every line against its shape; with `ids` the others are not even
 * parsed, which would take most of the time, so that a file is read whole once before.
 */
export type Wanted = 'all' | 'open' | { readonly ids: ReadonlySet<string> };

/**
 * Reads the file to its end, for only there gzip tells whether it is whole.
 * @param wanted `open`: those that were not proved closed, and those of which no whole run has told that they were.
 * @param take is handed each exposure that is wanted.
 * @throws HistoryDamaged
 */
export async function readHistory(
  out: string,
  wanted: Wanted,
  take: (exposure: ExposureHistory) => void,
): Promise<HistoryHead> {
  let head: HistoryHead | undefined;
  for await (const lines of linesOf(out))
    for (const line of lines)
      if (head === undefined) head = headIn(line);
      else if (typeof wanted === 'string') {
        const exposure = exposureIn(line);
        if (wanted === 'all' || exposure.state !== 'fixed' || exposure.untold === 'fixed') take(exposure);
      } else if (wanted.ids.has(idIn(line))) take(exposureIn(line));
  if (head === undefined) throw new HistoryDamaged('it is empty');
  return head;
}

/** @throws HistoryDamaged */
async function readHead(out: string): Promise<HistoryHead> {
  for await (const [line] of linesOf(out)) if (line !== undefined) return headIn(line);
  throw new HistoryDamaged('it is empty');
}

/**
 * Takes a run in, once: one whose scan_id is there already changes nothing. Either all of it is in the file afterwards,
 * or nothing.
 * @param outcomes one for each exposure of which the run has a row.
 * @throws HistoryDamaged where the file cannot be read; what the system says where it cannot be written.
 */
export async function takeIn(
  out: string,
  run: TrendPoint,
  outcomes: Iterable<Outcome>,
  options: {
    readonly mode: number;
    /** What becomes of the known responders; absent: they stay. */
    readonly responders?: (known: KnownResponders) => KnownResponders;
  },
): Promise<void> {
  if ((await readHead(out)).runs.some(({ scan_id }) => scan_id === run.scan_id)) return;
  const waiting = new Map<string, Outcome>();
  for (const outcome of outcomes) waiting.set(outcome.row.finding_id, outcome);
  await writeHistory(out, changedLines(out, run, waiting, options.responders), options);
}

/**
 * A history of nothing: where the first run is taken in. One that cannot be read is kept beside it, for the runs that
 * it was made of may be gone.
 */
export async function beginHistory(out: string, options: { readonly mode: number }): Promise<void> {
  await rename(historyPath(out), `${historyPath(out)}.damaged`).catch((error: unknown) => {
    if (errorCode(error) !== 'ENOENT') throw error;
  });
  const head: HistoryHead = { format: 1, runs: [] };
  await writeHistory(out, [`${JSON.stringify(head)}\n`], options);
}

async function* changedLines(
  out: string,
  run: TrendPoint,
  waiting: Map<string, Outcome>,
  respondersAfter = (known: KnownResponders): KnownResponders => known,
): AsyncGenerator<string, void, undefined> {
  let head: HistoryHead | undefined;
  for await (const lines of linesOf(out)) {
    let changed = '';
    for (const line of lines) {
      if (head === undefined) {
        head = headIn(line);
        const responders = respondersAfter(head.responders ?? {});
        const next: HistoryHead = { ...head, runs: [...head.runs, run].sort(byTime), responders };
        changed += `${JSON.stringify(next)}\n`;
        continue;
      }
      // Most are of exposures that were fixed long ago: they are not even parsed.
      const id = idIn(line);
      const outcome = waiting.get(id);
      changed += outcome === undefined ? `${line}\n` : lineOf(remembered(exposureIn(line), outcome));
      if (outcome !== undefined) waiting.delete(id);
    }
    yield changed;
  }
  if (head === undefined) throw new HistoryDamaged('it is empty');
  for (const outcome of waiting.values()) yield lineOf(remembered(undefined, outcome));
}

/** One that went on after newer ones had ended stands where it began. ISO 8601 in UTC sorts as text. */
function byTime(a: TrendPoint, b: TrendPoint): number {
  return a.at < b.at ? -1 : a.at > b.at ? 1 : 0;
}

const ID_START = '{"finding_id":"';

/** Of an exposure's line, without parsing it. */
function idIn(line: string): string {
  return line.startsWith(ID_START)
    ? line.slice(ID_START.length, line.indexOf('"', ID_START.length))
    : exposureIn(line).finding_id;
}

function lineOf(history: ExposureHistory | undefined): string {
  return history === undefined ? '' : `${JSON.stringify(history)}\n`;
}

async function writeHistory(
  out: string,
  lines: Iterable<string> | AsyncIterable<string>,
  { mode }: { readonly mode: number },
): Promise<void> {
  // Every line is changed every week: the fastest level is the right one.
  const gzip = createGzip({ level: constants.Z_BEST_SPEED });
  const compressing = pipeline(inBatches(lines), gzip);
  // It fails with the same error as the writer that waits for it.
  compressing.catch(() => undefined);
  await writeAtomically(historyPath(out), gzip as AsyncIterable<Uint8Array>, { mode });
  await compressing;
}

const BATCH_CHARACTERS = 1 << 16;

/** A stream's turn costs more than a line. */
async function* inBatches(
  lines: Iterable<string> | AsyncIterable<string>,
): AsyncGenerator<string, void, undefined> {
  let batch = '';
  for await (const line of lines) {
    batch += line;
    if (batch.length < BATCH_CHARACTERS) continue;
    yield batch;
    batch = '';
  }
  yield batch;
}

const READ_BYTES = 1 << 17;

/** More than a million exposures take. */
const MOST_BYTES = 2 ** 32;

/** Many at a time. @throws HistoryDamaged */
async function* linesOf(out: string): AsyncGenerator<readonly string[], void, undefined> {
  const file = createReadStream(historyPath(out));
  const gunzip = createGunzip({ chunkSize: READ_BYTES });
  const reading = pipeline(file, gunzip);
  reading.catch(() => undefined);
  try {
    for await (const { lines, rest } of linesIn(checked(gunzip as AsyncIterable<Buffer>))) {
      if (rest) throw new HistoryDamaged('its last line is cut short');
      yield lines;
    }
    await reading;
  } catch (error) {
    if (error instanceof TooLong) throw new HistoryDamaged(error.message);
    throw isDamage(error) ? new HistoryDamaged(error.message) : error;
  } finally {
    file.destroy();
    gunzip.destroy();
  }
}

async function* checked(parts: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  let bytes = 0;
  for await (const part of parts) {
    bytes += part.length;
    if (bytes > MOST_BYTES) throw new TooLong(`longer than ${MOST_BYTES / 2 ** 30} GiB`);
    yield part;
  }
}

/** It is not there, or gzip cannot read it. What else the system refuses is no fault of the file. */
function isDamage(error: unknown): error is Error {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code === 'ENOENT' || code.startsWith('Z_');
}

function headIn(line: string): HistoryHead {
  const head = headOf(line);
  if ('problem' in head) throw new HistoryDamaged(`its first line: ${head.problem}`);
  return head.value;
}

function exposureIn(line: string): ExposureHistory {
  const exposure = exposureOf(line);
  if ('problem' in exposure) throw new HistoryDamaged(`a line of it is no exposure: ${exposure.problem}`);
  return asNow(exposure.value);
}

/** The first version had a state for silence along with others, and counted no runs. */
function asNow(line: Content<typeof LINE>): ExposureHistory {
  const { state } = line;
  return state === 'silent' ? { ...line, state: 'open', silent: { runs: 0 } } : { ...line, state };
}
