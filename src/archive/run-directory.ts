import { readdir, readlink, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { errorCode } from '../domain/error-code.js';
import { compareText } from '../domain/sort-records.js';
import { UsageError } from '../domain/usage-error.js';
import { withTemporary } from './atomic-file.js';
import { chmod, makeFolder, rename, symlink, syncFolder } from './disk.js';
import { folderMode } from './file-modes.js';

/** Where one run puts everything it makes. */
export interface RunDirectory {
  readonly path: string;
  /** Its name, which is the run's: `2026-11-20T030000Z`, or `…-2` for a second run in the same second. */
  readonly id: string;
}

/**
 * Makes the folder of all runs where it is missing.
 * @param options.fileMode of the files to come; the folders' follows from it (0600 → 0700).
 * @throws UsageError when it cannot be made.
 */
export async function makeRunsFolder(out: string, options: { readonly fileMode: number }): Promise<void> {
  await makeFolders(resolve(out), folderMode(options.fileMode)).catch(cannotHold(out));
}

/**
 * Makes the directory of a new run under `out`, which is made too where it is missing. No two runs ever get the
 * same one.
 * @param options.fileMode as for `makeRunsFolder`.
 * @throws UsageError when `out` cannot hold it.
 */
export async function createRunDirectory(
  out: string,
  stamp: string,
  options: { readonly fileMode: number },
): Promise<RunDirectory> {
  await makeRunsFolder(out, options);
  for (let attempt = 1; ; attempt++) {
    const directory = directoryOf(out, stamp, attempt);
    const isNew = await makeNew(directory.path, folderMode(options.fileMode)).catch(cannotHold(out));
    if (!isNew) continue;
    await syncFolder(out).catch(cannotHold(out));
    return directory;
  }
}

/**
 * Makes the directory of a run with all that is in it at one stroke: whatever ends the program leaves none, or all.
 * @param write is handed the name that the run will have, and where to write it meanwhile.
 * @throws what `write` throws; UsageError when `out` cannot hold it.
 */
export async function createWholeRun(
  out: string,
  stamp: string,
  options: { readonly fileMode: number },
  write: (directory: RunDirectory) => Promise<void>,
): Promise<RunDirectory> {
  await makeRunsFolder(out, options);
  let attempt = 1;
  while (await isThere(directoryOf(out, stamp, attempt).path)) attempt++;
  const { id, path } = directoryOf(out, stamp, attempt);
  await withTemporary(path, async (temporary) => {
    await makeNew(temporary, folderMode(options.fileMode)).catch(cannotHold(out));
    await write({ id, path: temporary });
    await rename(temporary, path);
  });
  await syncFolder(out);
  return { id, path };
}

function directoryOf(out: string, stamp: string, attempt: number): RunDirectory {
  const id = attempt === 1 ? stamp : `${stamp}-${attempt}`;
  return { id, path: join(out, id) };
}

function cannotHold(out: string): (error: unknown) => never {
  return (error) => {
    throw new UsageError(
      `${out}: cannot hold a run's directory: ${errorCode(error)}`,
      'name a folder that you may write to with --out',
    );
  };
}

/**
 * Points `<out>/latest` to this run, in one step: a reader that follows it sees the run before or this one. It never
 * moves back in time: where it points to a run that began later, it stays.
 * @returns the run that it points to then.
 * @throws UsageError when something else than a link has that name.
 */
export async function publishLatest(out: string, id: string): Promise<string> {
  const latest = join(out, 'latest');
  try {
    const before = await readlink(latest).catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT') return undefined;
      // A rename would replace a file without a word.
      throw Object.assign(new Error(latest), {
        code: errorCode(error) === 'EINVAL' ? 'EEXIST' : errorCode(error),
      });
    });
    if (before !== undefined && isRunName(before) && compareRunNames(before, id) >= 0) return before;
    await withTemporary(latest, async (temporary) => {
      await symlink(id, temporary);
      await rename(temporary, latest);
    });
  } catch (error) {
    throw new UsageError(
      `${latest}: cannot become the link to the newest run: ${errorCode(error)}`,
      'move away what has that name',
    );
  }
  await syncFolder(out);
  return id;
}

/** `2026-11-20T030000Z`, or with `-2` and so on for a second run in the same second. */
const RUN_NAME = /^\d{4}-\d{2}-\d{2}T\d{6}Z(-\d+)?$/;

/** Whether a folder of this name is a run's. */
function isRunName(name: string): boolean {
  return RUN_NAME.test(name);
}

/** Negative where the run `a` began before `b`: the order of the names is that of the runs. */
function compareRunNames(a: string, b: string): number {
  const [first, second] = [a, b].map((name) => {
    const [stamp = '', count = '1'] = name.split('Z-');
    return `${stamp.replace('Z', '')} ${count.padStart(9, '0')}`;
  });
  return compareText(first ?? '', second ?? '');
}

/** The runs in a folder, in the order in which they began. */
export async function runNames(out: string): Promise<readonly string[]> {
  return (await readdir(out)).filter(isRunName).sort(compareRunNames);
}

/** Not mkdir's own way to do so: where the system answers ENOENT again and again, as in /proc, that never ends. */
async function makeFolders(folder: string, mode: number): Promise<void> {
  if (await isThere(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) await makeFolders(parent, mode);
  await makeNew(folder, mode);
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: unknown) => errorCode(error) !== 'ENOENT',
  );
}

/** False when the name is taken already. */
async function makeNew(path: string, mode: number): Promise<boolean> {
  try {
    await makeFolder(path, { mode });
    await chmod(path, mode);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}
