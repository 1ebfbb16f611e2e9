import type { Address } from '../domain/address.js';
import type { Clock } from '../domain/time.js';
import type { Ledger, Sighting } from '../sweep/ledger.js';
import { createLedger } from '../sweep/ledger.js';
import type { Adjustable, RateShare, ReplyBudget } from '../sweep/pacer.js';
import { createReplyBudget, createSharedReplyBudget } from '../sweep/pacer.js';
import { partOf } from '../sweep/shard.js';
import type { Span } from '../sweep/spans.js';
import { silentIn } from '../sweep/sweep.js';
import type { Guard, GuardRules } from '../scope/guard.js';
import type { OpenGuardedSocket } from '../udp/guarded-socket.js';
import type { Swept } from './counted.js';
import { addSwept } from './counted.js';
import type { LiveLimits } from './scope-reload.js';
import type { ScanPlan, ScanStart } from './scan-plan.js';
import { firstFormsOf } from './scan-plan.js';
import type { SweepPart, SweepPartState, SweepPlace } from './sweep-part.js';
import { createSweepPart, orderOf } from './sweep-part.js';
import type { SweepThread } from './sweep-thread.js';
import { startSweepThread } from './sweep-thread.js';

/**
 * The sweep as the rest of the run sees it, in this thread or dealt out to several. Each thread has whole subnets,
 * so it keeps their caps alone, an exact share of the rate, and sockets of its own, so a reply comes back to whoever
 * asked; the reply budget is one for all.
 */
export interface SweepCrew extends Omit<SweepPart, 'state' | 'setLimits'> {
  /** Who was sighted, by any thread. */
  readonly ledger: Ledger;
  readonly addresses: number;
  /** Of all threads, and of the measurements too. */
  readonly budget: ReplyBudget & Adjustable;
  /**
   * Where the sighting's request stands in the sweep. With T threads the n-th position of the t-th thread (from 0) is
   * n × T + t, and a pass has T times as many as the longest thread.
   */
  positionOf(sighting: Sighting): number | undefined;
  /** Whether an address is asked by any thread. */
  covers(address: Address): boolean;
  state(): Promise<SweepCrewState>;
  /** Resolves when every thread goes by the guard's rules as they are now, and by these limits. */
  follow(limits: LiveLimits | 'revoked'): Promise<void>;
  /** Of whom nobody can say whether they answer the probe, as it was at that state. */
  unknown(state: SweepCrewState, probe: number): Iterable<Address>;
}

export interface SweepCrewState {
  readonly places: readonly SweepPlace[];
  readonly unknown: readonly SweepPartState['unknown'][];
  readonly counted: SweepPartState['counted'];
  /** Whether the sighting's request stands before the place of its thread. */
  isBefore(sighting: Sighting): boolean;
}

/** @throws UsageError as `createSweepPart` does. */
export async function createSweepCrew(
  plan: ScanPlan,
  {
    clock,
    signal,
    guard,
    openSocket,
    start,
  }: {
    readonly clock: Clock;
    readonly signal: AbortSignal;
    /** The guard of this thread; the others build theirs from its rules. */
    readonly guard: Guard & { readonly rules: GuardRules };
    readonly openSocket: OpenGuardedSocket;
    readonly start?: ScanStart | undefined;
  },
): Promise<SweepCrew> {
  const { space, probes, pace } = plan;
  const shardsAndOrders = Array.from({ length: plan.threads }, (_, index) => {
    const shard =
      plan.threads === 1 ? plan.shard : partOf(plan.shard, { index: index + 1, of: plan.threads });
    return { shard, order: orderOf({ ...plan, ranges: space.ranges, shard }, probes) };
  });
  // A space of few subnets has nothing for some of them to do.
  const busy = shardsAndOrders.filter(({ order }, index) => index === 0 || order.addresses > 0);
  const orders = busy.map(({ order }) => order);
  const count = orders.length;
  const addresses = orders.reduce((sum, order) => sum + order.addresses, 0);
  const longest = Math.max(...orders.map(({ positions }) => positions));
  const shareOf = (index: number): RateShare => {
    const before = orders.slice(0, index).reduce((sum, order) => sum + order.addresses, 0);
    return { from: before / addresses, to: (before + (orders[index]?.addresses ?? 0)) / addresses };
  };
  const firstForms = firstFormsOf(probes);
  const ownPositionOf = ({ probed, probe, form }: Sighting, index: number): number | undefined =>
    orders[index]?.positionOf(probed, (firstForms[probe] ?? 0) + form);
  const partOfSighting = (sighting: Sighting): number =>
    orders.findIndex((_, index) => ownPositionOf(sighting, index) !== undefined);
  const joined = (index: number, position: number): number => {
    const positions = Math.max(1, orders[index]?.positions ?? 1);
    const pass = Math.floor(position / positions);
    return (pass * longest + (position % positions)) * count + index;
  };
  const joinedSpan = (index: number, { from, to }: Span): Span => ({
    from: joined(index, from),
    to: joined(index, to - 1) + 1,
  });

  const paidOffNs = new BigInt64Array(new SharedArrayBuffer(8));
  const budget =
    count === 1
      ? createReplyBudget(pace.replyBandwidthBps)
      : createSharedReplyBudget(pace.replyBandwidthBps, paidOffNs);
  const parts: SweepPart[] = [];
  const threads: SweepThread[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(parts.map((part) => part.close()));
  };
  const ledger = await open().catch(async (error: unknown) => {
    await close();
    throw error;
  });

  async function open(): Promise<Ledger> {
    const partPlans = busy.map(({ shard }, index) => ({
      ...dataOf(plan),
      shard,
      pace,
      ...(count > 1 && { share: shareOf(index) }),
      start: start && {
        ...(start.parts[index] ?? { position: 0 }),
        sightings:
          count === 1 ? start.sightings : start.sightings.filter((one) => partOfSighting(one) === index),
      },
    }));
    const [only, ...others] = partPlans;
    if (only !== undefined && others.length === 0) {
      const part = await createSweepPart(only, { probes, guard, openSocket, budget, clock, signal });
      parts.push(part);
      return part.ledger;
    }
    const joint = createLedger(probes.length, start?.sightings);
    const started = await Promise.allSettled(
      partPlans.map(async (partPlan) => {
        const thread = await startSweepThread(
          {
            ...partPlan,
            probes: probes.map(({ probe, ...chosen }) => ({ id: probe.id, ...chosen })),
            guard: guard.rules,
            paidOffNs,
          },
          {
            signal,
            onSighting: (sighting) => {
              joint.merge(sighting);
            },
          },
        );
        return thread;
      }),
    );
    for (const outcome of started) if (outcome.status === 'fulfilled') threads.push(outcome.value);
    parts.push(...threads);
    for (const outcome of started) if (outcome.status === 'rejected') throw outcome.reason;
    return joint;
  }

  return {
    ledger,
    addresses,
    covers: (address) => orders.some((order) => order.positionOf(address, 0) !== undefined),
    budget,
    progress() {
      const all = parts.map((part) => part.progress());
      return {
        done: all.reduce((sum, { done }) => sum + done, 0),
        total: all.reduce((sum, { total }) => sum + total, 0),
      };
    },
    async run(untilMs) {
      const outcomes = await Promise.all(parts.map((part) => part.run(untilMs)));
      return outcomes.find((outcome) => outcome === 'aborted') ?? outcomes.find(isPaused) ?? 'finished';
    },
    async endCooldown() {
      await Promise.all(parts.map((part) => part.endCooldown()));
    },
    async hasTouched() {
      return (await Promise.all(parts.map((part) => part.hasTouched()))).includes(true);
    },
    async askAgain() {
      const outcomes = await Promise.all(parts.map((part) => part.askAgain()));
      return outcomes.includes('aborted') ? 'aborted' : 'finished';
    },
    async sample() {
      await Promise.all(parts.map((part) => part.sample()));
    },
    async touch(sinceMs) {
      const spans = await Promise.all(parts.map((part) => part.touch(sinceMs)));
      const all = spans.flatMap((span, index) => (span === undefined ? [] : joinedSpan(index, span)));
      if (all.length === 0) return undefined;
      return { from: Math.min(...all.map(({ from }) => from)), to: Math.max(...all.map(({ to }) => to)) };
    },
    positionOf(sighting) {
      const index = partOfSighting(sighting);
      const position = ownPositionOf(sighting, index);
      return position === undefined ? undefined : joined(index, position);
    },
    async state() {
      const states = await Promise.all(parts.map((part) => part.state()));
      return {
        places: states.map(({ place }) => place),
        unknown: states.map(({ unknown }) => unknown),
        counted: states
          .map(({ counted }, index): Swept => ({
            ...counted,
            lossEvents: counted.lossEvents.map((event) => ({
              ...event,
              ...(event.positions && { positions: joinedSpan(index, event.positions) }),
            })),
          }))
          .reduce(addSwept),
        isBefore(sighting) {
          const index = partOfSighting(sighting);
          return (ownPositionOf(sighting, index) ?? 0) < (states[index]?.place.position ?? 0);
        },
      };
    },
    async follow(limits) {
      const guarded = threads.map((thread) => thread.guardBy(guard.rules));
      if (limits === 'revoked') {
        await Promise.all(guarded);
        return;
      }
      const { rate, replyBandwidthBps } = limits;
      budget.setLimit(replyBandwidthBps);
      await Promise.all([...guarded, ...parts.map((part) => part.setLimits({ rate, replyBandwidthBps }))]);
    },
    *unknown({ unknown }, probe) {
      for (const [index, order] of orders.entries())
        yield* silentIn({ order, ledger, probes }, probe, unknown[index]?.[probe] ?? []);
    },
    close,
  };
}

function isPaused(outcome: string): outcome is 'paused' {
  return outcome === 'paused';
}

/** Of the plan of a scan what can go to another thread. */
function dataOf({
  space,
  retries,
  receiveBufferBytes,
  cooldownMs,
  sourceAddress,
  seed,
  tokenKey,
}: ScanPlan): Pick<
  ScanPlan,
  'retries' | 'receiveBufferBytes' | 'cooldownMs' | 'sourceAddress' | 'seed' | 'tokenKey'
> & {
  readonly ranges: ScanPlan['space']['ranges'];
} {
  return { ranges: space.ranges, retries, receiveBufferBytes, cooldownMs, sourceAddress, seed, tokenKey };
}
