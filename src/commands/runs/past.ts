import { readHistory } from '../../archive/history-file.js';
import { openHistory } from '../../archive/past-runs.js';
import type { RunRecord } from '../../domain/run-record.js';
import type { ExposureHistory } from '../../history/exposure-history.js';
import type { KnownResponders } from '../../history/known-responders.js';

/** Two years of weeks. */
const MOST_TREND_POINTS = 104;

/** What earlier runs of a folder know. */
export interface Past {
  /** What a run says of those before it. */
  readonly summary: Pick<NonNullable<RunRecord['history']>, 'earlier_runs' | 'trend'>;
  /** Exposures that were not proved closed. */
  readonly open: readonly ExposureHistory[];
  /** Addresses that answered, exposures or not: what a run proves its path by. */
  readonly responders: KnownResponders;
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
  const { runs, open, responders, rebuilt, takenIn } = await openHistory(out, { mode });
  if (rebuilt)
    say(
      `the history was missing or damaged: it was made again from ${takenIn} ${takenIn === 1 ? 'run' : 'runs'}`,
    );
  return {
    summary: {
      earlier_runs: runs.length,
      ...(runs.length > 0 && { trend: runs.slice(-MOST_TREND_POINTS) }),
    },
    open,
    responders,
    async of(rows) {
      const found = new Map(open.map((exposure) => [exposure.finding_id, exposure]));
      const ids = new Set(rows.map(({ finding_id }) => finding_id).filter((id) => !found.has(id)));
      if (ids.size > 0)
        await readHistory(out, { ids }, (exposure) => found.set(exposure.finding_id, exposure));
      return found;
    },
  };
}
