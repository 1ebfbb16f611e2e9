import type { Clock, Instant } from '../domain/time.js';

/** Aborts when the authorisation's last day is over, however far away that is. */
export interface Expiry {
  readonly signal: AbortSignal;
  /** Another last moment counts from now on. */
  moveTo(end: Instant): void;
  cancel(): void;
}

const LONGEST_SLEEP_MS = 60_000;

export function createExpiry(end: Instant, clock: Clock): Expiry {
  const over = new AbortController();
  let waiting = new AbortController();
  let isCancelled = false;
  const wait = async (until: Instant): Promise<void> => {
    const own = waiting;
    // In short sleeps: a machine that was suspended, or whose clock was set, must notice.
    for (let restMs = until - clock.now(); restMs > 0; restMs = until - clock.now()) {
      await clock.sleep(Math.min(restMs, LONGEST_SLEEP_MS), own.signal);
      if (own.signal.aborted) return;
    }
    over.abort();
  };
  void wait(end);
  return {
    signal: over.signal,
    moveTo(until) {
      waiting.abort();
      if (isCancelled) return;
      waiting = new AbortController();
      void wait(until);
    },
    cancel() {
      isCancelled = true;
      waiting.abort();
    },
  };
}
