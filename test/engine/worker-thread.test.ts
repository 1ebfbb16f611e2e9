import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ipv4 } from '../../src/domain/address.js';
import { toRanges } from '../../src/domain/ranges.js';
import { openSweepWorker } from '../../src/engine/sweep-worker.js';
import type { WorkerPlan } from '../../src/engine/worker-messages.js';
import { startWorkerThread } from '../../src/engine/worker-thread.js';

const HOST = ipv4(0x7f00_0001);
const RANGES = toRanges([{ first: HOST, last: HOST }]);
const PLAN: WorkerPlan = {
  ranges: RANGES,
  pace: { rate: 1000, perSubnet: 200, perHost: 1, replyBandwidthBps: 1e9 },
  retries: 0,
  receiveBufferBytes: 65_536,
  cooldownMs: 1000,
  seed: 'a seed',
  tokenKey: Uint32Array.of(1, 2, 3, 4, 5, 6, 7, 8),
  probes: [{ id: 'chargen', port: 19, options: [] }],
  // Nothing may be sent.
  guard: { allowed: toRanges([]), validUntilEnd: Infinity, isRevoked: true },
  paidOffNs: new BigInt64Array(new SharedArrayBuffer(8)),
};
const UNHEARD = { signal: new AbortController().signal, onSighting: () => undefined };

describe('a worker in a thread of its own', () => {
  it('sweeps what it is asked to, and is gone when it is closed', async () => {
    const link = startWorkerThread(PLAN);
    const ended = new Promise<Error>((resolve) => {
      link.onEnd(resolve);
    });
    const worker = await openSweepWorker(link, UNHEARD);
    assert.equal(await worker.run(Infinity), 'aborted');
    const { place, counters } = await worker.state();
    assert.deepEqual([place.position, counters.sent], [0, [{ sent: 0, sentBytes: 0 }]]);
    await worker.close();
    assert.match((await ended).message, /a worker of the sweep ended with [01]/);
    await link.terminate();
  });

  it('that cannot begin says why', async () => {
    const link = startWorkerThread({ ...PLAN, probes: [{ id: 'no-such-probe', port: 1, options: [] }] });
    await assert.rejects(openSweepWorker(link, UNHEARD), /there is no probe "no-such-probe"/);
  });
});
