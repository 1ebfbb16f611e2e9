import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withSchedule } from '../src/schedule.js';
import { createFakeClock } from './fake-clock.js';

describe('the schedule of a clock', () => {
  it('does everything when it is due, whatever the order in which it was noted, and what is due together in that order', async () => {
    const { clock, log, note } = scheduled();
    const times = Array.from({ length: 200 }, (_, i) => (i * 7919) % 50);
    for (const [index, dueMs] of times.entries()) note(dueMs, index);
    await clock.sleep(100);
    const expected = times
      .map((dueMs, index) => ({ dueMs, index }))
      .sort((a, b) => a.dueMs - b.dueMs || a.index - b.index);
    assert.deepEqual(
      log.map(({ index }) => index),
      expected.map(({ index }) => index),
    );
    assert.ok(log.every(({ dueMs, atMs }) => atMs === dueMs));
  });

  it('does what is due now, or was due before, soon but not within the call', async () => {
    const { clock, log, note } = scheduled();
    note(-5, 0);
    assert.equal(log.length, 0);
    await clock.sleep(1);
    assert.equal(log.length, 1);
  });

  it('keeps to one sleep at a time, for the earliest', async () => {
    const { clock, sleeping, log, note } = scheduled();
    for (let index = 0; index < 100; index++) note(1000 - index, index);
    await clock.sleep(1);
    assert.equal(sleeping(), 1);
    await clock.sleep(2000);
    assert.equal(log.length, 100);
    assert.equal(sleeping(), 0);
  });

  it('does nothing that was cancelled, and does not sleep for it', async () => {
    const { clock, sleeping, log, note } = scheduled();
    const cancels = [10, 20, 60_000].map((dueMs, index) => note(dueMs, index));
    cancels[0]?.();
    cancels[2]?.();
    await clock.sleep(30);
    assert.deepEqual(
      log.map(({ index }) => index),
      [1],
    );
    assert.equal(sleeping(), 0);
  });

  it('goes on with what an action schedules', async () => {
    const { clock, log, note, scheduling } = scheduled();
    scheduling.schedule(10, () => {
      note(15, 1);
      note(5, 0);
    });
    await clock.sleep(30);
    assert.deepEqual(
      log.map(({ index, atMs }) => [index, atMs]),
      [
        [0, 10],
        [1, 15],
      ],
    );
  });
});

function scheduled() {
  const clock = createFakeClock({ startMs: 0 });
  let sleeping = 0;
  const scheduling = withSchedule({
    now: () => clock.now(),
    monotonicMs: () => clock.monotonicMs(),
    async sleep(ms, signal) {
      sleeping++;
      await clock.sleep(ms, signal);
      sleeping--;
    },
  });
  const log: { readonly index: number; readonly dueMs: number; readonly atMs: number }[] = [];
  const note = (dueMs: number, index: number): (() => void) =>
    scheduling.schedule(dueMs, () => log.push({ index, dueMs, atMs: clock.monotonicMs() }));
  return { clock, log, note, scheduling, sleeping: () => sleeping };
}
