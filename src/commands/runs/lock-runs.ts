import type { Lock } from '../../archive/run-lock.js';
import { holderNow, lockFolder } from '../../archive/run-lock.js';
import { formatInstant } from '../../domain/time.js';
import type { Io } from '../command.js';
import { cannotKeep } from './run-checkpointer.js';

/**
 * Locks the folder of all runs, which is there, for a command that writes into it.
 * @param doing as the holder is named to others: `run 2026-11-20T030000Z`.
 * @param options.goesOn the directory of the run that goes on.
 * @returns undefined where its file system has no lock; the user is told.
 * @throws UsageError that names the holder, or why it cannot be written; SystemFault for a run that goes on.
 */
export async function lockRuns(
  out: string,
  doing: string,
  { clock, stderr }: Pick<Io, 'clock' | 'stderr'>,
  { fileMode, goesOn }: { readonly fileMode: number; readonly goesOn?: string },
): Promise<Lock | undefined> {
  const holder = holderNow(doing, formatInstant(clock.now()));
  const lock = await lockFolder(out, holder, { fileMode }).catch((error: unknown) => {
    throw cannotKeep(goesOn ?? out, error, goesOn === undefined);
  });
  if (lock === undefined)
    stderr.write(
      `ampscope: note: ${out}: its file system has no sockets, so nothing keeps a second run away\n`,
    );
  return lock;
}
