import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../domain/error-code.js';
import type { RunRecord } from '../domain/run-record.js';
import type { Exchange } from '../domain/exchange.js';
import type { ScopeReloadRecord } from '../domain/run-record.js';
import { UsageError } from '../domain/usage-error.js';
import { withTemporary, writeAtomically } from './atomic-file.js';
import { TooLong, readBounded } from './bounded-file.js';
import type { WritableFile } from './disk.js';
import { chmod, makeFolder, openForWriting, remove, rename } from './disk.js';
import type { ExchangeJson } from './exchange-codec.js';
import { decodeExchange, encodeExchange } from './exchange-codec.js';
import { folderMode } from './file-modes.js';
import type { Owner } from './owner.js';
import { isAlive, ownerOfThisProcess } from './owner.js';

/**
 * `<run>/checkpoint/`: what a run needs to go on after it was stopped, in whatever way. It is there from before
 * the first packet until the reports of the complete run are written.
 *
 * - `plan.json`, written once: all settings, the scope, the token secret.
 * - `measurements.jsonl`, appended to: the finished measurements, which may be large and never change.
 * - `state.json`, replaced as a whole every few seconds: where the sweep is, who answered, and how many bytes of
 *   the measurements are part of it. What stands behind them was not finished and is cut off.
 */
export interface CheckpointPlan {
  readonly format: typeof FORMAT;
  readonly ampscope_version: string;
  readonly scan_id: string;
  readonly started_at: number;
  /** The secret by which replies prove themselves, in hex. */
  readonly token_key: string;
  readonly scope: {
    readonly path: string;
    readonly sha256: string;
    readonly text: string;
    /** Exactly what was allowed, exclusions taken out: `192.0.2.0-192.0.2.255`. */
    readonly allowed: readonly string[];
  };
  readonly targets: {
    readonly given: readonly string[];
    readonly ranges: readonly string[];
    readonly excluded_addresses: number;
    readonly left_out: RunRecord['targets']['left_out'];
  };
  /** The exclusions of the settings as they were read, and the lists among them, which are read again. */
  readonly exclude: {
    readonly read: readonly string[];
    readonly lists: readonly string[];
  };
  /** The settings of the run as they were given, by key, the drawn seed among them, names of files absolute. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** What changes while a run goes on. The `unknown`s belong to rooms that this one does not know. */
export interface CheckpointState {
  readonly saved_at: number;
  /** Where the sweep goes on. */
  readonly sweep: unknown;
  readonly sightings: Iterable<unknown>;
  /** What the run has counted. */
  readonly counters: unknown;
  readonly sessions: readonly CheckpointSession[];
  /** Where the scope was read again, in this session or an earlier one. */
  readonly scope_reloads?: readonly ScopeReloadRecord[];
}

/** One span of time in which the run went on, from which position. */
export interface CheckpointSession {
  readonly started_at: number;
  readonly from_position: number;
  /** When it was last saved, so at the latest: when it ended. */
  readonly saved_at: number;
}

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

export const FORMAT = 1;
const FOLDER = 'checkpoint';
const PLAN = 'plan.json';
const STATE = 'state.json';
const MEASUREMENTS = 'measurements.jsonl';

interface StateFile extends CheckpointState {
  readonly format: typeof FORMAT;
  readonly measurements_bytes: number;
  readonly owner?: Owner;
}

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
      const file: StateFile = {
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
  return isThere(join(directory, FOLDER, STATE));
}

/**
 * Reads what a run needs to go on.
 * @throws UsageError when there is nothing, when another version wrote it, when it is damaged, and when the run
 *   is still going on.
 */
export async function readCheckpoint(directory: string, version: string): Promise<ReadCheckpoint> {
  const folder = join(directory, FOLDER);
  const plan = await readJson<CheckpointPlan>(join(folder, PLAN), directory);
  if (plan.ampscope_version !== version)
    throw new UsageError(
      `${directory}: ampscope ${plan.ampscope_version} began this run, and this is ${version}`,
      'go on with the version that began it, or scan anew',
    );
  const state = await readJson<StateFile>(join(folder, STATE), directory);
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
    const entry: MeasuredJson = [probe, probed, firstSeenAt, exchanges.map(encodeExchange)];
    const line = Buffer.from(`${JSON.stringify(entry)}\n`);
    // The whole line, or an error: a full disk may take a part of it.
    await file.write(line);
    bytes += line.length;
  }
  if (bytes > 0) await file.sync();
  return bytes;
}

type MeasuredJson = readonly [number, string, number, readonly ExchangeJson[]];

function readMeasured(content: Buffer, path: string): readonly MeasuredEntry[] {
  const lines = content.toString().split('\n');
  // What stands behind the last line end: nothing.
  if (lines.pop() !== '') throw damaged(path);
  try {
    return lines.map((line) => {
      const [probe, probed, firstSeenAt, exchanges] = JSON.parse(line) as MeasuredJson;
      return { probe, probed, firstSeenAt, exchanges: exchanges.map(decodeExchange) };
    });
  } catch {
    throw damaged(path);
  }
}

/** The state in pieces, so that many sightings do not become one text, and others get their turn in between. */
function* chunksOf(file: StateFile): Generator<string> {
  const { sightings, ...rest } = file;
  yield `${JSON.stringify(rest).slice(0, -1)},"sightings":[`;
  let separator = '\n';
  for (const sighting of sightings) {
    yield `${separator}${JSON.stringify(sighting)}`;
    separator = ',\n';
  }
  yield ']}\n';
}

async function readJson<T extends { readonly format: number }>(path: string, directory: string): Promise<T> {
  const text = (await readBounded(path, MOST_BYTES).catch(missing(path, directory))).toString();
  let value: T;
  try {
    value = JSON.parse(text) as T;
  } catch {
    throw damaged(path);
  }
  if (typeof value !== 'object' || (value as T | null)?.format !== FORMAT) throw damaged(path);
  return value;
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

function damaged(path: string): UsageError {
  return new UsageError(
    `${path}: damaged`,
    'scan anew: what the run knew cannot be told from what it did not',
  );
}
