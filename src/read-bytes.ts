import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open, readlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from './domain/error-code.js';

/** How long an empty pipe is left alone. */
const PIPE_PAUSE_MS = 20;

/**
 * All bytes of a file, a pipe or a named pipe (FIFO), which may have no writer yet. Opened without blocking: an open(2)
 * that waits for a writer waits in a thread that neither a signal nor process.exit can end. Whatever a user names is read
 * by this.
 * @throws the system's error, and an AbortError when the signal comes first.
 */
export async function readBytes(path: string, stop: AbortSignal | undefined): Promise<Buffer> {
  await using handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const stats = await handle.stat();
  return stats.isFIFO() ? await pipedInto(handle, stop) : await handle.readFile({ signal: stop });
}

async function pipedInto(handle: FileHandle, stop: AbortSignal | undefined): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const hadWriter = await isUnnamed(handle);
  for (;;) {
    const { bytesRead, buffer } = await handle.read({ buffer: Buffer.alloc(65_536) }).catch(whileEmpty);
    if (bytesRead > 0) chunks.push(buffer.subarray(0, bytesRead));
    // Nothing at all before the first byte is a named pipe without a writer.
    else if (bytesRead === 0 && (hadWriter || chunks.length > 0)) return Buffer.concat(chunks);
    else await sleep(PIPE_PAUSE_MS, undefined, { signal: stop });
    stop?.throwIfAborted();
  }
}

/** Whether it is a pipe of the shell, `<(grep …)`: that has had a writer from its beginning, so it may end empty. */
async function isUnnamed({ fd }: FileHandle): Promise<boolean> {
  const target = await readlink(`/proc/self/fd/${fd}`).catch(() => '');
  return target.startsWith('pipe:');
}

/** @throws any error but that the writer has not written yet. */
function whileEmpty(error: unknown): { readonly bytesRead: -1; readonly buffer: Buffer } {
  if (errorCode(error) === 'EAGAIN') return { bytesRead: -1, buffer: Buffer.alloc(0) };
  throw error;
}
