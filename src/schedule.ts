import type { Clock } from './domain/time.js';

interface Entry {
  readonly dueMs: number;
  /** Of two that are due together the one that was noted first comes first. */
  readonly number: number;
  /** Absent: it was cancelled. */
  action: (() => void) | undefined;
}

/** A clock that sleeps is given a schedule: one heap keyed by due time, and one sleep for the earliest of it. */
export function withSchedule(clock: Omit<Clock, 'schedule'>): Clock {
  return { ...clock, schedule: createSchedule(clock) };
}

function createSchedule(clock: Pick<Clock, 'monotonicMs' | 'sleep'>): Clock['schedule'] {
  const heap: Entry[] = [];
  let noted = 0;
  let isKept = false;
  /** Ends the sleep when what it waits for is no longer the earliest. */
  let change = new AbortController();

  const keep = async (): Promise<void> => {
    for (let [next] = heap; next !== undefined; [next] = heap) {
      const waitMs = next.action === undefined ? 0 : next.dueMs - clock.monotonicMs();
      if (waitMs > 0) {
        await clock.sleep(waitMs, change.signal);
        if (change.signal.aborted) change = new AbortController();
      } else {
        takeFirst(heap);
        next.action?.();
      }
    }
    isKept = false;
  };
  return (dueMs, action) => {
    const entry: Entry = { dueMs, number: noted++, action };
    put(heap, entry);
    if (!isKept) {
      isKept = true;
      queueMicrotask(() => void keep());
    } else if (heap[0] === entry) change.abort();
    return () => {
      entry.action = undefined;
      if (heap[0] === entry) change.abort();
    };
  };
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.number < b.number);
}

/** A binary heap: the children of the entry at i are at 2 i + 1 and 2 i + 2, and none comes before its parent. */
function put(heap: Entry[], entry: Entry): void {
  let at = heap.push(entry) - 1;
  while (at > 0) {
    const up = (at - 1) >> 1;
    const parent = heap[up];
    if (parent === undefined || !isBefore(entry, parent)) break;
    heap[at] = parent;
    at = up;
  }
  heap[at] = entry;
}

function takeFirst(heap: Entry[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]];
    const child = left !== undefined && right !== undefined && isBefore(right, left) ? right : left;
    if (child === undefined || !isBefore(child, last)) break;
    heap[at] = child;
    at = 2 * at + (child === left ? 1 : 2);
  }
  heap[at] = last;
}
