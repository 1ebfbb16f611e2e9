import type { RunRecord } from './run-record.js';

/**
 * What a run may speak for.
 *
 * - `whole`: all that the scope usually asks. `latest`, trend, letters and `--fail-on-new` follow these alone.
 * - `suspect`: asked all of it, but its path to the network is not proved: what it saw is there, its silence says nothing.
 * - `partial`: asked fewer targets or probes than the scope's usual run: it speaks of what it asked.
 * - `late`: went on, or was merged, after newer runs had ended: it speaks of its own time alone.
 * - `shard`: a part of a run that is still to be merged.
 * - `stopped`: ended before its end; it may go on.
 */
export type RunStanding = 'whole' | 'suspect' | 'late' | 'partial' | 'shard' | 'stopped';

/** What of run.json decides it. */
export type RunLimits = Pick<RunRecord, 'complete' | 'suspect' | 'late' | 'partial'> & {
  readonly settings: Pick<RunRecord['settings'], 'shard'>;
};

/**
 * What a run may speak for, from run.json alone. Of several limits the strictest: a run that was stopped has proved
 * nothing yet, a shard is no run of its own, and where the path is in doubt its size does not matter.
 */
export function standingOf(run: RunLimits): RunStanding {
  if (!run.complete) return 'stopped';
  if (run.settings.shard !== undefined) return 'shard';
  if (run.suspect !== undefined) return 'suspect';
  if (run.late !== undefined) return 'late';
  return run.partial === undefined ? 'whole' : 'partial';
}

/**
 * Whether the history remembers a run: one that was stopped may go on, and a shard is only part of one. What a suspect
 * or a partial run saw is true; that their silence proves nothing beyond what they asked stands in their rows.
 */
export function isRemembered(run: RunLimits): boolean {
  const standing = standingOf(run);
  return standing !== 'stopped' && standing !== 'shard';
}

/** What the standing of a run makes of what it says of one exposure. */
export interface RunReach {
  /** A whole run: letters, `--fail-on-new` and the trend follow it, so the news of all the others is told by it. */
  readonly whole: boolean;
  /** It asked less than the usual run: its silence neither adds to nor ends a row of silent runs. */
  readonly partial: boolean;
  /** It went on after newer runs had ended: what they know is not changed by it. */
  readonly late: boolean;
}

export function reachOf(run: RunLimits): RunReach {
  return {
    whole: standingOf(run) === 'whole',
    partial: run.partial !== undefined,
    late: run.late !== undefined,
  };
}
