import type { Address } from '../domain/address.js';
import type { Clock } from '../domain/time.js';
import type { Guard, GuardRules } from '../scope/guard.js';
import type { Ledger } from '../sweep/ledger.js';
import { createLedger } from '../sweep/ledger.js';
import { silentIn } from '../sweep/loss-spans.js';
import type { Order } from '../sweep/order.js';
import type { Adjustable, RateShare, ReplyBudget } from '../sweep/pacer.js';
import { createReplyBudget, createSharedReplyBudget, PACER_TICK_MS } from '../sweep/pacer.js';
import type { Shard } from '../sweep/shard.js';
import { partOf } from '../sweep/shard.js';
import type { Sighting } from '../sweep/sightings.js';
import type { Span } from '../sweep/spans.js';
import type { OpenGuardedSocket } from '../udp/guarded-socket.js';
import type { SweepCounters } from './counters.js';
import { addCounters } from './counters.js';
import type { Partition, PartitionPlace, PartitionPlan, PartitionState } from './partition.js';
import { createPartition, orderOf } from './partition.js';
import type { ScanPlan, ScanStart } from './scan-plan.js';
import { firstFormsOf } from './scan-plan.js';
import type { LiveLimits } from './scope-reload.js';
import type { SweepWorker } from './sweep-worker.js';
import { openSweepWorker } from './sweep-worker.js';
import type { StartWorker } from './worker-messages.js';

/**
 * The sweep as the rest of the run sees it, in this thread or dealt out to a pool of workers. Each partition has whole
 * subnets, so it keeps their caps alone, an exact share of the rate, and sockets of its own, so a reply comes back to
 * the one that asked; the reply budget is one for all.
 */
export interface SweepPool extends Omit<Partition, 'state' | 'setLimits' | 'askedSince'> {
  /** The sightings of all partitions. */
  readonly ledger: Ledger;
  readonly addresses: number;
  /** Of all partitions, and of the measurements too. */
  readonly budget: ReplyBudget & Adjustable;
  /**
   * Where the sighting's request stands in the sweep. With P partitions the n-th position of the p-th (from 0) is
   * n × P + p, and a pass has P times as many as the longest partition.
   */
  positionOf(sighting: Sighting): number | undefined;
  /** @returns whether an address was asked since then, or may have been. */
  askedSince(sinceMs: number): Promise<(address: Address) => boolean>;
  /** Whether an address is asked by any partition. */
  covers(address: Address): boolean;
  state(): Promise<SweepPoolState>;
  /** Resolves when every worker goes by the guard's rules as they are now, and by these limits. */
  follow(limits: LiveLimits | 'revoked'): Promise<void>;
  /** Addresses of which it was unknown at that state whether they answer the probe. */
  unknown(state: SweepPoolState, probe: number): Iterable<Address>;
}

export interface SweepPoolState {
  readonly places: readonly PartitionPlace[];
  readonly unknown: readonly PartitionState['unknown'][];
  readonly counters: PartitionState['counters'];
  /** Whether the sighting's request stands before the place of its partition. */
  isBefore(sighting: Sighting): boolean;
}

export interface SweepPoolPorts {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The guard of this thread; workers build theirs from its rules. */
  readonly guard: Guard & { readonly rules: GuardRules };
  readonly openSocket: OpenGuardedSocket;
  readonly startWorker: StartWorker;
}

/** Each method asks all partitions, and joins their answers. @throws UsageError as `createPartition` does. */
export async function createSweepPool(
  plan: ScanPlan,
  ports: SweepPoolPorts,
  start: ScanStart | undefined,
): Promise<SweepPool> {
  const layout = layoutOf(plan, start?.parts.length ?? workersFor(plan));
  const { orders } = layout;
  const { partitions, workers, ledger, budget } = await openPartitions(plan, layout, ports, start);
  return {
    ledger,
    budget,
    addresses: layout.addresses,
    covers: (address) => orders.some((order) => order.positionOf(address, 0) !== undefined),
    progress() {
      const all = partitions.map((partition) => partition.progress());
      return {
        done: all.reduce((sum, { done }) => sum + done, 0),
        total: all.reduce((sum, { total }) => sum + total, 0),
        sent: all.reduce((sum, { sent }) => sum + sent, 0),
      };
    },
    async run(untilMs) {
      const outcomes = await Promise.all(partitions.map((partition) => partition.run(untilMs)));
      return (['aborted', 'paused'] as const).find((outcome) => outcomes.includes(outcome)) ?? 'finished';
    },
    async hasSuspects() {
      return (await Promise.all(partitions.map((partition) => partition.hasSuspects()))).includes(true);
    },
    async askAgain() {
      const outcomes = await Promise.all(partitions.map((partition) => partition.askAgain()));
      return outcomes.includes('aborted') ? 'aborted' : 'finished';
    },
    async sample() {
      await Promise.all(partitions.map((partition) => partition.sample()));
    },
    async suspectSince(sinceMs) {
      const spans = await Promise.all(partitions.map((partition) => partition.suspectSince(sinceMs)));
      const all = spans.flatMap((span, index) => (span === undefined ? [] : layout.joinedSpan(index, span)));
      if (all.length === 0) return undefined;
      return { from: Math.min(...all.map(({ from }) => from)), to: Math.max(...all.map(({ to }) => to)) };
    },
    async askedSince(sinceMs) {
      const spans = await Promise.all(partitions.map((partition) => partition.askedSince(sinceMs)));
      return (address) => orders.some((order, index) => isAskedIn(order, address, spans[index] ?? []));
    },
    positionOf(sighting) {
      const index = layout.partitionOf(sighting);
      const position = layout.ownPositionOf(sighting, index);
      return position === undefined ? undefined : layout.joined(index, position);
    },
    async state() {
      return joinedState(layout, await Promise.all(partitions.map((partition) => partition.state())));
    },
    async follow(limits) {
      const guarded = workers.map((worker) => worker.guardBy(ports.guard.rules));
      if (limits === 'revoked') {
        await Promise.all(guarded);
        return;
      }
      const { rate, replyBandwidthBps } = limits;
      const limited = partitions.map((partition) => partition.setLimits({ rate, replyBandwidthBps }));
      budget.setLimit(replyBandwidthBps);
      await Promise.all([...guarded, ...limited]);
    },
    *unknown({ unknown }, probe) {
      for (const [index, order] of orders.entries())
        yield* silentIn({ order, ledger, probes: plan.probes }, probe, unknown[index]?.[probe] ?? []);
    },
    close: () => closeAll(partitions),
  };
}

/** Whether any form asks the address in one of these spans. */
function isAskedIn(order: Order, address: Address, spans: readonly Span[]): boolean {
  for (let form = 0; form < order.forms && spans.length > 0; form++) {
    const position = order.positionOf(address, form);
    if (position === undefined) return false;
    if (spans.some(({ from, to }) => from <= position && position < to)) return true;
  }
  return false;
}

/** How the sweep is dealt out, and the one numbering of the positions of all partitions. */
interface Layout {
  /** Of each partition; undefined is all of the space. */
  readonly shards: readonly (Shard | undefined)[];
  readonly orders: readonly Order[];
  readonly addresses: number;
  shareOf(index: number): RateShare;
  /** -1 where it is of none. */
  partitionOf(sighting: Sighting): number;
  ownPositionOf(sighting: Sighting, index: number): number | undefined;
  joined(index: number, position: number): number;
  joinedSpan(index: number, span: Span): Span;
}

/**
 * As many workers as the user allows and the rate has work for. Each needs packets of its own in every tick: one that
 * wakes later than that finds the slots that were its own void, and at a low rate it might never send again.
 */
function workersFor({ threads, pace: { rate } }: ScanPlan): number {
  const packetsInTick = (rate * PACER_TICK_MS) / 1000;
  return Math.min(threads, Math.max(1, Math.floor(packetsInTick / LEAST_PACKETS_IN_TICK)));
}

/** For each worker: of N with equal shares, one has a slot in 5/3 N of them at least (`createPacerOfShare`). */
const LEAST_PACKETS_IN_TICK = 2;

/**
 * @param workers of a run that goes on: as many partitions as it had, whatever its rate is now. Where there were fewer
 *   subnets than workers, as many of them as there were subnets deal the space out in the same way.
 */
function layoutOf(plan: ScanPlan, workers: number): Layout {
  const { space, probes } = plan;
  const dealt = Array.from({ length: workers }, (_, index) => {
    const shard = workers === 1 ? plan.shard : partOf(plan.shard, { index: index + 1, of: workers });
    return { shard, order: orderOf({ ...plan, ranges: space.set.ranges, shard }, probes) };
  });
  // A space of few subnets has nothing for some of them to do.
  const busy = dealt.filter(({ order }, index) => index === 0 || order.addresses > 0);
  const orders = busy.map(({ order }) => order);
  const addresses = orders.reduce((sum, order) => sum + order.addresses, 0);
  const longest = Math.max(...orders.map(({ positions }) => positions));
  const firstForms = firstFormsOf(probes);
  const ownPositionOf: Layout['ownPositionOf'] = ({ probed, probe, form }, index) =>
    orders[index]?.positionOf(probed, (firstForms[probe] ?? 0) + form);
  const joined = (index: number, position: number): number => {
    const positions = Math.max(1, orders[index]?.positions ?? 1);
    const pass = Math.floor(position / positions);
    return (pass * longest + (position % positions)) * orders.length + index;
  };
  return {
    shards: busy.map(({ shard }) => shard),
    orders,
    addresses,
    shareOf(index) {
      const before = orders.slice(0, index).reduce((sum, order) => sum + order.addresses, 0);
      return { from: before / addresses, to: (before + (orders[index]?.addresses ?? 0)) / addresses };
    },
    partitionOf: (sighting) => orders.findIndex((_, index) => ownPositionOf(sighting, index) !== undefined),
    ownPositionOf,
    joined,
    joinedSpan: (index, { from, to }) => ({ from: joined(index, from), to: joined(index, to - 1) + 1 }),
  };
}

function joinedState(layout: Layout, states: readonly PartitionState[]): SweepPoolState {
  return {
    places: states.map(({ place }) => place),
    unknown: states.map(({ unknown }) => unknown),
    counters: states
      .map(({ counters }, index): SweepCounters => ({
        ...counters,
        lossEvents: counters.lossEvents.map((event) => ({
          ...event,
          ...(event.positions && { positions: layout.joinedSpan(index, event.positions) }),
        })),
      }))
      .reduce((a, b) => addCounters(a, b)),
    isBefore(sighting) {
      const index = layout.partitionOf(sighting);
      return (layout.ownPositionOf(sighting, index) ?? 0) < (states[index]?.place.position ?? 0);
    },
  };
}

interface OpenPartitions {
  readonly partitions: readonly Partition[];
  /** The same partitions, where they are in workers. */
  readonly workers: readonly SweepWorker[];
  readonly ledger: Ledger;
  readonly budget: ReplyBudget & Adjustable;
}

async function openPartitions(
  plan: ScanPlan,
  layout: Layout,
  ports: SweepPoolPorts,
  start: ScanStart | undefined,
): Promise<OpenPartitions> {
  const { probes, pace } = plan;
  const plans = partitionPlans(plan, layout, start);
  const [only, ...others] = plans;
  if (only !== undefined && others.length === 0) {
    const budget = createReplyBudget(pace.replyBandwidthBps);
    const partition = await createPartition(only, { ...ports, probes, budget });
    return { partitions: [partition], workers: [], ledger: partition.ledger, budget };
  }
  const paidOffNs = new BigInt64Array(new SharedArrayBuffer(8));
  const ledger = createLedger(probes.length, start?.sightings);
  const opened = await Promise.allSettled(
    plans.map((partitionPlan) => {
      const link = ports.startWorker({
        ...partitionPlan,
        probes: probes.map(({ probe, ...chosen }) => ({ id: probe.id, ...chosen })),
        guard: ports.guard.rules,
        paidOffNs,
      });
      return openSweepWorker(link, {
        signal: ports.signal,
        onSighting(sighting) {
          ledger.put(sighting);
        },
      });
    }),
  );
  const workers = opened.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : []));
  const failed = opened.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) {
    await closeAll(workers);
    throw failed.reason;
  }
  const budget = createSharedReplyBudget(pace.replyBandwidthBps, paidOffNs);
  return { partitions: workers, workers, ledger, budget };
}

function partitionPlans(
  plan: ScanPlan,
  layout: Layout,
  start: ScanStart | undefined,
): readonly PartitionPlan[] {
  const { space, pace, retries, receiveBufferBytes, cooldownMs, sourceAddress, seed, tokenKey } = plan;
  const isDealt = layout.shards.length > 1;
  return layout.shards.map((shard, index) => ({
    ranges: space.set.ranges,
    shard,
    pace,
    ...(isDealt && { share: layout.shareOf(index) }),
    retries,
    receiveBufferBytes,
    cooldownMs,
    sourceAddress,
    seed,
    tokenKey,
    start: start && {
      ...(start.parts[index] ?? { position: 0 }),
      sightings: isDealt
        ? start.sightings.filter((sighting) => layout.partitionOf(sighting) === index)
        : start.sightings,
    },
  }));
}

async function closeAll(partitions: readonly Partition[]): Promise<void> {
  await Promise.all(partitions.map((partition) => partition.close()));
}
