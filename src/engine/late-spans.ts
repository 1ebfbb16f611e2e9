import type { Clock, Instant } from '../domain/time.js';

/** From the end of a cooldown to the next request of the sweep: a first reply of that time is a late one. */
export interface LateSpan {
  readonly from: Instant;
  /** Absent while it lasts. */
  readonly to?: Instant;
}

export interface LateSpans {
  /** The cooldown is over. */
  open(): void;
  /** The sweep sends again. */
  close(): void;
  isLate(firstSeenAt: Instant): boolean;
  list(): readonly LateSpan[];
}

/** @param earlier of a run that goes on. */
export function createLateSpans(clock: Pick<Clock, 'now'>, earlier: readonly LateSpan[] = []): LateSpans {
  const spans: LateSpan[] = earlier.map(({ from, to = clock.now() }) => ({ from, to }));
  return {
    open() {
      spans.push({ from: clock.now() });
    },
    close() {
      const last = spans.at(-1);
      if (last !== undefined && last.to === undefined) spans[spans.length - 1] = { ...last, to: clock.now() };
    },
    isLate: (at) => spans.some(({ from, to = Infinity }) => from <= at && at < to),
    list: () => spans,
  };
}
