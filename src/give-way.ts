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

/** A row takes some ten microseconds, a turn a few. */
const ITEMS_A_TURN = 100;

/** As `Array.from`, and the event loop turns on the way: for lists that are as long as a run has findings. */
export async function arrayInTurns<T, U>(list: Iterable<T>, make: (item: T) => U): Promise<U[]> {
  const made: U[] = [];
  for (const item of list) {
    made.push(make(item));
    if (made.length % ITEMS_A_TURN === 0) await nextTurn();
  }
  return made;
}
