/**
 * The promise: never faster than asked. Over any uneven scope, whatever its limits, however late this process
 * wakes and whatever comes back, all stages of a scan together keep the rate, the caps of every subnet and of
 * every host, and the budget for replies. The scan is the program's own, on a simulated network.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Range } from '../../src/domain/address.js';
import { ipv4 } from '../../src/domain/address.js';
import type { ScanPlan } from '../../src/engine/scan-plan.js';
import { PROBES, fateBy, hostsIn } from '../engine/random-network.js';
import type { Behaviour } from '../engine/random-network.js';
import { assertWithinLimits } from '../engine/rules.js';
import type { SimulatedNetwork } from '../engine/simulated-network.js';
import { simulatedNetwork } from '../engine/simulated-network.js';
import { simulateScan } from '../engine/simulated-scan.js';
import { createFakeClock } from '../fake-clock.js';

interface Case {
  /** Hosts in each /24. */
  readonly sizes: readonly number[];
  readonly pace: ScanPlan['pace'];
  readonly late: readonly number[];
  /** Every n-th host answers, with so many bytes. */
  readonly every: number;
  readonly bytes: number;
  readonly plan: Pick<ScanPlan, 'threads' | 'retries' | 'batchMs'>;
}

const anyCase: fc.Arbitrary<Case> = fc.record({
  sizes: fc.array(fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 60 })), {
    minLength: 1,
    maxLength: 8,
  }),
  pace: fc.record({
    rate: fc.oneof(fc.integer({ min: 1, max: 2000 }), fc.double({ min: 0.5, max: 10, noNaN: true })),
    perSubnet: fc.oneof(fc.integer({ min: 1, max: 200 }), fc.double({ min: 0.5, max: 20, noNaN: true })),
    perHost: fc.double({ min: 0.1, max: 5, noNaN: true }),
    replyBandwidthBps: fc.constantFrom(100_000, 2_000_000),
  }),
  late: fc.array(
    fc.oneof(
      { weight: 6, arbitrary: fc.double({ min: 0, max: 2, noNaN: true }) },
      { weight: 2, arbitrary: fc.double({ min: 0, max: 400, noNaN: true }) },
      { weight: 1, arbitrary: fc.constant(60_000) },
    ),
    { minLength: 1, maxLength: 40 },
  ),
  every: fc.integer({ min: 1, max: 20 }),
  bytes: fc.integer({ min: 4, max: 60_000 }),
  plan: fc.record({
    threads: fc.constantFrom(1, 1, 2, 3),
    retries: fc.constantFrom(0, 1),
    batchMs: fc.constantFrom(2000, 30_000, 900_000),
  }),
});

describe('never faster than asked', () => {
  it('holds for a whole scan, its batches, passes, workers and measurements, by every limit at once', async () => {
    await fc.assert(
      fc.asyncProperty(anyCase, async (each) => {
        const { network } = await scan(each);
        assertWithinLimits(network.sends, network.deliveries, each.pace);
      }),
      { numRuns: 50 },
    );
  });

  it('is no idle promise: the same scan goes as fast as it may when nothing hinders it', async () => {
    // At 5 a second a host has had its second before the next form comes round, so no place is empty.
    const pace = { rate: 100, perSubnet: 200, perHost: 5, replyBandwidthBps: 1e9 };
    const plan = { threads: 1, retries: 0, batchMs: 900_000 };
    const { network } = await scan({ sizes: [60, 60, 60, 60], pace, late: [0], every: 240, bytes: 60, plan });
    const sweep = network.sends.filter(({ socket }) => socket.role === 'sweep');
    const seconds = ((sweep.at(-1)?.atMs ?? 0) - (sweep[0]?.atMs ?? 0)) / 1000;
    assert.equal(sweep.length, 720);
    assert.ok(seconds < 7.2 + 0.5, `${seconds} s for 720 packets at 100 a second`);
  });

  it('is a test that can fail: a network that sees one packet twice breaks every limit', () => {
    const [probe] = PROBES;
    assert.ok(probe !== undefined);
    const send = { atMs: 0, now: 0, to: ipv4(1), port: probe.port, payload: new Uint8Array() };
    const fate = { kind: 'lost' } as const;
    const socket = { role: 'sweep', isConnected: false, isOpen: true, drops: 0 } as const;
    const sends = [0, 100, 200].map((atMs) => ({ ...send, atMs, fate, socket }));
    const pace = { rate: 1000, perSubnet: 200, perHost: 5, replyBandwidthBps: 1e9 };
    for (const limit of ['rate', 'perSubnet', 'perHost'] as const)
      assert.throws(() => {
        assertWithinLimits(sends, [], { ...pace, [limit]: 0.5 });
      }, limit);
  });
});

async function scan({
  sizes,
  pace,
  late,
  every,
  bytes,
  plan,
}: Case): Promise<{ readonly network: SimulatedNetwork }> {
  let wakes = 0;
  const clock = createFakeClock({ oversleepMs: () => late[wakes++ % late.length] ?? 0 });
  const ranges = sizes.map((hosts, index): Range => {
    const first = 0x0a00_0000 + index * 256;
    return { first: ipv4(first), last: ipv4(first + hosts - 1) };
  });
  const behaviour = (index: number): Behaviour => ({
    says: index % every === 0 ? 'answer' : 'nothing',
    bytes,
    afterMs: [5],
    copies: 1,
    from: 'host',
    fates: [],
    isSilentAlone: false,
  });
  const hosts = hostsIn(ranges).map((_, index) => [behaviour(index), behaviour(index)] as const);
  const whole = { ...plan, pace, cooldownMs: 1500, formGapMs: 300, seed: 'seed' };
  const network = simulatedNetwork(clock, fateBy({ ranges, hosts, plan: whole }));
  await simulateScan({ clock, network, probes: PROBES, ranges, plan: whole }).done;
  assert.ok(network.sends.length >= hosts.length * 3);
  return { network };
}
