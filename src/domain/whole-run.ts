import type { RunRecord } from './run-record.js';
import { standingOf } from './run-standing.js';

/**
 * Whether everything was asked and nothing lost: only then does no finding mean that there is none. What the scope
 * excluded on the way was asked in part, or not at all.
 */
export function isWhole(run: RunRecord): boolean {
  return standingOf(run) === 'whole' && !run.losses.any && excludedOnTheWay(run) === 0;
}

/** Addresses that the scope excluded while the run was under way. */
export function excludedOnTheWay({ scope_reloads = [] }: RunRecord): number {
  return scope_reloads.reduce((sum, { newly_excluded_addresses = 0 }) => sum + newly_excluded_addresses, 0);
}
