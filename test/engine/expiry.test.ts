import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createExpiry } from '../../src/engine/expiry.js';
import type { Clock } from '../../src/domain/time.js';

const HOUR_MS = 3_600_000;

describe('the end of the authorisation', () => {
  it('is noticed within a minute when the clock was set, or the machine slept', async () => {
    const sleeps: { readonly ms: number; readonly wake: () => void }[] = [];
    let now = 0;
    const clock: Clock = {
      now: () => now,
      monotonicMs: () => 0,
      sleep: (ms) =>
        new Promise((resolve) => {
          sleeps.push({ ms, wake: resolve });
        }),
    };
    const expiry = createExpiry(HOUR_MS, clock);
    assert.equal(sleeps[0]?.ms, 60_000, 'a short sleep, however far away the end is');
    now = 60_000;
    sleeps[0].wake();
    await Promise.resolve();
    await Promise.resolve();
    assert.equal(expiry.signal.aborted, false);
    now = 2 * HOUR_MS;
    sleeps[1]?.wake();
    await Promise.resolve();
    await Promise.resolve();
    assert.equal(expiry.signal.aborted, true);
  });
});
