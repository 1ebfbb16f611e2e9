import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { FindingRecord } from '../domain/finding-record.js';
import { FINDING_RECORD } from '../domain/finding-record.js';
import { sortRecords } from '../domain/sort-records.js';
import type { RunRecord } from '../domain/run-record.js';
import { RUN_RECORD } from '../domain/run-record.js';
import { UsageError } from '../domain/usage-error.js';
import { writeAtomically } from './atomic-file.js';
import { TooLong, linesOfFile, readBounded } from './bounded-file.js';
import { hasCheckpoint } from './checkpoint.js';
import { chmod, makeFolder, remove } from './disk.js';
import { folderMode, parseFileMode } from './file-modes.js';
import { readerOf } from './read-shape.js';

/** A file to be written, by its path within the run's directory. */
export interface RunFile {
  readonly path: string;
  readonly chunks: Iterable<string | Uint8Array>;
}

const FINDINGS = 'findings.jsonl';
const RUN = 'run.json';

const readRecord = readerOf(RUN_RECORD);
const readFinding = readerOf(FINDING_RECORD);

/**
 * Writes a run: its findings, the reports made of them, and run.json last. A directory without run.json is
 * therefore a run that was abandoned, and one with it is whole.
 */
export async function writeRun(
  directory: string,
  run: RunRecord,
  records: readonly FindingRecord[],
  reports: Iterable<RunFile>,
): Promise<void> {
  // Of a run that was stopped and went on: until the new one stands there, it is an abandoned one.
  await remove(join(directory, RUN));
  await writeReports(directory, run, [{ path: FINDINGS, chunks: jsonLines(records) }]);
  await writeReports(directory, run, reports);
  await writeReports(directory, run, [{ path: RUN, chunks: [`${JSON.stringify(run, null, 2)}\n`] }]);
}

/** Writes or replaces files of a run, each whole or not at all, with the permissions that run.json names. */
export async function writeReports(
  directory: string,
  run: RunRecord,
  files: Iterable<RunFile>,
): Promise<void> {
  const mode = fileModeOf(run);
  const folders = new Set([directory]);
  for (const { path, chunks } of files) {
    const target = join(directory, path);
    const folder = dirname(target);
    if (!folders.has(folder)) await makeFolders(folder, folderMode(mode));
    folders.add(folder);
    await writeAtomically(target, chunks, { mode });
  }
}

/**
 * Reads a run back. The findings come in the order of the file, which is that of every report.
 * @throws UsageError when it was abandoned or is damaged, with file and line; when another version wrote it.
 */
export async function readRun(
  directory: string,
): Promise<{ readonly run: RunRecord; readonly records: readonly FindingRecord[] }> {
  const run = await readRunRecord(directory);
  const path = join(directory, FINDINGS);
  const records: FindingRecord[] = [];
  try {
    for await (const { lines } of linesOfFile(path))
      for (const line of lines) {
        const found = readFinding(line);
        if ('problem' in found)
          throw new UsageError(`${path}:${records.length + 1}: no finding: ${found.problem}`, DAMAGED);
        records.push(found.value);
      }
  } catch (error) {
    if (error instanceof TooLong)
      throw new UsageError(`${path}:${records.length + 1}: ${error.message}`, DAMAGED);
    if (error instanceof UsageError || !(error instanceof Error && 'code' in error)) throw error;
    throw new UsageError(`${path}: cannot be read: ${String(error.code)}`, DAMAGED);
  }
  if (records.length !== run.counts.findings)
    throw new UsageError(`${path}: ${records.length} findings, ${run.counts.findings} in ${RUN}`, DAMAGED);
  return { run, records };
}

const DAMAGED = 'the run is damaged: restore it from a backup, or scan again';

/** Whether a run was written to its end, in whatever state it is now. */
export function hasRunRecord(directory: string): Promise<boolean> {
  return stat(join(directory, RUN)).then(
    () => true,
    () => false,
  );
}

/** A million networks of targets take a tenth of it. */
const MOST_RUN_BYTES = 2 ** 28;

/** Its run.json alone. @throws UsageError as `readRun`. */
export async function readRunRecord(directory: string): Promise<RunRecord> {
  const path = join(directory, RUN);
  let text: string;
  try {
    text = (await readBounded(path, MOST_RUN_BYTES)).toString();
  } catch (error) {
    if (error instanceof TooLong) throw new UsageError(`${path}: ${error.message}`, DAMAGED);
    if (!(error instanceof Error && 'code' in error)) throw error;
    if (error.code === 'ENOENT' && (await hasCheckpoint(directory)))
      throw new UsageError(
        `${directory}: no finished run: it was stopped before its end`,
        `go on with it: ampscope scan --resume ${directory}`,
      );
    throw error.code === 'ENOENT'
      ? new UsageError(
          `${directory}: no finished run: it has no ${RUN}`,
          'name the directory of a run, such as exposure/latest; a run without run.json was abandoned',
        )
      : new UsageError(`${path}: cannot be read: ${String(error.code)}`, 'name the directory of a run');
  }
  const found = readRecord(text);
  if ('problem' in found)
    throw new UsageError(
      `${path}: ${found.problem}`,
      'the run is damaged, or another version of ampscope wrote it',
    );
  return found.value;
}

function* jsonLines(records: readonly FindingRecord[]): Generator<string, void, undefined> {
  for (const record of sortRecords(records)) yield `${JSON.stringify(record)}\n`;
}

function fileModeOf(run: RunRecord): number {
  const mode = parseFileMode(run.settings.file_mode);
  if (mode === undefined) throw new RangeError(`no file mode: ${run.settings.file_mode}`);
  return mode;
}

/** Within the run's directory, which is there already. */
async function makeFolders(folder: string, mode: number): Promise<void> {
  const made = await makeFolder(folder, { recursive: true, mode });
  if (made === undefined) return;
  // Each one that was made, whatever the umask says: a group that may read the files must get to them.
  const first = resolve(made);
  for (let each = resolve(folder); each.length >= first.length; each = dirname(each)) await chmod(each, mode);
}
