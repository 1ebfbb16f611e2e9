import { createHash } from 'node:crypto';
import { errorCode } from '../domain/error-code.js';
import type { Ranges } from '../domain/ranges.js';
import { eachRange } from '../domain/ranges.js';
import type { Clock } from '../domain/time.js';
import { UsageError } from '../domain/usage-error.js';
import type { Guard } from '../scope/guard.js';
import type { Discovery, DiscoveryStart } from '../sweep/discovery.js';
import { createDiscovery, PASS_GAP_MS } from '../sweep/discovery.js';
import type { Key } from '../sweep/keyed-permutation.js';
import type { Ledger } from '../sweep/ledger.js';
import type { LossLog, SendErrorCounts } from '../sweep/losses.js';
import { createLossLog, createSendErrorCounts } from '../sweep/losses.js';
import type { Order } from '../sweep/order.js';
import { createOrder, placesPerSubnet } from '../sweep/order.js';
import type { Adjustable, Pacer, RateShare, ReplyBudget } from '../sweep/pacer.js';
import { createPacer, createPacerOfShare, PACER_TICK_MS } from '../sweep/pacer.js';
import type { Shard } from '../sweep/shard.js';
import type { Sighting } from '../sweep/sightings.js';
import type { Span } from '../sweep/spans.js';
import type { Outcome } from '../sweep/sweep.js';
import type { GuardedSocket, OpenGuardedSocket } from '../udp/guarded-socket.js';
import type { SocketFacts, SweepCounters } from './counters.js';
import { createSweepLossWatch } from './loss-watch.js';
import { restBetweenStagesMs } from './rest.js';
import type { SelectedProbe } from './selected-probe.js';

/** What one worker sweeps: whole subnets, in an order, at a pace and from sockets of its own. Plain data. */
export interface PartitionPlan {
  readonly ranges: Ranges;
  /** Absent: all of them. */
  readonly shard?: Shard | undefined;
  /** Rate and reply budget are those of all partitions together. */
  readonly pace: {
    readonly rate: number;
    readonly perSubnet: number;
    readonly perHost: number;
    readonly replyBandwidthBps: number;
  };
  /** What this partition has of the rate. Absent: all of it. */
  readonly share?: RateShare | undefined;
  readonly retries: number;
  readonly receiveBufferBytes: number;
  readonly cooldownMs: number;
  readonly sourceAddress?: string | undefined;
  readonly seed: string;
  readonly tokenKey: Key;
  readonly start?: DiscoveryStart | undefined;
}

/** The sweep, or the part of it that one worker does. What is asked of it may take a message there and back. */
export interface Partition {
  progress(): ReturnType<Discovery['progress']>;
  run(untilMs: number): Promise<Outcome>;
  hasSuspects(): Promise<boolean>;
  askAgain(): Promise<Outcome>;
  /** Reads the kernel's counters of its sockets now. */
  sample(): Promise<void>;
  /** All requests since then may have been lost. @returns the positions they have. */
  suspectSince(sinceMs: number): Promise<Span | undefined>;
  /** The positions that were asked since then, in each pass that asked any; maybe some more. */
  askedSince(sinceMs: number): Promise<readonly Span[]>;
  state(): Promise<PartitionState>;
  setLimits(limits: PartitionLimits): Promise<void>;
  close(): Promise<void>;
}

export interface PartitionLimits {
  readonly rate: number;
  readonly replyBandwidthBps: number;
}

/** What a partition knows at one moment, but for its ledger. */
export interface PartitionState {
  /** Where it could go on. */
  readonly place: PartitionPlace;
  readonly unknown: ReturnType<Discovery['unknown']>;
  readonly counters: SweepCounters;
}

/** Where a partition goes on; the sightings are kept for all partitions together. */
export type PartitionPlace = Omit<DiscoveryStart, 'sightings'>;

/** What a partition is given beside its plan. */
export interface PartitionPorts {
  readonly probes: readonly SelectedProbe[];
  readonly guard: Guard;
  readonly openSocket: OpenGuardedSocket;
  readonly budget: ReplyBudget & Adjustable;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onSighting?: (sighting: Sighting) => void;
}

/** @throws UsageError where the source address is not this machine's, or the machine has no IPv6 and needs it. */
export async function createPartition(
  plan: PartitionPlan,
  ports: PartitionPorts,
): Promise<Partition & { readonly ledger: Ledger }> {
  const { pace } = plan;
  const { probes, budget, clock, signal } = ports;
  const pacers = pacersOf(plan);
  const sendErrors = createSendErrorCounts();
  const log = createLossLog();
  const sockets: PartitionSocket[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(sockets.map(({ socket }) => socket.close()));
  };
  const discovery = await createDiscovery({
    ...discoverySettings(plan, ports, pacers.usual),
    async openSocket(probe, onDatagram, family) {
      const socket = await ports
        .openSocket({
          receiveBufferBytes: plan.receiveBufferBytes,
          sourceAddress: plan.sourceAddress,
          guard: ports.guard,
          clock,
          family,
          onDatagram,
          // A request leaves after all sockets are open, so there is a watch by then.
          onSendError(code, to) {
            losses.refused(probe, code, to);
          },
        })
        .catch(explainBindError(plan.sourceAddress));
      sockets.push({ probe, socket });
      return socket;
    },
  }).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const ids = probes.map(({ probe }) => probe.id);
  const losses = createSweepLossWatch({ ...plan, clock, sendErrors, log, probes: ids, discovery, sockets });
  return {
    ledger: discovery.ledger,
    progress: () => discovery.progress(),
    run: (untilMs) => discovery.run({ untilMs, signal }),
    hasSuspects: () => Promise.resolve(discovery.hasSuspects()),
    askAgain: () => discovery.askAgain({ pacer: pacers.slow, perSubnet: pace.perSubnet / 2, signal }),
    sample: () => losses.sample(),
    suspectSince: (sinceMs) => Promise.resolve(discovery.suspectSince({ sinceMs })),
    askedSince: (sinceMs) => Promise.resolve(discovery.askedSince(sinceMs)),
    state: () => stateOf(discovery, ids, sockets, { sendErrors, log }),
    setLimits({ rate, replyBandwidthBps }) {
      pacers.usual.setLimit(rate);
      pacers.slow.setLimit(rate / 2);
      budget.setLimit(replyBandwidthBps);
      return Promise.resolve();
    },
    close,
  };
}

/** The order of a partition, the same wherever it is computed. */
export function orderOf(
  { ranges, shard, pace, seed }: Pick<PartitionPlan, 'ranges' | 'shard' | 'pace' | 'seed'>,
  probes: readonly SelectedProbe[],
): Order {
  return createOrder({
    ranges: eachRange(ranges),
    forms: probes.reduce((sum, { probe }) => sum + probe.sweepForms.length, 0),
    pad: placesPerSubnet(pace),
    key: keyFrom(`order ${seed}`),
    shard,
  });
}

interface PartitionSocket {
  /** By its number in the plan. */
  readonly probe: number;
  readonly socket: GuardedSocket;
}

/** The usual pace, and half of it for what is asked again after losses. */
function pacersOf({
  pace: { rate },
  share,
}: PartitionPlan): Readonly<Record<'usual' | 'slow', Pacer & Adjustable>> {
  const pacerOf = (limit: number): Pacer & Adjustable =>
    share ? createPacerOfShare(limit, PACER_TICK_MS, share) : createPacer(limit, PACER_TICK_MS);
  return { usual: pacerOf(rate), slow: pacerOf(rate / 2) };
}

function discoverySettings(
  plan: PartitionPlan,
  { probes, guard, budget, clock, onSighting }: PartitionPorts,
  pacer: Pacer,
): Omit<Parameters<typeof createDiscovery>[0], 'openSocket'> {
  const { pace, share, cooldownMs, retries, tokenKey, start } = plan;
  return {
    order: orderOf(plan, probes),
    probes,
    rate: share ? pace.rate * (share.to - share.from) : pace.rate,
    perSubnet: pace.perSubnet,
    passGapMs: Math.max(restBetweenStagesMs({ pace, formGapMs: 0 }), Math.min(PASS_GAP_MS, cooldownMs)),
    cooldownMs,
    retries,
    tokenKey,
    start,
    pacer,
    budget,
    clock,
    onSighting,
    isOver: () => guard.isOver(clock.now()),
  };
}

async function stateOf(
  discovery: Discovery,
  ids: readonly string[],
  sockets: readonly PartitionSocket[],
  { sendErrors, log }: { readonly sendErrors: SendErrorCounts; readonly log: LossLog },
): Promise<PartitionState> {
  // Before anything is waited for: all of one moment.
  const place = {
    position: discovery.safePosition(),
    retried: discovery.safeRetried(),
    suspects: discovery.suspects(),
  };
  const unknown = discovery.unknown();
  const counters = {
    sweep: discovery.counts(),
    sent: ids.map((_, probe) => sentBy(sockets, probe)),
    sendErrors: sendErrors.list(),
    lossEvents: [...log.list()],
  };
  const facts = await Promise.all(
    sockets.map(async ({ probe, socket }) => ({
      probe: ids[probe] ?? '',
      socket: await factsOf(socket),
    })),
  );
  return { place, unknown, counters: { ...counters, sockets: facts } };
}

async function factsOf(socket: GuardedSocket): Promise<SocketFacts> {
  const { localAddress, localPort, receiveBufferBytes } = socket;
  return { localAddress, localPort, receiveBufferBytes, drops: await socket.readDrops() };
}

function sentBy(
  sockets: readonly PartitionSocket[],
  probe: number,
): { readonly sent: number; readonly sentBytes: number } {
  const sums = sockets.filter((entry) => entry.probe === probe).map(({ socket }) => socket.sent());
  return {
    sent: sums.reduce((sum, { datagrams }) => sum + datagrams, 0),
    sentBytes: sums.reduce((sum, { payloadBytes }) => sum + payloadBytes, 0),
  };
}

/** Eight words of a hash, so that any text will do as a seed. */
function keyFrom(text: string): Key {
  return new Uint32Array(new Uint8Array(createHash('sha256').update(text).digest()).buffer);
}

function explainBindError(sourceAddress: string | undefined): (error: unknown) => never {
  return (error) => {
    if (errorCode(error) === 'EAFNOSUPPORT')
      throw new UsageError('this machine has no IPv6', 'give IPv4 addresses and prefixes as targets');
    if (sourceAddress === undefined) throw error;
    throw new UsageError(
      `--source: cannot send from ${sourceAddress}: ${error instanceof Error ? error.message : String(error)}`,
      'name an address of this machine, as "ip address" lists them',
    );
  };
}
