import type { Clock, Instant } from '../domain/time.js';

/**
 * Ends a run when the authorisation's last day is over, however far away that is. The guard keeps requests back by
 * the wall clock at the moment of sending; this only makes the run end instead of waiting for nothing.
 */
export interface Expiry {
  readonly signal: AbortSignal;
  /** Aborts now where the end has passed: called where the guard kept a request back. */
  look(): void;
  /** Another last moment counts from now on. */
  moveTo(end: Instant): void;
  cancel(): void;
}

const LONGEST_SLEEP_MS = 60_000;

/** @param end the last instant at which a request may leave. */
export function createExpiry(end: Instant, clock: Clock): Expiry {
  const over = new AbortController();
  let lastInstant = end;
  let waiting = new AbortController();
  let isCancelled = false;
  const wait = async (): Promise<void> => {
    const own = waiting;
    // In short sleeps: a machine that was suspended, or whose clock was set, must notice.
    for (let restMs = restOf(); restMs > 0; restMs = restOf()) {
      await clock.sleep(Math.min(restMs, LONGEST_SLEEP_MS), own.signal);
      if (own.signal.aborted) return;
    }
    over.abort();
  };
  const restOf = (): number => lastInstant + 1 - clock.now();
  void wait();
  return {
    signal: over.signal,
    look() {
      if (!isCancelled && restOf() <= 0) over.abort();
    },
    moveTo(until) {
      waiting.abort();
      if (isCancelled) return;
      lastInstant = until;
      waiting = new AbortController();
      void wait();
    },
    cancel() {
      isCancelled = true;
      waiting.abort();
    },
  };
}
