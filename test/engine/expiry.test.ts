import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createExpiry } from '../../src/engine/expiry.js';
import { createFakeClock } from '../fake-clock.js';

const HOUR_MS = 3_600_000;

describe('the end of the authorisation', () => {
  it('is when its last instant is over', async () => {
    const clock = createFakeClock({ startMs: 0 });
    const expiry = createExpiry(clock.now() + HOUR_MS, clock);
    await clock.sleep(HOUR_MS);
    assert.equal(expiry.signal.aborted, false);
    await clock.sleep(1);
    await clock.sleep(0.5);
    assert.equal(expiry.signal.aborted, true);
  });

  it('is noticed within a minute when the clock was set, or the machine slept', async () => {
    const clock = createFakeClock({ startMs: 0 });
    const expiry = createExpiry(clock.now() + HOUR_MS, clock);
    await clock.sleep(61_000);
    clock.suspend(2 * HOUR_MS);
    assert.equal(expiry.signal.aborted, false);
    await clock.sleep(60_000);
    assert.equal(expiry.signal.aborted, true);
  });

  it('is noticed at once where a request was kept back', async () => {
    const clock = createFakeClock({ startMs: 0 });
    const expiry = createExpiry(clock.now() + HOUR_MS, clock);
    expiry.look();
    assert.equal(expiry.signal.aborted, false);
    clock.suspend(HOUR_MS + 1);
    expiry.look();
    assert.equal(expiry.signal.aborted, true);
    await clock.sleep(1);
  });

  it('moves with the last day of the scope, sooner and later', async () => {
    for (const [hours, isOver] of [
      [1, true],
      [3, false],
    ] as const) {
      const clock = createFakeClock({ startMs: 0 });
      const start = clock.now();
      const expiry = createExpiry(start + (4 - hours) * HOUR_MS, clock);
      expiry.moveTo(start + hours * HOUR_MS);
      await clock.sleep(2 * HOUR_MS);
      assert.equal(expiry.signal.aborted, isOver);
      expiry.cancel();
    }
  });

  it('is of no interest once the run is over', async () => {
    const clock = createFakeClock({ startMs: 0 });
    const expiry = createExpiry(clock.now() + HOUR_MS, clock);
    expiry.cancel();
    expiry.moveTo(clock.now() + 1000);
    clock.suspend(2 * HOUR_MS);
    expiry.look();
    await clock.sleep(2 * HOUR_MS);
    assert.equal(expiry.signal.aborted, false);
  });
});
