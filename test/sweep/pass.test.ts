import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ipv4 } from '../../src/domain/address.js';
import { createOrder } from '../../src/sweep/order.js';
import type { Pass } from '../../src/sweep/pass.js';
import { beginAt, createPass, passesAt, sentRanks } from '../../src/sweep/pass.js';
import { createProbeChannels } from '../../src/sweep/probe-channel.js';
import { probeDouble } from '../probe-double.js';

const KEY = Uint32Array.of(1, 2, 3, 4, 5, 6, 7, 8);
/** 16 hosts, one form of one probe and two of another. */
const ORDER = createOrder({
  ranges: [{ first: ipv4(0x0a00_0000), last: ipv4(0x0a00_000f) }],
  forms: 3,
  pad: 1,
  key: KEY,
});
const PROBES = [1, 2].map((forms) => ({
  probe: probeDouble({ id: `double-${forms}`, hasNonce: true, forms }),
  port: 4242,
}));
const SETTINGS = { order: ORDER, cooldownMs: 8000 };
const CHANNELS = createProbeChannels({ ...SETTINGS, probes: PROBES, rate: 1000, tokenKey: KEY });

describe('a pass', () => {
  it('has ranks of its own for each probe, behind those of the passes before it', () => {
    for (const [index, position, expected] of [
      [0, 0, [0, 0]],
      [0, 20, [16, 4]],
      [0, 48, [16, 32]],
      [2, 20, [32 + 16, 64 + 4]],
    ] as const) {
      const { channels } = createPass(index, position, CHANNELS, SETTINGS);
      assert.deepEqual(
        channels.map(({ until }) => until),
        expected,
      );
    }
  });

  it('has asked what lies between where this session began it and where it is, but for what it left out', () => {
    const passes = [passFrom(0, 5, 20), passFrom(1, 0, 10)];
    for (const [position, expected] of [
      [4, [1]],
      [5, [0, 1]],
      [9, [0, 1]],
      [10, [0]],
      [19, [0]],
      [20, []],
    ] as const)
      assert.deepEqual(passesAt(passes, 0, position), expected, `${position}`);
    const [own] = passes[1]?.channels ?? [];
    assert.ok(own !== undefined);
    own.asked = (position) => position !== 7;
    assert.deepEqual(
      [passesAt(passes, 0, 7), passesAt(passes, 1, 7), passesAt(passes, 0, 8)],
      [[0], [0, 1], [0, 1]],
    );
  });

  it('tells its ranks, and from which on they left within the cooldown', () => {
    const pass = passFrom(1, 0, 3);
    const [own] = pass.channels;
    assert.ok(own !== undefined);
    for (const [rank, ms] of [1000, 2000, 3000].entries()) own.log.note(ms, 16 + rank);
    for (const [sinceMs, since] of [
      [0, 16],
      [2000, 17],
      [3000, 18],
      [3001, 19],
    ] as const)
      assert.deepEqual(sentRanks([pass], 0, sinceMs), [{ first: 16, since, until: 19, asked: undefined }]);
  });

  it('knows for a quarter of an hour, and a cooldown, when a request left', () => {
    for (const [cooldownMs, keptMs] of [
      [8000, 15 * 60_000],
      [1_000_000, 1_005_000],
    ] as const) {
      const { log } = createPass(0, 0, CHANNELS, { order: ORDER, cooldownMs });
      for (let ms = 0; ms <= keptMs + 200_000; ms += 1000) log.note(ms, ms / 1000);
      assert.equal(log.msOf(200), 200_000);
      assert.equal(log.msOf(100), undefined);
    }
  });
});

function passFrom(index: number, from: number, to: number): Pass {
  const pass = createPass(index, from, CHANNELS, SETTINGS);
  beginAt(pass, to, CHANNELS, ORDER);
  return pass;
}
