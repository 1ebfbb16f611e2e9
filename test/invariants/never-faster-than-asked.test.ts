/**
 * The promise: never faster than asked. Over any uneven scope, whatever its limits, however late this process
 * wakes and whatever comes back, sweep and measurement together keep the rate, the caps of every subnet and of
 * every host, and the budget for replies.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Address, Range } from '../../src/domain/address.js';
import { ipv4, subnetOf } from '../../src/domain/address.js';
import { trafficOf } from '../../src/domain/exchange.js';
import { restBetweenStagesMs } from '../../src/engine/rest.js';
import { createRequestGate } from '../../src/measure/request-gate.js';
import { createOrder, placesPerSubnet } from '../../src/sweep/order.js';
import { createPacer, createReplyBudget } from '../../src/sweep/pacer.js';
import { createDiscovery } from '../../src/sweep/discovery.js';
import { createFakeClock } from '../fake-clock.js';
import { probeDouble } from '../probe-double.js';

const PROBES = [
  probeDouble({ id: 'double-plain', hasNonce: false, forms: 1 }),
  probeDouble({ id: 'double-echoing', hasNonce: true, forms: 2 }),
];
const KEY = Uint32Array.of(8, 7, 6, 5, 4, 3, 2, 1);
const TICK_MS = 5;
const NEVER = new AbortController().signal;

interface Case {
  readonly sizes: readonly number[];
  readonly rate: number;
  readonly perSubnet: number;
  readonly perHost: number;
  readonly late: readonly number[];
  /** Replies: how long after the start, and how large. */
  readonly replies: readonly (readonly [ms: number, bytes: number])[];
}

const anyCase: fc.Arbitrary<Case> = fc.record({
  // Hosts in each /24.
  sizes: fc.array(fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 60 })), {
    minLength: 1,
    maxLength: 8,
  }),
  rate: fc.oneof(fc.integer({ min: 1, max: 2000 }), fc.double({ min: 0.5, max: 10, noNaN: true })),
  perSubnet: fc.oneof(fc.integer({ min: 1, max: 200 }), fc.double({ min: 0.5, max: 20, noNaN: true })),
  perHost: fc.double({ min: 0.1, max: 5, noNaN: true }),
  late: fc.array(
    fc.oneof(
      { weight: 6, arbitrary: fc.double({ min: 0, max: 2, noNaN: true }) },
      { weight: 2, arbitrary: fc.double({ min: 0, max: 400, noNaN: true }) },
      { weight: 1, arbitrary: fc.constant(60_000) },
    ),
    { minLength: 1, maxLength: 40 },
  ),
  replies: fc.array(fc.tuple(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 0, max: 60_000 })), {
    maxLength: 20,
  }),
});

describe('never faster than asked', () => {
  it('holds for a sweep in stretches and the measurements between, by every limit at once', async () => {
    await fc.assert(
      fc.asyncProperty(anyCase, async (limits) => {
        const sends = await scan(limits);
        const times = sends.map(({ atMs }) => atMs);
        for (const [index, start] of times.entries()) {
          for (const later of [1, 2, 5, 20, 100, 500]) {
            const end = times[index + later];
            if (end === undefined) break;
            const most = (limits.rate * (end - start + TICK_MS)) / 1000 + 1;
            if (later + 1 > most + 1e-3)
              assert.fail(`${later + 1} packets in ${end - start} ms, at ${limits.rate} a second`);
          }
        }
        const cap = Math.ceil(limits.perSubnet) + 1;
        for (const ofSubnet of groups(sends, (to) => subnetOf(to).first))
          for (const [index, start] of ofSubnet.entries())
            if ((ofSubnet[index + cap] ?? Infinity) - start < 1000 - 1e-3)
              assert.fail(`${cap + 1} packets to a subnet within ${(ofSubnet[index + cap] ?? 0) - start} ms`);
        for (const ofHost of groups(sends, (to) => to))
          for (const [index, time] of ofHost.entries()) {
            const gapMs = time - (ofHost[index - 1] ?? -Infinity);
            if (gapMs < 950 / limits.perHost)
              assert.fail(`a host again after ${gapMs} ms, at ${limits.perHost} a second`);
          }
        for (const { atMs, debtUntilMs } of sends)
          if (atMs < debtUntilMs - 1e-3) assert.fail('a packet left while replies were not paid off');
      }),
      { numRuns: 400 },
    );
  });

  it('is no idle promise: the same scan goes as fast as it may when nothing hinders it', async () => {
    const sends = await scan({
      sizes: [60, 60, 60, 60],
      rate: 100,
      perSubnet: 200,
      perHost: 1,
      late: [0],
      replies: [],
    });
    const sweep = sends.filter(({ stage }) => stage === 'sweep');
    const seconds = ((sweep.at(-1)?.atMs ?? 0) - (sweep[0]?.atMs ?? 0)) / 1000;
    assert.equal(sweep.length, 720);
    // A second of rest before the measurement, two host gaps of it, and a second after.
    assert.ok(seconds < 7.2 + 1 + 2 + 1 + 0.5, `${seconds} s for 720 packets at 100 a second`);
  });
});

interface Sent {
  readonly atMs: number;
  readonly to: Address;
  readonly stage: 'sweep' | 'measurement';
  readonly debtUntilMs: number;
}

/** Half a sweep, a measurement of some hosts, a rest, and the other half: every packet with its time. */
async function scan({ sizes, rate, perSubnet, perHost, late, replies }: Case): Promise<readonly Sent[]> {
  let wakes = 0;
  const clock = createFakeClock({ oversleepMs: () => late[wakes++ % late.length] ?? 0 });
  const pacer = createPacer(rate, TICK_MS);
  const bits = 2_000_000;
  const budget = createReplyBudget(bits);
  // Kept beside the budget, by the plainest arithmetic.
  let debtUntilMs = 0;
  const sends: Sent[] = [];
  const note = (to: Address, stage: Sent['stage']): void => {
    sends.push({ atMs: clock.monotonicMs(), to, stage, debtUntilMs });
  };
  const ranges = sizes.map((hosts, index): Range => {
    const first = 0x0a00_0000 + index * 256;
    return { first: ipv4(first), last: ipv4(first + hosts - 1) };
  });
  const order = createOrder({ ranges, forms: 3, pad: placesPerSubnet({ perSubnet, perHost }), key: KEY });
  const receivers: ((payload: Uint8Array, from: Address, port: number) => void)[] = [];
  const sweep = await createDiscovery({
    order,
    probes: PROBES.map((probe) => ({ probe, port: 4242 })),
    rate,
    perSubnet,
    cooldownMs: 8000,
    pacer,
    budget,
    clock,
    tokenKey: KEY,
    openSocket(_probe, onDatagram) {
      receivers.push(onDatagram);
      return Promise.resolve({
        send(_payload, to) {
          note(to, 'sweep');
          return true;
        },
        unfinished: () => 0,
        unfinishedBelow: () => Promise.resolve(),
      });
    },
  });
  for (const [ms, bytes] of replies)
    clock.at(clock.monotonicMs() + ms, () => {
      debtUntilMs =
        Math.max(debtUntilMs, clock.monotonicMs()) + (trafficOf(bytes, 4).wireBytes * 8000) / bits;
      receivers[0]?.(new Uint8Array(bytes), ipv4(0x0a00_0000), 4242);
    });

  const hostGapMs = Math.max(300, 1000 / perHost);
  let sweepEndedMs = -Infinity;
  const gate = createRequestGate({
    pacer,
    budget,
    clock,
    hostGapMs,
    perSubnet,
    restMs: restBetweenStagesMs(hostGapMs),
    sweepEndedMs: () => sweepEndedMs,
  });
  const half = order.slotAt(Math.floor(order.positions / 2)).round / perSubnet;
  await sweep.run({ untilMs: clock.monotonicMs() + half * 1000, signal: NEVER });
  sweepEndedMs = clock.monotonicMs();
  const hosts = ranges.flatMap(({ first, last }) => [first, first, last]);
  await Promise.all(
    hosts.map(async (to) => {
      assert.ok(await gate.pass(to, 0, NEVER));
      note(to, 'measurement');
    }),
  );
  await clock.sleep(restBetweenStagesMs(hostGapMs));
  assert.equal(await sweep.run({ untilMs: Infinity, signal: NEVER }), 'finished');
  assert.equal(sends.length, order.positions + hosts.length);
  return sends;
}

/** The times of the packets to each subnet, or to each host. */
function groups(sends: readonly Sent[], keyOf: (to: Address) => Address): readonly (readonly number[])[] {
  const times = new Map<Address, number[]>();
  for (const { to, atMs } of sends) {
    const list = times.get(keyOf(to));
    if (list === undefined) times.set(keyOf(to), [atMs]);
    else list.push(atMs);
  }
  return [...times.values()];
}
