import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long a pipe that has nothing to say is left alone. */
const PIPE_PAUSE_MS = 20;

/**
 * All bytes of a file, a pipe or a named pipe (FIFO), which may be written by nobody yet. Opened without blocking: an
 * open(2) that waits for a writer waits in a thread that neither a signal nor process.exit can end.
 * @throws the system's error, and an AbortError when the signal comes first.
 */
export async function readBytes(path: string, stop: AbortSignal): Promise<Buffer> {
  await using handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const stats = await handle.stat();
  return stats.isFIFO() ? await pipedInto(handle, stop) : await handle.readFile({ signal: stop });
}

async function pipedInto(handle: FileHandle, stop: AbortSignal): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (;;) {
    const { bytesRead, buffer } = await handle.read({ buffer: Buffer.alloc(65_536) }).catch(whileEmpty);
    if (bytesRead > 0) chunks.push(buffer.subarray(0, bytesRead));
    // Nothing at all before the first byte is a pipe without a writer.
    else if (bytesRead === 0 && chunks.length > 0) return Buffer.concat(chunks);
    else await sleep(PIPE_PAUSE_MS, undefined, { signal: stop });
    stop.throwIfAborted();
  }
}

/** @throws any error but that the writer has not written yet. */
function whileEmpty(error: unknown): { readonly bytesRead: -1; readonly buffer: Buffer } {
  if (error instanceof Error && 'code' in error && error.code === 'EAGAIN')
    return { bytesRead: -1, buffer: Buffer.alloc(0) };
  throw error;
}
