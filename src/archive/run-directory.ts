import { chmod, lstat, mkdir, rename, rm, stat, symlink, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { UsageError } from '../domain/usage-error.js';
import { removeStale, removeStaleBelow, syncFolder, temporaryName } from './atomic-file.js';
import { folderMode } from './file-modes.js';

/** Where one run puts everything it makes. */
export interface RunDirectory {
  readonly path: string;
  /** Its name, which is the run's: `2026-11-20T030000Z`, or `…-2` for a second run in the same second. */
  readonly id: string;
}

/**
 * Makes the directory of a new run under `out`, which is made too where it is missing. No two runs ever get the
 * same one.
 * @param options.fileMode of the files to come; the folders' follows from it (0600 → 0700).
 * @throws UsageError when `out` cannot hold it.
 */
export async function createRunDirectory(
  out: string,
  stamp: string,
  options: { readonly fileMode: number },
): Promise<RunDirectory> {
  const mode = folderMode(options.fileMode);
  try {
    await makeFolders(resolve(out), mode);
    await removeStaleBelow(out);
    for (let attempt = 1; ; attempt++) {
      const id = attempt === 1 ? stamp : `${stamp}-${attempt}`;
      const path = join(out, id);
      if (!(await makeNew(path, mode))) continue;
      await syncFolder(out);
      return { path, id };
    }
  } catch (error) {
    throw new UsageError(
      `${out}: cannot hold a run's directory: ${codeOf(error)}`,
      'name a folder that you may write to with --out',
    );
  }
}

/**
 * Points `<out>/latest` to this run, in one step: whoever follows it sees the run before or this one.
 * @throws UsageError when something else than a link has that name.
 */
export async function publishLatest(out: string, id: string): Promise<void> {
  const latest = join(out, 'latest');
  const temporary = join(out, temporaryName('latest'));
  await removeStale(out);
  await rm(temporary, { force: true });
  await symlink(id, temporary);
  try {
    // A rename replaces a file without a word.
    const isFile = await lstat(latest).then(
      (entry) => entry.isFile(),
      () => false,
    );
    if (isFile) throw Object.assign(new Error(latest), { code: 'EEXIST' });
    await rename(temporary, latest);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw new UsageError(
      `${latest}: cannot become the link to the newest run: ${codeOf(error)}`,
      'move away what has that name',
    );
  }
  await syncFolder(out);
}

/** Not mkdir's own way to do so: where the system answers ENOENT again and again, as in /proc, that never ends. */
async function makeFolders(folder: string, mode: number): Promise<void> {
  const isThere = async (path: string): Promise<boolean> =>
    stat(path).then(
      () => true,
      (error: unknown) => codeOf(error) !== 'ENOENT',
    );
  if (await isThere(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) await makeFolders(parent, mode);
  await makeNew(folder, mode);
}

/** False when the name is taken already. */
async function makeNew(path: string, mode: number): Promise<boolean> {
  try {
    await mkdir(path, { mode });
    await chmod(path, mode);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
