import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from './domain/time.js';
import { withSchedule } from './schedule.js';

/** Timers above this fire at once (Node clamps them to 1 ms), so longer sleeps are taken in parts. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** Each thread has a zero of its own; with this the threads of one process share one, and so their deadlines. */
const ZERO_MS = Number(process.hrtime.bigint()) / 1e6 - performance.now();

/** The one reader of real time. */
export const systemClock: Clock = withSchedule({
  now: () => Date.now(),
  monotonicMs: () => performance.now() + ZERO_MS,
  async sleep(ms, signal) {
    const untilMs = performance.now() + ms;
    for (let restMs = ms; restMs > 0; restMs = untilMs - performance.now()) {
      if (signal?.aborted) return;
      // Rejects only when the signal aborts, which is one of the two ways in which a sleep ends well.
      await delay(Math.min(Math.ceil(restMs), LONGEST_TIMER_MS), undefined, signal ? { signal } : {}).catch(
        () => undefined,
      );
    }
  },
});
