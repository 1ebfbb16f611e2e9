import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { errorCode } from '../domain/error-code.js';
import type { WritableFile } from './disk.js';
import { openForWriting, remove, rename, syncFolder } from './disk.js';

export type Chunks = Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

/**
 * Writes a file so that its name never stands for half of it, whatever ends the process or the machine: under a
 * temporary name in the same folder, synced, then renamed. `.findings.csv.4711-1.ampscope-tmp` is one: readers
 * pass over it, and the next write to that folder removes it once process 4711 is gone.
 * @param options.mode the permissions, whatever the umask says.
 * @throws what the system says; the temporary file is gone then, and a file of that name untouched.
 */
export async function writeAtomically(
  path: string,
  chunks: Chunks,
  options: { readonly mode: number },
): Promise<void> {
  await withTemporary(path, async (temporary) => {
    const file = await openForWriting(temporary, 'wx', 0o600);
    try {
      await writeChunks(file, chunks);
      await file.chmod(options.mode);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  });
  await syncFolder(dirname(path));
}

/** Temporary files and folders of this process. */
const inUse = new Set<string>();
let made = 0;

/**
 * Hands out a name beside `path` that no other writer has, and sees to it that nothing is left there.
 * @throws what `use` throws.
 */
export async function withTemporary(path: string, use: (temporary: string) => Promise<void>): Promise<void> {
  const folder = dirname(path);
  const name = `.${basename(path)}.${process.pid}-${++made}.ampscope-tmp`;
  inUse.add(name);
  try {
    await removeStale(folder);
    const temporary = join(folder, name);
    await remove(temporary);
    try {
      await use(temporary);
    } catch (error) {
      await remove(temporary).catch(() => undefined);
      throw error;
    }
  } finally {
    inUse.delete(name);
  }
}

const TEMPORARY = /^\..+\.(\d+)-\d+\.ampscope-tmp$/;

/** Removes what writers left behind in a folder that are no more: files, and folders that were being removed. */
export async function removeStale(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = TEMPORARY.exec(name)?.[1];
    if (pid === undefined || inUse.has(name)) continue;
    if (!isAnotherProcess(Number(pid))) await remove(join(folder, name)).catch(() => undefined);
  }
}

/** In a container every run has the same process id: what has ours and is not in use is of a run before. */
function isAnotherProcess(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    // Signal 0 asks only whether the process is there.
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== 'ESRCH';
  }
}

const BUFFERED_BYTES = 1 << 16;

/**
 * Small chunks are gathered: a system call for each row of a CSV file would cost more than the row. What makes a chunk may
 * take its time, so the event loop turns after each: a signal is heard, and a turn costs some microseconds.
 */
async function writeChunks(file: WritableFile, chunks: Chunks): Promise<void> {
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    const part = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    waiting.push(part);
    bytes += part.length;
    await nextTurn();
    if (bytes < BUFFERED_BYTES) continue;
    await file.write(Buffer.concat(waiting));
    waiting = [];
    bytes = 0;
  }
  if (bytes > 0) await file.write(Buffer.concat(waiting));
}
