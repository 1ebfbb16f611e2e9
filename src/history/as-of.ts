import type { ExposureHistory } from './exposure-history.js';

/**
 * What was known of an exposure when a run began that went on after newer ones had ended.
 * @param at ISO 8601 UTC: when it began.
 * @returns undefined where no run before it had seen the exposure. `times_seen` counts all runs, newer ones too, and
 *   `last` is absent where it was closed since.
 */
export function asOf(history: ExposureHistory, at: string): ExposureHistory | undefined {
  const changes = history.changes.filter((change) => change.at < at);
  const known = changes.findLast(({ status }) => status !== 'unknown');
  if (known === undefined) return undefined;
  const { last_seen, open_since } = history;
  return {
    ...history,
    changes,
    state: known.status === 'fixed' ? 'fixed' : 'open',
    last_seen: last_seen < at ? last_seen : at,
    open_since: open_since < at ? open_since : known.at,
  };
}
