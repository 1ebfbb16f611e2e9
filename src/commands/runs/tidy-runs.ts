import { join } from 'node:path';
import { removeStale } from '../../archive/atomic-file.js';
import { hasCheckpoint, removeCheckpoint } from '../../archive/checkpoint.js';
import { removeFolder } from '../../archive/disk.js';
import { readRunRecord } from '../../archive/run-archive.js';
import { runNames } from '../../archive/run-directory.js';

/**
 * Removes what runs left behind that were killed, but nothing that a run can go on from. Only for the holder of the
 * lock of the folder: then none of them is going on.
 * @param own the run that is about to begin or go on.
 * @returns the directories of runs that were stopped before their end, oldest first.
 */
export async function tidyRuns(out: string, own: string): Promise<readonly string[]> {
  const stopped: string[] = [];
  for (const name of await runNames(out)) {
    if (name === own) continue;
    const directory = join(out, name);
    // A file of that name is none of ours.
    await removeStale(directory).catch(() => undefined);
    // Killed before its first checkpoint; one that holds anything stays.
    await removeFolder(directory).catch(() => undefined);
    if (!(await hasCheckpoint(directory))) continue;
    const run = await readRunRecord(directory).catch(() => undefined);
    if (run?.complete === true) await removeCheckpoint(directory);
    else stopped.push(directory);
  }
  return stopped;
}
