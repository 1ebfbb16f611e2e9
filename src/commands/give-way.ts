import { setImmediate as nextTurn } from 'node:timers/promises';

/** A signal, a datagram and a timer wait no longer for us than this. */
const LONGEST_TURN_MS = 20;

/**
 * Lets the event loop turn between steps of long work: await it after each. Most calls return at once.
 * @param monotonicMs a clock that only goes forward.
 */
export function givingWay(monotonicMs: () => number): () => Promise<void> {
  let since = monotonicMs();
  return async () => {
    if (monotonicMs() - since < LONGEST_TURN_MS) return;
    await nextTurn();
    since = monotonicMs();
  };
}
