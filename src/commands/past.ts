import { readHistory, readHistoryHead } from '../archive/history-file.js';
import { repairHistory } from '../archive/past-runs.js';
import type { ExposureHistory } from '../history/exposure-history.js';

/** What earlier runs of a folder know. */
export interface Past {
  readonly runs: number;
  /** Exposures that were not proved closed. */
  readonly open: readonly ExposureHistory[];
  /** Those, and of the others each that one of these rows is of, by finding_id. */
  of(rows: readonly { readonly finding_id: string }[]): Promise<ReadonlyMap<string, ExposureHistory>>;
}

/**
 * Reads the history of a folder, whole: made again where it is missing or damaged.
 * @param say takes a sentence for the user where that was so.
 */
export async function openPast(
  out: string,
  { mode, say }: { readonly mode: number; readonly say: (note: string) => void },
): Promise<Past> {
  const { rebuilt, takenIn } = await repairHistory(out, { mode });
  if (rebuilt)
    say(
      `the history was missing or damaged: it was made again from ${takenIn} ${takenIn === 1 ? 'run' : 'runs'}`,
    );
  const open: ExposureHistory[] = [];
  for await (const exposure of readHistory(out)) if (exposure.state !== 'fixed') open.push(exposure);
  return {
    runs: (await readHistoryHead(out)).runs.length,
    open,
    async of(rows) {
      const wanted = new Set(rows.map(({ finding_id }) => finding_id));
      const found = new Map(open.map((exposure) => [exposure.finding_id, exposure]));
      for await (const exposure of readHistory(out))
        if (wanted.has(exposure.finding_id)) found.set(exposure.finding_id, exposure);
      return found;
    },
  };
}
