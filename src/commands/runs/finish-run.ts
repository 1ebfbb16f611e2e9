import { join } from 'node:path';
import { removeCheckpoint } from '../../archive/checkpoint.js';
import { historyPath } from '../../archive/history-file.js';
import { takeInRun } from '../../archive/earlier-runs.js';
import { readRunRecord } from '../../archive/run-archive.js';
import type { RunDirectory } from '../../archive/run-directory.js';
import { publishLatest } from '../../archive/run-directory.js';
import type { FindingRecord } from '../../domain/finding-record.js';
import type { RunRecord } from '../../domain/run-record.js';
import { isRemembered, standingOf } from '../../domain/run-standing.js';
import { parseFileMode, PRIVATE_FILE } from '../../archive/file-modes.js';
import { readError } from '../inputs/scan-inputs.js';

/**
 * What follows when a run stands on the disk with its run.json: the history takes it in, `latest` moves to it where it
 * may speak for the scope, and its checkpoint goes. Each of these is done once, however often this is called, so a run
 * that was killed on the way is finished by calling it again.
 * @param out the folder of all runs.
 * @param warn takes a line for the user, `warning: …` or `note: …`.
 * @throws UsageError where `latest` cannot become the link.
 */
export async function finishRun(
  out: string,
  directory: RunDirectory,
  run: RunRecord,
  records: readonly FindingRecord[],
  warn: (line: string) => void,
): Promise<void> {
  if (isRemembered(run)) {
    const mode = parseFileMode(run.settings.file_mode) ?? PRIVATE_FILE;
    // The next run takes in what is missing.
    await takeInRun(out, run, records, { mode }).catch((error: unknown) => {
      warn(`warning: ${historyPath(out)} cannot be written: ${readError(error)}`);
    });
  }
  if (await mayBeLatest(out, run)) {
    const latest = await publishLatest(out, directory.id);
    if (latest !== directory.id) warn(`note: latest stays at ${latest}, which began later than this run`);
  }
  if (run.complete) await removeCheckpoint(directory.path);
}

/** A whole run; and a shard, but not where whole runs are, for it speaks for a part. */
async function mayBeLatest(out: string, run: RunRecord): Promise<boolean> {
  const standing = standingOf(run);
  if (standing !== 'shard') return standing === 'whole';
  const latest = await readRunRecord(join(out, 'latest')).catch(() => undefined);
  return latest === undefined || latest.settings.shard !== undefined;
}
