import assert from 'node:assert/strict';
import { it } from 'node:test';
import { every } from '../../src/engine/every.js';
import { createFakeClock } from '../fake-clock.js';

it('what is done every so often is done first after that time, and never again once it is ended', async () => {
  const clock = createFakeClock({ startMs: 0 });
  const doneAtMs: number[] = [];
  const end = every(clock, 100, () => doneAtMs.push(clock.monotonicMs()));
  await clock.sleep(350);
  end();
  await clock.sleep(1000);
  assert.deepEqual(doneAtMs, [100, 200, 300]);
});
