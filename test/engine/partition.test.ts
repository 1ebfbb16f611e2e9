import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ipv4, ipv6 } from '../../src/domain/address.js';
import { toRanges } from '../../src/domain/ranges.js';
import { UsageError } from '../../src/domain/usage-error.js';
import type { Partition, PartitionPlan } from '../../src/engine/partition.js';
import { createPartition } from '../../src/engine/partition.js';
import type { SelectedProbe } from '../../src/engine/selected-probe.js';
import { createReplyBudget } from '../../src/sweep/pacer.js';
import { openGuardedSocket } from '../../src/udp/guarded-socket.js';
import type { FakeClock } from '../fake-clock.js';
import { createFakeClock } from '../fake-clock.js';
import { probeDouble } from '../probe-double.js';
import type { SimulatedNetwork } from './simulated-network.js';
import { simulatedNetwork } from './simulated-network.js';

/** 10.0.0.0/24 and one host of IPv6: a socket of each family. */
const PLAN: PartitionPlan = {
  ranges: toRanges([
    { first: ipv4(0x0a00_0000), last: ipv4(0x0a00_00ff) },
    { first: ipv6(1n << 64n), last: ipv6(1n << 64n) },
  ]),
  pace: { rate: 100, perSubnet: 1000, perHost: 10, replyBandwidthBps: 1e9 },
  retries: 0,
  receiveBufferBytes: 4096,
  cooldownMs: 1000,
  seed: 'a seed',
  tokenKey: Uint32Array.of(1, 2, 3, 4, 5, 6, 7, 8),
};
const PROBE = { probe: probeDouble({ id: 'double', hasNonce: false, forms: 1 }), port: 4242, options: [] };

describe('a partition of the sweep', () => {
  it('that cannot open a socket closes those that it has, and says what to do', async () => {
    const none = Object.assign(new Error('bind EAFNOSUPPORT'), { code: 'EAFNOSUPPORT' });
    const foreign = Object.assign(new Error('bind EADDRNOTAVAIL'), { code: 'EADDRNOTAVAIL' });
    const noSix = new UsageError('this machine has no IPv6', 'give IPv4 addresses and prefixes as targets');
    for (const [error, sourceAddress, expected] of [
      [none, undefined, noSix],
      [none, '192.0.2.1', noSix],
      [foreign, undefined, foreign],
      [
        foreign,
        '192.0.2.1',
        new UsageError(
          '--source: cannot send from 192.0.2.1: bind EADDRNOTAVAIL',
          'name an address of this machine, as "ip address" lists them',
        ),
      ],
    ] as const) {
      const { network, opening } = open({ plan: { sourceAddress }, failsFor6: error });
      await assert.rejects(opening, expected);
      assert.equal(network.openSockets(), 0);
    }
  });

  it('asks its sockets for the buffer, and sends from the address, that the user chose', async () => {
    const { opening, asked } = open({ plan: { sourceAddress: '192.0.2.1' } });
    await (await opening).close();
    assert.deepEqual(asked, [
      [4, 4096, '192.0.2.1'],
      [6, 4096, '192.0.2.1'],
    ]);
  });

  it('goes on at another rate from when that is set, and asks again at half of it', async () => {
    const { opening, clock, network } = open({});
    const partition = await opening;
    await partition.run(clock.monotonicMs() + 1000);
    const before = network.sends.length;
    assert.ok(before >= 100 && before <= 102, `${before}`);
    await partition.setLimits({ rate: 20, replyBandwidthBps: 1e9 });
    await partition.run(clock.monotonicMs() + 1000);
    const slower = network.sends.length - before;
    assert.ok(slower >= 19 && slower <= 22, `${slower}`);
    await partition.suspectSince(0);
    await clock.sleep(2000);
    const [first, second, third] = await askedAgainAt(partition, network);
    assert.ok(Math.abs((second ?? NaN) - (first ?? NaN) - 100) < 10, `${first} ${second}`);
    assert.ok(Math.abs((third ?? NaN) - (second ?? NaN) - 100) < 1, `${second} ${third}`);
    await partition.close();
  });

  it('says where it could go on, what is unknown, and what left for each probe from each socket', async () => {
    const two = [PROBE, { ...PROBE, probe: probeDouble({ id: 'double-of-two', hasNonce: true, forms: 2 }) }];
    // Of the probe that asks with 4 bytes the system refuses one request.
    const { opening, clock } = open({ probes: two, refusesOneOfBytes: 4 });
    const partition = await opening;
    assert.deepEqual(partition.progress(), { done: 0, total: 257 * 3, sent: 0 });
    await partition.run(Infinity);
    // The last request is handed over, and leaves with the next turn.
    await clock.sleep(1);
    await partition.sample();
    const { place, unknown, counters } = await partition.state();
    assert.deepEqual(counters.sent, [
      { sent: 257, sentBytes: 257 * 2 },
      { sent: 513, sentBytes: 513 * 4 },
    ]);
    assert.deepEqual(counters.sweep.sent, [257, 514]);
    assert.deepEqual(
      counters.sendErrors.map(({ code, count }) => [code, count]),
      [['ENOBUFS', 1]],
    );
    assert.deepEqual(
      counters.lossEvents.map(({ kind, probe, count }) => [kind, probe, count]),
      [['send_error', 'double-of-two', 1]],
    );
    assert.deepEqual(
      counters.sockets.map(({ probe, socket }) => [probe, socket.drops]),
      ['double', 'double', 'double-of-two', 'double-of-two'].map((id) => [id, 0]),
    );
    assert.equal(unknown.flat().length, 1);
    assert.deepEqual(unknown, place.suspects);
    assert.ok(place.position < 257 * 3, 'the last cooldown is not over');
    await clock.sleep(PLAN.cooldownMs + 1);
    assert.equal((await partition.state()).place.position, 257 * 3);
    await partition.close();
  });

  it('has the same order for the same seed, and another one for another', async () => {
    const orderOfSeed = async (seed: string): Promise<readonly unknown[]> => {
      const { opening, network } = open({ plan: { seed } });
      const partition = await opening;
      await partition.run(Infinity);
      await partition.close();
      return network.sends.map(({ to }) => to);
    };
    const [one, again, other] = await Promise.all(['a', 'a', 'b'].map(orderOfSeed));
    assert.deepEqual(one, again);
    assert.notDeepEqual(one, other);
    assert.equal(new Set(one).size, 257);
  });
});

async function askedAgainAt(partition: Partition, { sends }: SimulatedNetwork): Promise<readonly number[]> {
  const before = sends.length;
  assert.equal(await partition.hasSuspects(), true);
  await partition.askAgain();
  return sends.slice(before).map(({ atMs }) => atMs);
}

/** A partition on a network that answers nothing. */
function open({
  plan,
  failsFor6,
  probes = [PROBE],
  refusesOneOfBytes,
}: {
  readonly plan?: Partial<PartitionPlan>;
  readonly failsFor6?: Error;
  readonly probes?: readonly SelectedProbe[];
  readonly refusesOneOfBytes?: number;
}): {
  readonly opening: ReturnType<typeof createPartition>;
  readonly clock: FakeClock;
  readonly network: SimulatedNetwork;
  readonly asked: readonly (readonly unknown[])[];
} {
  const clock = createFakeClock({ startMs: 0 });
  let refused = 0;
  const network = simulatedNetwork(clock, ({ payload }) =>
    payload.length === refusesOneOfBytes && refused++ === 0
      ? { kind: 'refused', code: 'ENOBUFS' }
      : { kind: 'lost' },
  );
  const asked: (readonly unknown[])[] = [];
  const opening = createPartition(
    { ...PLAN, ...plan },
    {
      probes,
      guard: { mayAsk: () => true, isOver: () => false },
      clock,
      budget: createReplyBudget(1e9),
      signal: new AbortController().signal,
      openSocket(options) {
        asked.push([options.family, options.receiveBufferBytes, options.sourceAddress]);
        if (options.family === 6 && failsFor6 !== undefined) return Promise.reject(failsFor6);
        return openGuardedSocket(options, network.openSocket);
      },
    },
  );
  return { opening, clock, network, asked };
}
