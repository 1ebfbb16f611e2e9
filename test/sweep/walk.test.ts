import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ipv4 } from '../../src/domain/address.js';
import { createOrder } from '../../src/sweep/order.js';
import type { Pass } from '../../src/sweep/pass.js';
import { createPass } from '../../src/sweep/pass.js';
import { createProbeChannels } from '../../src/sweep/probe-channel.js';
import type { Span } from '../../src/sweep/spans.js';
import type { Walk, WalkOptions } from '../../src/sweep/walk.js';
import { createWalk } from '../../src/sweep/walk.js';
import { probeDouble } from '../probe-double.js';

const KEY = Uint32Array.of(1, 2, 3, 4, 5, 6, 7, 8);
/** 10.0.0.0/21 and 10.0.8.0/28: rounds of nine subnets, then of eight; one form of one probe, two of another. */
const RANGES = [{ first: ipv4(0x0a00_0000), last: ipv4(0x0a00_080f) }];
const PROBES = [1, 2].map((forms) => ({
  probe: probeDouble({ id: `double-${forms}`, hasNonce: false, forms }),
  port: 4242,
}));
const ORDER = createOrder({ ranges: RANGES, forms: 3, pad: 1, key: KEY });
const ALL: Span = { from: 0, to: ORDER.positions };
const CHANNELS = createProbeChannels({
  order: ORDER,
  probes: PROBES,
  rate: 1000,
  cooldownMs: 8000,
  tokenKey: KEY,
});

describe('a walk', () => {
  it('comes to every position of its spans once, each with its address, form, probe and rank', () => {
    for (const spans of [
      [ALL],
      [{ from: 700, to: 703 }],
      [
        { from: 2, to: 20 },
        { from: 20, to: 21 },
        { from: 2050, to: 2070 },
      ],
      [],
    ]) {
      const { walk, pass } = createWorld({ spans });
      const expected = spans.flatMap(({ from, to }) =>
        Array.from({ length: to - from }, (_, index) => requestAt(from + index)),
      );
      assert.deepEqual(walked(walk), expected);
      assert.equal(pass.position, spans.at(-1)?.to ?? 0);
      assert.equal(walk.waitMs(0), undefined, 'and ends');
    }
  });

  it('stays where it is until its request is dealt with', () => {
    const { walk } = createWorld({});
    for (let time = 0; time < 3; time++) {
      assert.equal(walk.waitMs(time), 0);
      assert.equal(walk.address, ORDER.slotAt(0).address);
    }
    walk.spend(3);
    walk.waitMs(3);
    assert.equal(walk.address, ORDER.slotAt(1).address);
  });

  it('waits for whichever of the rounds, the pacer and the reply budget takes longest', () => {
    for (const [pacerMs, budgetMs, waitMs] of [
      [0, 0, 50],
      [60, 0, 60],
      [0, 70, 70],
      [49, 48, 50],
    ] as const) {
      const { walk } = createWorld({
        perSubnet: 20,
        pacer: { waitMs: () => pacerMs, spend: () => undefined },
        budget: { waitMs: () => budgetMs, charge: () => undefined },
      });
      // Two rounds: the grid of the rounds lets the second one catch up.
      for (let request = 0; request < 18; request++) {
        assert.equal(walk.waitMs(0), Math.max(pacerMs, budgetMs));
        walk.spend(0);
      }
      assert.equal(walk.waitMs(0), waitMs);
    }
  });

  it('notes what is dealt with for the pacer and the logs of the pass and of its probe', () => {
    const spentMs: number[] = [];
    const { walk, pass } = createWorld({
      pacer: { waitMs: () => 0, spend: (nowMs) => spentMs.push(nowMs) },
    });
    assert.equal(pass.log.latestMs, -Infinity);
    for (const nowMs of [5, 300]) {
      walk.waitMs(nowMs);
      walk.spend(nowMs);
    }
    assert.deepEqual(spentMs, [5, 300]);
    const [first, second] = pass.channels;
    assert.deepEqual([pass.log.latestMs, first?.log.latestMs, second?.log.latestMs], [300, 300, -Infinity]);
    assert.deepEqual([pass.log.rankBefore(300), first?.log.rankBefore(300)], [1, 1]);
    assert.deepEqual([first?.until, second?.until], [2, 0]);
  });
});

describe('what is left out of a walk', () => {
  const ownSecond: WalkOptions['skips'] = ({ index }, { form }) => index === 1 && form === 1;

  it('is passed over in no time, and has a position and a rank all the same', () => {
    const { walk, pass } = createWorld({ skips: ownSecond });
    const kept = Array.from({ length: ORDER.positions }, (_, position) => requestAt(position)).filter(
      ({ form }) => form !== 1,
    );
    assert.deepEqual(walked(walk), kept);
    assert.equal(pass.position, ORDER.positions);
    assert.deepEqual(
      pass.channels.map(({ until }) => until),
      CHANNELS.map(({ ranks }) => ranks),
    );
  });

  it('gives others a turn after 4,096 in a row', () => {
    assert.ok(ORDER.positions > 4100);
    const { walk, pass } = createWorld({ skips: (_, { position }) => position !== 4100 });
    assert.equal(walk.waitMs(0), 1);
    assert.equal(pass.position, 4096);
    assert.equal(walk.waitMs(1), 0);
    assert.equal(pass.position, 4100);
    const { walk: fewer } = createWorld({ skips: (_, { position }) => position !== 4096 });
    assert.equal(fewer.waitMs(0), 0);
  });
});

interface Request {
  readonly address: Walk['address'];
  readonly form: number;
  readonly probe: string;
  readonly rank: number;
}

/** By the order's own arithmetic. */
function requestAt(position: number): Request {
  const { address, form } = ORDER.slotAt(position);
  const channel = CHANNELS.find(({ forms }) => form >= forms.first && form < forms.end);
  assert.ok(channel !== undefined);
  const rank = ORDER.rankOf(position, channel.forms.first, channel.forms.end);
  return { address, form, probe: channel.probe.id, rank };
}

/** All that a walk without limits comes to. */
function walked(walk: Walk): readonly Request[] {
  const requests: Request[] = [];
  for (let nowMs = 0, waitMs = walk.waitMs(0); waitMs !== undefined; waitMs = walk.waitMs(nowMs)) {
    nowMs += waitMs;
    if (waitMs > 0) continue;
    const { address, form, channel, rank } = walk;
    requests.push({ address, form, probe: channel.probe.id, rank });
    walk.spend(nowMs);
  }
  return requests;
}

/** A walk over all of the order, without limits, unless said otherwise. */
function createWorld(more: Partial<WalkOptions>): { readonly walk: Walk; readonly pass: Pass } {
  const pass = createPass(0, 0, CHANNELS, { order: ORDER, cooldownMs: 8000 });
  const walk = createWalk({
    order: ORDER,
    channels: CHANNELS,
    pass,
    spans: [ALL],
    pacer: { waitMs: () => 0, spend: () => undefined },
    budget: { waitMs: () => 0, charge: () => undefined },
    perSubnet: Infinity,
    ...more,
  });
  return { walk, pass };
}
