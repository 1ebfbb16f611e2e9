/**
 * The promise: whatever the target space says, no request leaves for an address that the scope does not allow.
 * A target space corrupted on purpose feeds the sweep and the measurement; the guard at the socket stands alone.
 */
import assert from 'node:assert/strict';
import { Socket, createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, it, mock } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import type { Address, Family, Range } from '../../src/domain/address.js';
import {
  compareAddresses,
  formatAddress,
  ipv4,
  ipv6,
  parseAddress,
  predecessor,
  rangeSize,
  successor,
} from '../../src/domain/address.js';
import { runExchange } from '../../src/measure/run-exchange.js';
import { createOrder } from '../../src/sweep/order.js';
import { createPacer, createReplyBudget } from '../../src/sweep/pacer.js';
import type { SweepCounts } from '../../src/sweep/discovery.js';
import { createDiscovery } from '../../src/sweep/discovery.js';
import { systemClock } from '../../src/system-clock.js';
import type { GuardedSocket } from '../../src/udp/guarded-socket.js';
import { openGuardedSocket } from '../../src/udp/guarded-socket.js';
import { probeDouble } from '../probe-double.js';

const PROBES = [
  probeDouble({ id: 'double-plain', hasNonce: false, forms: 1 }),
  probeDouble({ id: 'double-echoing', hasNonce: true, forms: 2 }),
];
const FORMS = 3;
const KEY = Uint32Array.of(8, 7, 6, 5, 4, 3, 2, 1);

describe('no request leaves the scope', () => {
  it('on real sockets: of a corrupted space in 127/8 only 127.9.0.0/28 hears anything, the rest is counted', async () => {
    const scope = ranges('127.9.0.0-127.9.0.15');
    const corrupted = ranges(
      '127.0.0.0-127.0.0.2 127.8.255.0-127.9.1.40 127.9.16.0-127.9.16.0 127.25.0.9-127.25.0.20 127.255.255.254-127.255.255.255',
    );
    const ears = await listen();
    try {
      // First, that the ear for everything else hears at all.
      await ears.shout('127.200.1.1');
      assert.equal(ears.elsewhere(), 1);

      const { counts, errors } = await sweepOver(corrupted, scope, ears.port);
      const inScope = 16 * FORMS;
      await ears.heard(inScope);
      assert.equal(ears.elsewhere(), 1, 'nothing but the one shout');
      assert.deepEqual(ears.inScope(), Array<number>(16).fill(FORMS));
      assert.equal(counts.sent[0] ?? 0, 16);
      assert.equal(counts.sent[1] ?? 0, 32);
      assert.equal(counts.guarded, (sizeOf(corrupted) - 16) * FORMS);
      assert.deepEqual(errors, []);
    } finally {
      ears.close();
    }
  });

  it('over a spied send: any scope, any space of both families, with the ends of all addresses and every neighbour', async () => {
    const spied: string[] = [];
    const spy = mock.method(Socket.prototype, 'send', function (...parameters: unknown[]) {
      const [, , to, callback] = parameters as [
        Uint8Array,
        number,
        string,
        (error: null, bytes: number) => void,
      ];
      spied.push(to);
      setImmediate(callback, null, 0);
    });
    try {
      const probing = await openSocket([], 4, () => undefined);
      probing.send(Uint8Array.of(1), ipv4(1), 9);
      assert.deepEqual(spied, [], 'an empty scope allows nothing');
      await probing.close();
      await fc.assert(
        fc.asyncProperty(borders, borders, async (inside, around) => {
          spied.length = 0;
          const scope = merged(inside);
          // The scope itself, its neighbours on both sides, addresses far away, and the ends of all addresses.
          const corrupted = merged([
            ...scope.map(({ first, last }) => ({
              first: predecessor(first) ?? first,
              last: successor(last) ?? last,
            })),
            ...around,
            ...ranges('0.0.0.0-0.0.0.1 255.255.255.254-255.255.255.255 ::-::1'),
            ...ranges('ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'),
          ]);
          const { counts } = await sweepOver(corrupted, scope, 9);
          for (const to of spied) assert.ok(contains(scope, address(to)), to);
          const allowed = sizeOf(scope) * FORMS;
          assert.equal(spied.length, allowed, 'and every one inside leaves');
          assert.equal(counts.guarded, sizeOf(corrupted) * FORMS - allowed);
        }),
        { numRuns: 25 },
      );
    } finally {
      spy.mock.restore();
    }
  });

  it('in the measurement either: an exchange with an address outside is unsent', async () => {
    const scope = ranges('127.9.0.0-127.9.0.15');
    const ears = await listen();
    try {
      const [probe] = PROBES;
      assert.ok(probe !== undefined);
      const { exchange } = await runExchange({
        probe,
        ask: { form: probe.sweepForms[0], purpose: 'measure' },
        nonce: 0,
        to: address('127.9.0.16'),
        port: ears.port,
        limits: { firstReplyMs: 50, quietGapMs: 50, longestMs: 100, mostDatagrams: 10, mostBytes: 1000 },
        openSocket: ({ family, onDatagram, onSendError }) =>
          openSocket(scope, family, onDatagram, onSendError),
        clock: systemClock,
        mayTakeLeave: () => Promise.resolve(true),
        onReceived: () => undefined,
      });
      assert.equal(exchange.end, 'unsent');
      await ears.shout('127.9.0.16');
      assert.equal(ears.elsewhere(), 1, 'nothing but the one shout');
    } finally {
      ears.close();
    }
  });
});

async function sweepOver(
  corrupted: readonly Range[],
  scope: readonly Range[],
  port: number,
): Promise<{ readonly counts: SweepCounts; readonly errors: readonly string[] }> {
  const sockets: GuardedSocket[] = [];
  const errors: string[] = [];
  const sweep = await createDiscovery({
    order: createOrder({ ranges: corrupted, forms: FORMS, pad: 1, key: KEY }),
    probes: PROBES.map((probe) => ({ probe, port })),
    rate: 1e6,
    perSubnet: 1e6,
    cooldownMs: 10,
    pacer: createPacer(1e6, 5),
    budget: createReplyBudget(1e12),
    clock: systemClock,
    tokenKey: KEY,
    async openSocket(_probe, onDatagram, family) {
      const socket = await openSocket(scope, family, onDatagram, (code) => errors.push(code));
      sockets.push(socket);
      return socket;
    },
  });
  assert.equal(await sweep.run({ untilMs: Infinity, signal: new AbortController().signal }), 'finished');
  for (const socket of sockets) {
    await socket.unfinishedBelow(1);
    await socket.close();
  }
  return { counts: sweep.counts(), errors };
}

function openSocket(
  scope: readonly Range[],
  family: Family,
  onDatagram: (payload: Uint8Array, from: Address, port: number) => void,
  onSendError: (code: string) => void = () => undefined,
): Promise<GuardedSocket> {
  return openGuardedSocket({
    guard: { mayAsk: (to) => contains(scope, to) },
    clock: systemClock,
    family,
    receiveBufferBytes: 65_536,
    onDatagram,
    onSendError,
  });
}

/** One ear for each address of 127.9.0.0/28, and one that hears whatever goes anywhere else on loopback. */
async function listen() {
  const everywhere = createSocket({ type: 'udp4', reuseAddr: true });
  let elsewhere = 0;
  everywhere.on('message', () => elsewhere++);
  everywhere.bind(0, '0.0.0.0');
  await once(everywhere, 'listening');
  const { port } = everywhere.address();
  const inScope = new Array<number>(16).fill(0);
  const sockets = [everywhere];
  for (const host of inScope.keys()) {
    const socket = createSocket({ type: 'udp4', reuseAddr: true });
    socket.on('message', () => (inScope[host] = (inScope[host] ?? 0) + 1));
    socket.bind(port, `127.9.0.${host}`);
    await once(socket, 'listening');
    sockets.push(socket);
  }
  const until = async (holds: () => boolean): Promise<void> => {
    for (let waits = 0; waits < 300 && !holds(); waits++) await delay(10);
  };
  return {
    port,
    elsewhere: () => elsewhere,
    inScope: () => inScope,
    /** Sends past every guard, and waits until it was heard: by then all that left before was heard too. */
    async shout(to: string) {
      const before = elsewhere;
      everywhere.send(Uint8Array.of(0), port, to);
      await until(() => elsewhere > before);
    },
    heard: (count: number) => until(() => inScope.reduce((a, b) => a + b) >= count),
    close() {
      for (const socket of sockets) socket.close();
    },
  };
}

/**
 * Some small ranges anywhere in the IPv4 space, and in the IPv6 space ones that begin with the same bits, at either
 * end of the address.
 */
const borders: fc.Arbitrary<readonly Range[]> = fc.array(
  fc
    .tuple(
      fc.integer({ min: 1, max: 0xffff_ffff - 300 }),
      fc.integer({ min: 0, max: 40 }),
      fc.constantFrom('ipv4', 'high', 'low'),
    )
    .map(([first, more, where]) => {
      if (where === 'ipv4') return { first: ipv4(first), last: ipv4(first + more) };
      const from = ipv6(where === 'high' ? BigInt(first) << 96n : BigInt(first));
      return { first: from, last: ipv6(from + BigInt(more)) };
    }),
  { minLength: 1, maxLength: 5 },
);

function merged(list: readonly Range[]): readonly Range[] {
  const result: Range[] = [];
  for (const range of list.toSorted((a, b) => compareAddresses(a.first, b.first))) {
    const before = result.at(-1);
    if (before !== undefined && compareAddresses(range.first, successor(before.last) ?? before.last) <= 0) {
      const last = compareAddresses(range.last, before.last) > 0 ? range.last : before.last;
      result[result.length - 1] = { first: before.first, last };
    } else result.push(range);
  }
  return result;
}

function contains(list: readonly Range[], one: Address): boolean {
  return list.some(
    ({ first, last }) => compareAddresses(first, one) <= 0 && compareAddresses(one, last) <= 0,
  );
}

function sizeOf(list: readonly Range[]): number {
  return list.reduce((sum, range) => sum + Number(rangeSize(range)), 0);
}

function ranges(text: string): readonly Range[] {
  return text.split(' ').map((part) => {
    const [first = '', last = ''] = part.split('-');
    return { first: address(first), last: address(last) };
  });
}

function address(text: string): Address {
  const parsed = parseAddress(text);
  assert.ok(parsed !== undefined, text);
  assert.equal(formatAddress(parsed), text);
  return parsed;
}
