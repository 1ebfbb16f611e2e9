import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Address } from '../../src/domain/address.js';
import { ipv4, ipv6 } from '../../src/domain/address.js';
import type { RequestGate, RequestGateOptions } from '../../src/measure/request-gate.js';
import { createRequestGate } from '../../src/measure/request-gate.js';
import { createPacer, createReplyBudget } from '../../src/sweep/pacer.js';
import type { FakeClock } from '../fake-clock.js';
import { createFakeClock } from '../fake-clock.js';

const HOST = ipv4(0x0a00_0005);
const NEIGHBOUR = ipv4(0x0a00_0006);
const FAR = ipv4(0x0a00_0105);

describe('the request gate', () => {
  it('lets two requests to one host out one host gap apart, and one to another meanwhile', async () => {
    const { gate, clock } = createGate({ hostGapMs: 2000 });
    const passed = await Promise.all([HOST, HOST, HOST, FAR].map((to) => passAt(gate, clock, to)));
    assert.deepEqual(rounded(passed), [0, 2000, 4000, 1]);
  });

  it('lets requests to one subnet out 1 / per_subnet apart', async () => {
    const { gate, clock } = createGate({ perSubnet: 4 });
    const passed = await Promise.all(
      [HOST, NEIGHBOUR, ipv4(0x0a00_0007), FAR].map((to) => passAt(gate, clock, to)),
    );
    assert.deepEqual(rounded(passed), [0, 250, 500, 1]);
  });

  it('takes a /64 for the subnet of an IPv6 address', async () => {
    const { gate, clock } = createGate({ perSubnet: 4 });
    const host = (subnet: bigint, id: bigint): Address => ipv6((0x2001_0db8n << 96n) + (subnet << 64n) + id);
    const passed = await Promise.all(
      [host(0n, 1n), host(0n, 1n << 63n), host(0n, 3n), host(1n, 1n)].map((to) => passAt(gate, clock, to)),
    );
    assert.deepEqual(rounded(passed), [0, 250, 500, 1]);
  });

  it('lets no request out until the rest after the sweep is over', async () => {
    const sweep = { freeMs: () => 2000, askedMs: () => -Infinity };
    const { gate, clock } = createGate({ sweep });
    assert.equal(await passAt(gate, clock, HOST), 2000);
  });

  it('keeps the host gap to what the sweep asked a host last, and to no other host', async () => {
    const sweep = { freeMs: () => 0, askedMs: (host: Address) => (host === HOST ? -500 : -Infinity) };
    const { gate, clock } = createGate({ hostGapMs: 2000, sweep });
    assert.deepEqual(await Promise.all([HOST, FAR].map((to) => passAt(gate, clock, to))), [1500, 0]);
  });

  it('lets no subnet that waits for its cap keep another one waiting', async () => {
    const { gate, clock } = createGate({ perSubnet: 1, rate: 1000 });
    const crowd = Array.from({ length: 50 }, (_, i) => passAt(gate, clock, ipv4(HOST + i)));
    const others = Array.from({ length: 50 }, (_, i) => passAt(gate, clock, ipv4(FAR + 256 * i)));
    assert.equal(Math.round(Math.max(...(await Promise.all(others)))), 50);
    assert.deepEqual(
      rounded(await Promise.all(crowd)),
      Array.from({ length: 50 }, (_, i) => i * 1000),
    );
  });

  it('takes what replies will cost from the budget at once, so that others wait for it', async () => {
    const { gate, clock } = createGate({ budgetBps: 1_000_000 });
    const first = passAt(gate, clock, HOST, 3_000_000);
    const second = passAt(gate, clock, FAR, 0);
    assert.deepEqual(rounded([await first, await second]), [0, 3000]);
    gate.charge(500_000);
    assert.deepEqual(rounded([await passAt(gate, clock, ipv4(0x0a00_0205))]), [3500]);
  });

  it('keeps to the one pace that all stages share', async () => {
    const { gate, clock } = createGate({ rate: 10 });
    const hosts = Array.from({ length: 20 }, (_, i) => ipv4(0x0a00_0000 + i * 256));
    const passed = await Promise.all(hosts.map((to) => passAt(gate, clock, to)));
    const sorted = passed.toSorted((a, b) => a - b);
    for (const [index, time] of sorted.entries())
      assert.ok(time >= (index - 1) * 100 - 1e-6 && time <= index * 100 + 1e-6, sorted.join());
  });

  it('says no when the signal aborts while it waits, at once, and counts nothing as sent', async () => {
    const abort = new AbortController();
    const { gate, clock, spent } = createGate({ hostGapMs: 10_000, signal: abort.signal });
    assert.equal(await gate.pass(HOST, 0), true);
    clock.at(400, () => {
      abort.abort();
    });
    assert.equal(await gate.pass(HOST, 0), false);
    assert.equal(clock.monotonicMs(), 400);
    assert.equal(await gate.pass(FAR, 0), false);
    assert.equal(clock.monotonicMs(), 400);
    assert.equal(spent(), 1);
  });
});

function createGate({
  rate = 1000,
  budgetBps = 1e12,
  ...options
}: {
  readonly rate?: number;
  readonly budgetBps?: number;
} & Partial<RequestGateOptions>): {
  readonly gate: RequestGate;
  readonly clock: FakeClock;
  readonly spent: () => number;
} {
  const clock = createFakeClock({ startMs: 0 });
  const pacer = createPacer(rate, 0);
  let spent = 0;
  const gate = createRequestGate({
    pacer: {
      waitMs: (nowMs) => pacer.waitMs(nowMs),
      spend(nowMs) {
        spent++;
        pacer.spend(nowMs);
      },
    },
    budget: createReplyBudget(budgetBps),
    clock,
    hostGapMs: 10,
    perSubnet: 1000,
    signal: new AbortController().signal,
    ...options,
  });
  return { gate, clock, spent: () => spent };
}

/** When a request to this address was let out. */
async function passAt(gate: RequestGate, clock: FakeClock, to: Address, reservedBits = 0): Promise<number> {
  assert.equal(await gate.pass(to, reservedBits), true);
  return clock.monotonicMs();
}

function rounded(times: readonly number[]): number[] {
  return times.map(Math.round);
}
