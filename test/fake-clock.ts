import { setMaxListeners } from 'node:events';
import type { Clock } from '../src/domain/time.js';

/**
 * A clock whose time moves only while all of the program sleeps: once nothing is left to run, it jumps to the next moment
 * at which something is due, a sleeper or an action. So an hour of pacing passes in milliseconds, the same way
 * in every run.
 */
export interface FakeClock extends Clock {
  /** Does something at this moment of monotonic time: a datagram arrives, a signal aborts. */
  at(ms: number, action: () => void): void;
  /** The machine was suspended: the wall clock goes on by so much, monotonic time stands still. */
  suspend(ms: number): void;
}

export interface FakeClockOptions {
  /** Monotonic time at the start; odd by default, so that no code relies on zero. */
  readonly startMs?: number;
  /** How much too late each sleeper wakes, as real timers do. */
  readonly oversleepMs?: () => number;
}

/** Wall-clock time when monotonic time is 0: 2026-11-20T03:00:00Z. */
export const FAKE_EPOCH = Date.UTC(2026, 10, 20, 3);

export function createFakeClock({ startMs = 12.5, oversleepMs = () => 0 }: FakeClockOptions = {}): FakeClock {
  let nowMs = startMs;
  const due: Due[] = [];
  const unbounded = new WeakSet<AbortSignal>();
  let isTicking = false;
  let suspendedMs = 0;

  const add = (atMs: number, wake: () => void): Due => {
    const entry = { atMs, wake };
    // Most sleep longer than those before them.
    const after = due.findLastIndex((other) => other.atMs <= atMs);
    due.splice(after + 1, 0, entry);
    tickSoon();
    return entry;
  };
  /** An immediate comes after all that is ready to run: by then all of the program sleeps. */
  const tickSoon = (): void => {
    if (isTicking) return;
    isTicking = true;
    setImmediate(() => {
      isTicking = false;
      const next = due.shift();
      if (next === undefined) return;
      nowMs = Math.max(nowMs, next.atMs);
      next.wake();
      if (due.length > 0) tickSoon();
    });
  };
  return {
    now: () => FAKE_EPOCH + Math.floor(nowMs) + suspendedMs,
    monotonicMs: () => nowMs,
    at(ms, action) {
      add(ms, action);
    },
    suspend(ms) {
      suspendedMs += ms;
    },
    schedule(dueMs, action) {
      const entry = add(Math.max(nowMs, dueMs) + oversleepMs(), action);
      return () => {
        const at = due.indexOf(entry);
        if (at >= 0) due.splice(at, 1);
      };
    },
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted || ms <= 0) {
          resolve();
          return;
        }
        if (signal === undefined) {
          add(nowMs + ms + oversleepMs(), resolve);
          return;
        }
        const entry = add(nowMs + ms + oversleepMs(), () => {
          signal.removeEventListener('abort', stop);
          resolve();
        });
        const stop = (): void => {
          due.splice(due.indexOf(entry), 1);
          signal.removeEventListener('abort', stop);
          resolve();
        };
        // As many may sleep under one signal as want to.
        if (!unbounded.has(signal)) setMaxListeners(0, signal);
        unbounded.add(signal);
        signal.addEventListener('abort', stop);
      }),
  };
}

interface Due {
  readonly atMs: number;
  readonly wake: () => void;
}
