import { HistoryDamaged, historyPath, readHistory } from '../../archive/history-file.js';
import type { OpenHistory } from '../../archive/earlier-runs.js';
import { openHistory } from '../../archive/earlier-runs.js';
import type { Address } from '../../domain/address.js';
import { parseAddress } from '../../domain/address.js';
import type { RunLate, RunRecord } from '../../domain/run-record.js';
import { asOf } from '../../history/as-of.js';
import type { ExposureHistory } from '../../history/exposure-history.js';
import type { KnownResponders } from '../../history/known-responders.js';

/** Two years of weeks. */
const MOST_TREND_POINTS = 104;

/** What earlier runs of a folder know. */
export interface RunHistory {
  /** What a run says of those before it. */
  readonly summary: Pick<NonNullable<RunRecord['history']>, 'earlier_runs' | 'trend'>;
  /** Exposures that were not proved closed. */
  readonly open: readonly ExposureHistory[];
  /** Addresses that answered, exposures or not: what a run proves its path by. */
  readonly responders: KnownResponders;
  /**
   * Those, of the others each that one of these rows is of, and each target of the run that was proved closed while no
   * whole run has told so, by finding_id.
   */
  of(
    rows: readonly { readonly finding_id: string }[],
    isTarget: (address: Address) => boolean,
  ): Promise<ReadonlyMap<string, ExposureHistory>>;
  /** Runs that began after the one that goes on or is merged; absent where there is none. */
  readonly late?: RunLate;
  /** Of a run that goes on or is merged: exposures that newer runs know to be closed. */
  readonly closedSince: ReadonlySet<string>;
}

/**
 * Reads the history of a folder, whole: made again where it is missing or damaged.
 * @param options.goesOn when the run began that goes on, or is merged, ISO 8601 UTC: what is known is what was known then.
 * @param options.print takes a sentence for the user about what is damaged, and what that means for this run.
 */
export async function openRunHistory(
  out: string,
  {
    mode,
    print,
    goesOn,
  }: { readonly mode: number; readonly print: (note: string) => void; readonly goesOn?: string | undefined },
): Promise<RunHistory> {
  const history = await openHistory(out, { mode });
  printDamage(out, history, print);
  const newer = goesOn === undefined ? [] : history.runs.filter(({ at }) => at > goesOn);
  const newest = newer.at(-1);
  const earlier = history.runs.slice(0, history.runs.length - newer.length);
  const then = goesOn === undefined || newest === undefined ? undefined : await knownThen(out, goesOn);
  const open = then?.open ?? history.open;
  return {
    summary: {
      earlier_runs: earlier.length,
      ...(earlier.length > 0 && { trend: earlier.slice(-MOST_TREND_POINTS) }),
    },
    open,
    responders: history.responders,
    closedSince: then?.closedSince ?? new Set(),
    ...(newest !== undefined && { late: { newer_runs: newer.length, newest: newest.scan_id } }),
    async of(rows, isTarget) {
      if (then !== undefined) return then.known;
      const fixes = history.untoldFixes.filter(({ probed_ip }) => {
        const address = parseAddress(probed_ip);
        return address !== undefined && isTarget(address);
      });
      const found = new Map([...open, ...fixes].map((exposure) => [exposure.finding_id, exposure]));
      const ids = new Set(rows.map(({ finding_id }) => finding_id).filter((id) => !found.has(id)));
      if (ids.size === 0) return found;
      await readHistory(out, { ids }, (exposure) => found.set(exposure.finding_id, exposure)).catch(
        (error: unknown) => {
          if (!(error instanceof HistoryDamaged)) throw error;
          print(
            `${historyPath(out)} was damaged during the run (${error.message}): what was closed before counts as new`,
          );
        },
      );
      return found;
    },
  };
}

/** What was known at a moment: few runs need it, so all of the history is held. */
async function knownThen(
  out: string,
  at: string,
): Promise<
  Pick<RunHistory, 'open' | 'closedSince'> & { readonly known: ReadonlyMap<string, ExposureHistory> }
> {
  const known = new Map<string, ExposureHistory>();
  const closedSince = new Set<string>();
  await readHistory(out, 'all', (exposure) => {
    const then = asOf(exposure, at);
    if (then !== undefined) known.set(exposure.finding_id, then);
    if (exposure.state === 'fixed') closedSince.add(exposure.finding_id);
  });
  return { known, closedSince, open: [...known.values()].filter(({ state }) => state !== 'fixed') };
}

function printDamage(
  out: string,
  { rebuilt, runs, takenIn, unread }: OpenHistory,
  print: (note: string) => void,
): void {
  const plural = (count: number): string => `${count} ${count === 1 ? 'run' : 'runs'}`;
  const isDamaged = rebuilt !== undefined && !rebuilt.includes('ENOENT');
  if (rebuilt !== undefined && takenIn > 0)
    print(`the history was missing or damaged: it was made again from ${plural(takenIn)}`);
  else if (isDamaged)
    print(
      `the history was damaged (${rebuilt}), and no run is left to make it again from: what was known counts as new`,
    );
  if (isDamaged)
    print(`${historyPath(out)}.damaged is what it was: what only runs knew that are gone counts as new`);
  for (const { run, why } of unread)
    print(
      `run ${run} cannot be read, so what it alone knew counts as new, and is not asked again where it is silent: ${why}`,
    );
  if (unread.length > 0 && runs.length === 0) print('no earlier run can be read: everything counts as new');
}
