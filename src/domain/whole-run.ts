import type { RunRecord } from './run-record.js';

/**
 * Whether everything was asked and nothing lost: only then does no finding mean that there is none. A shard asked its
 * part of the targets alone, and what the scope excluded on the way was asked in part, or not at all.
 */
export function isWhole(run: RunRecord): boolean {
  return run.complete && !run.losses.any && run.settings.shard === undefined && excludedOnTheWay(run) === 0;
}

/** Addresses that the scope excluded while the run was under way. */
export function excludedOnTheWay({ scope_reloads = [] }: RunRecord): number {
  return scope_reloads.reduce((sum, { newly_excluded_addresses = 0 }) => sum + newly_excluded_addresses, 0);
}
