import assert from 'node:assert/strict';
import type { Address } from '../../src/domain/address.js';
import { formatAddress, subnetOf } from '../../src/domain/address.js';
import { trafficOf } from '../../src/domain/exchange.js';
import type { ScanPlan } from '../../src/engine/scan-plan.js';
import type { Delivery, SimulatedSend } from './simulated-network.js';

/** A pacer may make up for so much. */
const TICK_MS = 5;
const EXACT = 1e-3;

/**
 * The limits of a run as its user understands them, by the plainest arithmetic: packets in any window, packets to a
 * subnet in any second, the gap at a host, and nothing sent while what the sweep heard is not paid off.
 */
export function assertWithinLimits(
  sends: readonly SimulatedSend[],
  deliveries: readonly Delivery[],
  pace: ScanPlan['pace'],
): void {
  const times = sends.map(({ atMs }) => atMs);
  for (const [index, start] of times.entries())
    for (const later of [1, 2, 3, 5, 10, 20, 50, 100, 500]) {
      const end = times[index + later];
      if (end === undefined) break;
      const most = (pace.rate * (end - start + TICK_MS)) / 1000 + 1;
      if (later + 1 > most + EXACT)
        assert.fail(`${later + 1} packets in ${end - start} ms, at ${pace.rate} a second`);
    }
  const cap = Math.ceil(pace.perSubnet) + 1;
  for (const [subnet, ofSubnet] of timesBy(sends, (to) => subnetOf(to).first))
    for (const [index, start] of ofSubnet.entries())
      if ((ofSubnet[index + cap] ?? Infinity) - start < 1000 - EXACT)
        assert.fail(`${cap + 1} packets to ${formatAddress(subnet)} within a second, cap ${pace.perSubnet}`);
  for (const [host, ofHost] of timesBy(sends, (to) => to))
    for (const [index, time] of ofHost.entries()) {
      const gapMs = time - (ofHost[index - 1] ?? -Infinity);
      if (gapMs < 950 / pace.perHost)
        assert.fail(`${formatAddress(host)} again after ${gapMs} ms, at ${pace.perHost} a second`);
    }
  assertPaidOff(sends, deliveries, pace.replyBandwidthBps);
}

function assertPaidOff(
  sends: readonly SimulatedSend[],
  deliveries: readonly Delivery[],
  bitsPerSecond: number,
): void {
  let debtUntilMs = -Infinity;
  let next = 0;
  for (const { atMs } of sends) {
    for (let one = deliveries[next]; one !== undefined && one.atMs < atMs; one = deliveries[++next]) {
      if (one.send.socket.role === 'alone') continue;
      const bits = trafficOf(one.reply.payload.length, typeof one.from === 'number' ? 4 : 6).wireBytes * 8;
      debtUntilMs = Math.max(debtUntilMs, one.atMs) + (bits / bitsPerSecond) * 1000;
    }
    if (atMs < debtUntilMs - EXACT)
      assert.fail(`a packet left ${debtUntilMs - atMs} ms before replies were paid off`);
  }
}

function timesBy(
  sends: readonly SimulatedSend[],
  keyOf: (to: Address) => Address,
): ReadonlyMap<Address, readonly number[]> {
  const times = new Map<Address, number[]>();
  for (const { to, atMs } of sends) {
    const list = times.get(keyOf(to));
    if (list === undefined) times.set(keyOf(to), [atMs]);
    else list.push(atMs);
  }
  return times;
}
