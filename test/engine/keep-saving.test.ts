import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Saving, ScanSnapshot } from '../../src/engine/keep-saving.js';
import { keepSaving } from '../../src/engine/keep-saving.js';
import type { FakeClock } from '../fake-clock.js';
import { createFakeClock } from '../fake-clock.js';

const DISK_IS_FULL = new Error('the disk is full');

describe('a run is saved', () => {
  it('at its beginning, then more often than each second that was asked, and at its end', async () => {
    const { clock, saving, savedAtMs } = start({});
    await saving.begin();
    await clock.sleep(2500);
    await saving.end();
    await clock.sleep(10_000);
    assert.deepEqual(savedAtMs, [0, 700, 1400, 2100, 2500]);
  });

  for (const [claim, tookMs, apartMs] of [
    ['no less often because a save takes a moment', 50, 700],
    ['so that a tenth of the time at most is saving', 200, 2200],
  ] as const)
    it(claim, async () => {
      const { clock, saving, savedAtMs } = start({ tookMs });
      await saving.begin();
      await clock.sleep(5000);
      saving.cancel();
      const [, second = NaN, third = NaN] = savedAtMs;
      assert.equal(third - second, apartMs);
    });

  it('no more once that is cancelled', async () => {
    const { clock, saving, savedAtMs } = start({});
    await saving.begin();
    saving.cancel();
    await clock.sleep(10_000);
    assert.deepEqual(savedAtMs, [0]);
  });
});

describe('a save that fails', () => {
  it('lets no run begin', async () => {
    const { saving } = start({ failsFrom: 1 });
    await assert.rejects(saving.begin(), DISK_IS_FULL);
  });

  it('says at once that the run cannot go on, and fails its end', async () => {
    const { clock, saving, savedAtMs } = start({ failsFrom: 2 });
    await saving.begin();
    assert.equal(saving.failed.aborted, false);
    await clock.sleep(701);
    assert.deepEqual([saving.failed.aborted, saving.failed.reason], [true, DISK_IS_FULL]);
    await assert.rejects(saving.end(), DISK_IS_FULL);
    assert.deepEqual(savedAtMs, [0, 700]);
  });
});

/** To be saved each second, on a clock that begins at 0. @param failsFrom the first save that fails. */
function start({ tookMs = 0, failsFrom = Infinity }): {
  readonly clock: FakeClock;
  readonly saving: Saving;
  readonly savedAtMs: readonly number[];
} {
  const clock = createFakeClock({ startMs: 0 });
  const savedAtMs: number[] = [];
  const checkpointer = {
    everyMs: 1000,
    async save() {
      savedAtMs.push(clock.monotonicMs());
      if (savedAtMs.length >= failsFrom) throw DISK_IS_FULL;
      await clock.sleep(tookMs);
    },
  };
  const saving = keepSaving(checkpointer, () => Promise.resolve({} as ScanSnapshot), clock);
  return { clock, saving, savedAtMs };
}
