import type { FileHandle } from 'node:fs/promises';
import { open, readdir, rename, rm, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

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
  const folder = dirname(path);
  await removeStale(folder);
  const temporary = join(folder, temporaryName(basename(path)));
  // In a container every run has the same process id: what has our name is of a run before.
  await rm(temporary, { force: true });
  const file = await open(temporary, 'wx', 0o600);
  try {
    try {
      await writeChunks(file, chunks);
      await file.chmod(options.mode);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  await syncFolder(folder);
}

let written = 0;

/** A name that no other writer has: ours by the process, within it by a count. */
export function temporaryName(finalName: string): string {
  return `.${finalName}.${process.pid}-${++written}.ampscope-tmp`;
}

/** Makes the names in a folder last: a rename is on the disk only when the folder is. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const TEMPORARY = /^\..+\.(\d+)-\d+\.ampscope-tmp$/;

/**
 * Removes what writers left behind in a folder that are no more: files, and folders on their way out.
 * @param options.own also what bears the id of this process, which has written nothing there yet: in a container every
 *   run has the same.
 */
export async function removeStale(folder: string, options: { readonly own?: boolean } = {}): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = Number(TEMPORARY.exec(name)?.[1]);
    if (Number.isNaN(pid) || (pid === process.pid ? options.own !== true : isRunning(pid))) continue;
    await rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

/** The same in each folder that stands in this one: in each run of an output folder. */
export async function removeStaleBelow(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true }))
    // What may not be read is somebody else's.
    if (entry.isDirectory())
      await removeStale(join(folder, entry.name), { own: true }).catch(() => undefined);
}

function isRunning(pid: number): boolean {
  try {
    // Signal 0 asks only whether the process is there.
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

const BUFFERED_BYTES = 1 << 16;

/** Small chunks are gathered: a system call for each row of a CSV file would cost more than the row. */
async function writeChunks(file: FileHandle, chunks: Chunks): Promise<void> {
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    const part = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    waiting.push(part);
    bytes += part.length;
    if (bytes < BUFFERED_BYTES) continue;
    await file.writeFile(Buffer.concat(waiting));
    waiting = [];
    bytes = 0;
  }
  if (bytes > 0) await file.writeFile(Buffer.concat(waiting));
}
