import { readHistory, readHistoryHead } from '../archive/history-file.js';
import { repairHistory } from '../archive/past-runs.js';
import type { RunRecord } from '../domain/run-record.js';
import type { ExposureHistory } from '../history/exposure-history.js';

/** Two years of weeks. */
const MOST_TREND_POINTS = 104;

/** What earlier runs of a folder know. */
export interface Past {
  /** What a run says of those before it. */
  readonly summary: Pick<NonNullable<RunRecord['history']>, 'earlier_runs' | 'trend'>;
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
  const { runs } = await readHistoryHead(out);
  return {
    summary: {
      earlier_runs: runs.length,
      ...(runs.length > 0 && { trend: runs.slice(-MOST_TREND_POINTS) }),
    },
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
