import { totalmem } from 'node:os';
import { OTHER_FILES } from './judge-host.js';
import { readOpenFiles } from './read-facts.js';

/** The most that `--parallel` takes. */
const MOST = 10_000;
/** What a system gives that does not tell. */
const USUAL_OPEN_FILES = 1024;
/** An open exchange takes some 12 KB of the process, and of the kernel what its socket has received: rounded up. */
const BYTES_EACH = 32 * 1024;

/**
 * How many responders may be measured at once where no setting says it: each has a socket, so as many as there are
 * descriptors left beside those of the sweep, and a quarter of the memory at 32 KiB each; 10,000 at most.
 */
export async function readMostAtOnce(sweepSockets: number): Promise<number> {
  // A control group's limit, which is a huge number where there is none (process.constrainedMemory).
  const memoryBytes = Math.min(totalmem(), process.constrainedMemory() || Infinity);
  return mostAtOnce({ openFiles: await readOpenFiles(), memoryBytes, sweepSockets });
}

export function mostAtOnce({
  openFiles = USUAL_OPEN_FILES,
  memoryBytes,
  sweepSockets,
}: {
  readonly openFiles?: number | undefined;
  readonly memoryBytes: number;
  readonly sweepSockets: number;
}): number {
  const byFiles = openFiles - sweepSockets - OTHER_FILES;
  const byMemory = Math.floor(memoryBytes / 4 / BYTES_EACH);
  return Math.max(1, Math.min(MOST, byFiles, byMemory));
}
