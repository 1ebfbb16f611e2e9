import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { errorCode } from '../domain/error-code.js';
import type { Exchange } from '../domain/exchange.js';
import { RUN_RECORD, SCOPE_RELOAD } from '../domain/run-record.js';
import type { Content } from '../domain/shape.js';
import { ADDRESS, ANY_TEXT, COUNT, HEX, INSTANT, TEXT } from '../domain/shape.js';
import { UsageError } from '../domain/usage-error.js';
import { withTemporary, writeAtomically } from './atomic-file.js';
import { TooLong, readBounded } from './bounded-file.js';
import type { WritableFile } from './disk.js';
import { chmod, makeFolder, openForWriting, remove, rename } from './disk.js';
import { EXCHANGE_JSON, decodeExchange, encodeExchange } from './exchange-codec.js';
import { folderMode } from './file-modes.js';
import { isAlive, ownerOfThisProcess } from './owner.js';
import type { Read } from './read-shape.js';
import { readerOf } from './read-shape.js';

/**
 * `<run>/checkpoint/`: what a run needs to go on after it was stopped, in whatever way. It is there from before
 * the first packet until the reports of the complete run are written.
 *
 * - `plan.json`, written once: all settings, the scope, the token secret.
 * - `measurements.jsonl`, appended to: the finished measurements, which may be large and never change.
 * - `state.json`, replaced as a whole every few seconds: where the sweep is, which hosts answered, and how many bytes of
 *   the measurements are part of it. What stands behind them was not finished and is cut off.
 */
export const FORMAT = 1 as const;

const PLAN_SHAPE = z.object({
  format: z.literal(FORMAT),
  ampscope_version: TEXT,
  scan_id: TEXT,
  started_at: INSTANT,
  /** The secret by which replies prove themselves. */
  token_key: HEX,
  scope: z.object({
    path: TEXT,
    sha256: TEXT,
    text: ANY_TEXT,
    /** Exactly what was allowed, exclusions taken out: `192.0.2.0-192.0.2.255`. */
    allowed: z.array(TEXT),
  }),
  targets: z.object({
    given: z.array(ANY_TEXT),
    ranges: z.array(TEXT),
    excluded_addresses: COUNT,
    left_out: RUN_RECORD.shape.targets.shape.left_out,
  }),
  /** The exclusions of the settings as they were read, and the lists among them, which are read again. */
  exclude: z.object({ read: z.array(TEXT), lists: z.array(TEXT) }),
  /** The settings of the run as they were given, by key, the drawn seed among them, names of files absolute. */
  settings: z.record(z.string(), z.unknown()),
});
export type CheckpointPlan = Content<typeof PLAN_SHAPE>;

/** One span of time in which the run went on, from which position. */
const SESSION = z.object({
  started_at: INSTANT,
  from_position: COUNT,
  /** When it was last saved, so at the latest: when it ended. */
  saved_at: INSTANT,
});
export type CheckpointSession = Content<typeof SESSION>;

const STATE_SHAPE = z.object({
  format: z.literal(FORMAT),
  measurements_bytes: COUNT,
  /** Absent where the system does not tell. */
  owner: z.object({ pid: COUNT, boot_id: TEXT, start_ticks: TEXT }).exactOptional(),
  saved_at: INSTANT,
  /** Where the sweep goes on. What is unknown here belongs to rooms that this one does not know. */
  sweep: z.unknown(),
  sightings: z.array(z.unknown()),
  /** What the run has counted. */
  counters: z.unknown(),
  sessions: z.array(SESSION),
  /** Where the scope was read again, in this session or an earlier one. */
  scope_reloads: z.array(SCOPE_RELOAD).exactOptional(),
});
type StateFile = Content<typeof STATE_SHAPE>;

/** What changes while a run goes on. */
export type CheckpointState = Omit<StateFile, 'format' | 'measurements_bytes' | 'owner' | 'sightings'> & {
  readonly sightings: Iterable<unknown>;
};

/** A finished measurement, by the sighting that it belongs to. */
export interface MeasuredEntry {
  readonly probe: number;
  readonly probed: string;
  readonly firstSeenAt: number;
  readonly exchanges: readonly Exchange[];
}

export interface CheckpointWriter {
  /** Appends what was measured since, then replaces the state; each call before the next begins. */
  save(state: CheckpointState, measured: readonly MeasuredEntry[]): Promise<void>;
  /** Leaves everything as it was saved last. */
  close(): Promise<void>;
}

export interface ReadCheckpoint {
  readonly plan: CheckpointPlan;
  readonly state: CheckpointState;
  readonly measured: readonly MeasuredEntry[];
  /** To `openCheckpoint`, to go on. */
  readonly measurementsBytes: number;
}

const FOLDER = 'checkpoint';
const PLAN = 'plan.json';
const STATE = 'state.json';
const MEASUREMENTS = 'measurements.jsonl';

const MEASURED_SHAPE = z.tuple([COUNT, ADDRESS, INSTANT, z.array(EXCHANGE_JSON)]);

const readHead = readerOf(PLAN_SHAPE.pick({ ampscope_version: true }));
const readPlan = readerOf(PLAN_SHAPE);
const readState = readerOf(STATE_SHAPE);
const readMeasurement = readerOf(MEASURED_SHAPE);

/**
 * Opens the checkpoint of a run for writing.
 * @param plan given for a new run, and written; absent for one that goes on.
 * @throws what the system says.
 */
export async function openCheckpoint(
  directory: string,
  options: {
    readonly fileMode: number;
    readonly plan?: CheckpointPlan | undefined;
    /** What counts of the measurements that are there. */
    readonly measurementsBytes?: number | undefined;
  },
): Promise<CheckpointWriter> {
  const folder = join(directory, FOLDER);
  const mode = options.fileMode;
  await makeFolder(folder, { recursive: true });
  await chmod(folder, folderMode(mode));
  if (options.plan !== undefined)
    await writeAtomically(join(folder, PLAN), [`${JSON.stringify(options.plan)}\n`], { mode });
  const measurements = await openForWriting(join(folder, MEASUREMENTS), 'a', mode);
  let bytes = options.measurementsBytes ?? 0;
  await measurements.truncate(bytes);
  const owner = await ownerOfThisProcess();
  return {
    async save(state, measured) {
      bytes += await append(measurements, measured);
      const file = {
        format: FORMAT,
        measurements_bytes: bytes,
        ...(owner && { owner }),
        ...state,
      };
      await writeAtomically(join(folder, STATE), chunksOf(file), { mode });
    },
    close: () => measurements.close(),
  };
}

/** Removes the checkpoint of a run that is complete, in one step: a process that is killed meanwhile leaves no half. */
export async function removeCheckpoint(directory: string): Promise<void> {
  const path = join(directory, FOLDER);
  if (!(await isThere(path))) return;
  await withTemporary(path, async (leaving) => {
    await rename(path, leaving);
    await remove(leaving);
  });
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Whether a run can go on. */
export async function hasCheckpoint(directory: string): Promise<boolean> {
  return isThere(stateFile(directory));
}

/** The path of state.json, for what is told of it. */
export function stateFile(directory: string): string {
  return join(directory, FOLDER, STATE);
}

/**
 * Reads what a run needs to go on.
 * @throws UsageError when there is nothing, when another version wrote it, when it is damaged, and when the run
 *   is still going on.
 */
export async function readCheckpoint(directory: string, version: string): Promise<ReadCheckpoint> {
  const folder = join(directory, FOLDER);
  const read = async <T>(name: string, reader: (text: string) => Read<T>): Promise<T> => {
    const file = join(folder, name);
    return soundOr(
      file,
      reader((await readBounded(file, MOST_BYTES).catch(missing(file, directory))).toString()),
    );
  };
  // Another version may have given the rest another shape.
  const { ampscope_version: begunBy } = await read(PLAN, readHead);
  if (begunBy !== version)
    throw new UsageError(
      `${directory}: ampscope ${begunBy} began this run, and this is ${version}`,
      'go on with the version that began it, or scan anew',
    );
  const plan = await read(PLAN, readPlan);
  const state = await read(STATE, readState);
  if (state.owner !== undefined && (await isAlive(state.owner)))
    throw new UsageError(
      `${directory}: this run is going on, in process ${state.owner.pid}`,
      'wait until it has ended',
    );
  const path = join(folder, MEASUREMENTS);
  const content = (await readBounded(path, MOST_BYTES).catch(missing(path, directory))).subarray(
    0,
    state.measurements_bytes,
  );
  if (content.length !== state.measurements_bytes) throw damaged(path);
  return { plan, state, measurementsBytes: content.length, measured: readMeasured(content, path) };
}

async function append(file: WritableFile, measured: readonly MeasuredEntry[]): Promise<number> {
  let bytes = 0;
  for (const { probe, probed, firstSeenAt, exchanges } of measured) {
    const entry: Content<typeof MEASURED_SHAPE> = [probe, probed, firstSeenAt, exchanges.map(encodeExchange)];
    const line = Buffer.from(`${JSON.stringify(entry)}\n`);
    // The whole line, or an error: a full disk may take a part of it.
    await file.write(line);
    bytes += line.length;
  }
  if (bytes > 0) await file.sync();
  return bytes;
}

function readMeasured(content: Buffer, path: string): readonly MeasuredEntry[] {
  const lines = content.toString().split('\n');
  // What stands behind the last line end: nothing.
  if (lines.pop() !== '') throw damaged(path);
  return lines.map((line, index) => {
    const [probe, probed, firstSeenAt, exchanges] = soundOr(`${path}:${index + 1}`, readMeasurement(line));
    return { probe, probed, firstSeenAt, exchanges: exchanges.map(decodeExchange) };
  });
}

/** The state in pieces, so that many sightings do not become one text, and others get their turn in between. */
function* chunksOf(
  file: Omit<StateFile, 'sightings'> & Pick<CheckpointState, 'sightings'>,
): Generator<string> {
  const { sightings, ...rest } = file;
  yield `${JSON.stringify(rest).slice(0, -1)},"sightings":[`;
  let separator = '\n';
  for (const sighting of sightings) {
    yield `${separator}${JSON.stringify(sighting)}`;
    separator = ',\n';
  }
  yield ']}\n';
}

/** What fits into one text (V8: 2^29 - 24 characters). */
const MOST_BYTES = 2 ** 28;

function missing(path: string, directory: string): (error: unknown) => never {
  return (error) => {
    if (error instanceof TooLong) throw damaged(path);
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new UsageError(
        `${directory}: nothing to go on from: it has no checkpoint`,
        'name the directory of a run that was stopped; a complete run has none, and one that never sent has none',
      );
    throw new UsageError(`${path}: cannot be read: ${code}`, 'make it readable, or scan anew');
  };
}

/** What was read of a checkpoint. @throws UsageError that says where it is not what was written, and in what. */
export function soundOr<T>(place: string, read: Read<T>): T {
  if ('problem' in read) throw damaged(place, read.problem);
  return read.value;
}

/** @param problem absent: it is not whole. */
function damaged(place: string, problem?: string): UsageError {
  return new UsageError(
    `${place}: damaged${problem === undefined ? '' : `: ${problem}`}`,
    'scan anew: what the run knew cannot be told from what it did not',
  );
}
