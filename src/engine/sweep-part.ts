import { createHash } from 'node:crypto';
import type { Range } from '../domain/address.js';
import type { Clock } from '../domain/time.js';
import { UsageError } from '../domain/usage-error.js';
import type { Key } from '../sweep/keyed-permutation.js';
import type { Ledger, Sighting } from '../sweep/ledger.js';
import { createLossLog, createSendErrorCounts } from '../sweep/losses.js';
import type { Order } from '../sweep/order.js';
import { createOrder, placesPerSubnet } from '../sweep/order.js';
import type { Adjustable, Pacer, RateShare, ReplyBudget } from '../sweep/pacer.js';
import { createPacer, createPacerOfShare, PACER_TICK_MS } from '../sweep/pacer.js';
import type { Shard } from '../sweep/shard.js';
import type { Span } from '../sweep/spans.js';
import type { Sweep, SweepStart } from '../sweep/sweep.js';
import { createSweep } from '../sweep/sweep.js';
import type { Guard } from '../scope/guard.js';
import type { GuardedSocket, OpenGuardedSocket } from '../udp/guarded-socket.js';
import type { Swept } from './counted.js';
import { createSweepLossWatch } from './loss-watch.js';
import { restBetweenStagesMs } from './rest.js';
import type { SelectedProbe } from './selected-probe.js';

/** What one thread sweeps: whole subnets, in an order, at a pace and from sockets of its own. Plain data. */
export interface SweepPartPlan {
  readonly ranges: readonly Range[];
  /** Absent: all of them. */
  readonly shard?: Shard | undefined;
  /** Rate and reply budget are those of all parts together. */
  readonly pace: {
    readonly rate: number;
    readonly perSubnet: number;
    readonly perHost: number;
    readonly replyBandwidthBps: number;
  };
  /** What this part has of the rate. Absent: all of it. */
  readonly share?: RateShare | undefined;
  readonly retries: number;
  readonly receiveBufferBytes: number;
  readonly cooldownMs: number;
  readonly sourceAddress?: string | undefined;
  readonly seed: string;
  readonly tokenKey: Key;
  readonly start?: SweepStart | undefined;
}

/** The sweep, or the part of it that one thread does. What is asked of it may take a message there and back. */
export interface SweepPart {
  progress(): ReturnType<Sweep['progress']>;
  run(untilMs: number): ReturnType<Sweep['run']>;
  endCooldown(): Promise<void>;
  hasTouched(): Promise<boolean>;
  askAgain(): ReturnType<Sweep['askAgain']>;
  /** Reads the kernel's counters of its sockets now. */
  sample(): Promise<void>;
  /** All requests since then may have been lost. @returns the positions it touches. */
  touch(sinceMs: number): Promise<Span | undefined>;
  state(): Promise<SweepPartState>;
  setLimits(limits: { readonly rate: number; readonly replyBandwidthBps: number }): Promise<void>;
  close(): Promise<void>;
}

/** What a part of a sweep knows at one moment, but for its ledger. */
export interface SweepPartState {
  /** Where it could go on. */
  readonly place: SweepPlace;
  readonly unknown: ReturnType<Sweep['unknown']>;
  readonly counted: Swept;
}

/** Where a part of a sweep goes on; the sightings are kept for all parts together. */
export type SweepPlace = Omit<SweepStart, 'sightings'>;

/** Longer than an answer takes; a shorter cooldown says that answers take less. */
const PASS_GAP_MS = 2000;

/** @throws UsageError where the source address is not this machine's, or the machine has no IPv6 and needs it. */
export async function createSweepPart(
  plan: SweepPartPlan,
  given: {
    readonly probes: readonly SelectedProbe[];
    readonly guard: Guard;
    readonly openSocket: OpenGuardedSocket;
    readonly budget: ReplyBudget & Adjustable;
    readonly clock: Clock;
    readonly signal: AbortSignal;
    readonly onSighting?: (sighting: Sighting) => void;
  },
): Promise<SweepPart & { readonly ledger: Ledger }> {
  const { pace, share } = plan;
  const { probes, budget, clock, signal } = given;
  const pacerOf = (rate: number): Pacer & Adjustable =>
    share ? createPacerOfShare(rate, PACER_TICK_MS, share) : createPacer(rate, PACER_TICK_MS);
  const pacer = pacerOf(pace.rate);
  /** For what is asked again after losses. */
  const slowPacer = pacerOf(pace.rate / 2);
  const sendErrors = createSendErrorCounts();
  const log = createLossLog();
  const sockets: { readonly probe: number; readonly socket: GuardedSocket }[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(sockets.map(({ socket }) => socket.close()));
  };
  const losses = createSweepLossWatch({
    clock,
    cooldownMs: plan.cooldownMs,
    sendErrors,
    log,
    probes: probes.map(({ probe }) => probe.id),
    sweep: () => sweep,
    sockets: () => sockets,
  });
  const sweep = await createSweep({
    ...plan,
    order: orderOf(plan, probes),
    probes,
    rate: share ? pace.rate * (share.to - share.from) : pace.rate,
    perSubnet: pace.perSubnet,
    passGapMs: Math.max(restBetweenStagesMs(1000 / pace.perHost), Math.min(PASS_GAP_MS, plan.cooldownMs)),
    isOver: () => given.guard.isOver(clock.now()),
    pacer,
    budget,
    clock,
    onSighting: given.onSighting,
    async openSocket(index, onDatagram, family) {
      const socket = await given
        .openSocket({
          receiveBufferBytes: plan.receiveBufferBytes,
          sourceAddress: plan.sourceAddress,
          guard: given.guard,
          clock,
          family,
          onDatagram,
          onSendError(code, to) {
            losses.refused(index, code, to);
          },
        })
        .catch(explainBindError(plan.sourceAddress));
      sockets.push({ probe: index, socket });
      return socket;
    },
  }).catch(async (error: unknown) => {
    await close();
    throw error;
  });

  return {
    ledger: sweep.ledger,
    progress: () => sweep.progress(),
    run: (untilMs) => sweep.run({ untilMs, signal }),
    endCooldown() {
      sweep.endCooldown();
      return Promise.resolve();
    },
    hasTouched: () => Promise.resolve(sweep.hasTouched()),
    askAgain: () => sweep.askAgain({ pacer: slowPacer, perSubnet: pace.perSubnet / 2, signal }),
    sample: () => losses.sample(),
    touch: (sinceMs) => Promise.resolve(sweep.touch({ sinceMs })),
    async state() {
      const place = {
        position: sweep.safePosition(),
        retried: sweep.safeRetried(),
        touched: sweep.touched(),
      };
      return {
        place,
        unknown: sweep.unknown(),
        counted: {
          sweep: sweep.counts(),
          sent: probes.map((_, probe) => sentBy(probe)),
          sendErrors: sendErrors.list(),
          lossEvents: [...log.list()],
          sockets: await Promise.all(
            sockets.map(async ({ probe, socket }) => ({
              probe: probes[probe]?.probe.id ?? '',
              socket: {
                localAddress: socket.localAddress,
                localPort: socket.localPort,
                receiveBufferBytes: socket.receiveBufferBytes,
                drops: await socket.readDrops(),
              },
            })),
          ),
        },
      };
    },
    setLimits({ rate, replyBandwidthBps }) {
      pacer.setLimit(rate);
      slowPacer.setLimit(rate / 2);
      budget.setLimit(replyBandwidthBps);
      return Promise.resolve();
    },
    close,
  };

  function sentBy(probe: number): { readonly sent: number; readonly sentBytes: number } {
    const sums = sockets.filter((entry) => entry.probe === probe).map(({ socket }) => socket.sent());
    return {
      sent: sums.reduce((sum, { datagrams }) => sum + datagrams, 0),
      sentBytes: sums.reduce((sum, { payloadBytes }) => sum + payloadBytes, 0),
    };
  }
}

/** The order of a part, the same wherever it is computed. */
export function orderOf(
  { ranges, shard, pace, seed }: Pick<SweepPartPlan, 'ranges' | 'shard' | 'pace' | 'seed'>,
  probes: readonly SelectedProbe[],
): Order {
  return createOrder({
    ranges,
    forms: probes.reduce((sum, { probe }) => sum + probe.sweepForms.length, 0),
    pad: placesPerSubnet(pace),
    key: keyFrom(`order ${seed}`),
    shard,
  });
}

/** Eight words of a hash, so that any text will do as a seed. */
function keyFrom(text: string): Key {
  return new Uint32Array(new Uint8Array(createHash('sha256').update(text).digest()).buffer);
}

function explainBindError(sourceAddress: string | undefined): (error: unknown) => never {
  return (error) => {
    if (error instanceof Error && 'code' in error && error.code === 'EAFNOSUPPORT')
      throw new UsageError('this machine has no IPv6', 'give IPv4 addresses and prefixes as targets');
    if (sourceAddress === undefined) throw error;
    throw new UsageError(
      `--source: cannot send from ${sourceAddress}: ${error instanceof Error ? error.message : String(error)}`,
      'name an address of this machine, as "ip address" lists them',
    );
  };
}
