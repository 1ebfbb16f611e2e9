import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mostAtOnce, readMostAtOnce } from '../../src/preflight/most-at-once.js';

const GIB = 2 ** 30;

describe('how many responders are measured at once where no setting says it', () => {
  for (const [claim, machine, most] of [
    ['is 10,000 at most', { openFiles: 1_000_000, memoryBytes: 64 * GIB, sweepSockets: 6 }, 10_000],
    [
      'leaves descriptors to the sweep and 64 others',
      { openFiles: 1024, memoryBytes: GIB, sweepSockets: 6 },
      954,
    ],
    ['takes 1,024 for the limit of a system that tells none', { memoryBytes: GIB, sweepSockets: 0 }, 960],
    [
      'takes a quarter of the memory, at 32 KiB each',
      { openFiles: 20_000, memoryBytes: GIB / 4, sweepSockets: 6 },
      2048,
    ],
    ['is one at least', { openFiles: 64, memoryBytes: GIB, sweepSockets: 6 }, 1],
  ] as const)
    it(claim, () => {
      assert.equal(mostAtOnce(machine), most);
    });

  it('is told of this machine', async () => {
    const most = await readMostAtOnce(6);
    assert.ok(Number.isInteger(most) && most >= 1 && most <= 10_000, `${most}`);
  });
});
