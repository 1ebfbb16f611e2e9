import type { Probe } from '../../probes/probe.js';
import type { Address } from '../domain/address.js';
import type { Clock } from '../domain/time.js';
import type { Key } from './keyed-permutation.js';
import type { Ledger } from './ledger.js';
import { createLedger } from './ledger.js';
import type { LossSpans } from './loss-spans.js';
import { createLossSpans, joinedSpans, silentIn } from './loss-spans.js';
import type { Cursor, Order } from './order.js';
import type { Pacer, ReplyBudget } from './pacer.js';
import type { Pass } from './pass.js';
import { createPass } from './pass.js';
import type { OpenSweepSocket, ProbeChannel } from './probe-channel.js';
import { createProbeChannels, openProbeChannels } from './probe-channel.js';
import type { ReceivedCounts } from './receiver.js';
import { createReceiver } from './receiver.js';
import { createRoutes } from './routes.js';
import type { Sighting } from './sightings.js';
import type { Span } from './spans.js';
import type { Outcome, Sweep } from './sweep.js';
import { createSweep } from './sweep.js';
import type { WalkOptions } from './walk.js';
import { createWalk } from './walk.js';

export interface DiscoveryOptions {
  readonly order: Order;
  /** Their sweep forms, one probe after the other, are the forms of the order. */
  readonly probes: readonly { readonly probe: Probe; readonly port: number }[];
  /** Packets per second: what one probe's requests can at most be sent at. */
  readonly rate: number;
  readonly perSubnet: number;
  readonly cooldownMs: number;
  /** Passes after the first, over those that did not answer. Absent: none. */
  readonly retries?: number | undefined;
  /** Between two passes: longer than 1 / per_host, and than a reply takes. Absent: 2 s. */
  readonly passGapMs?: number | undefined;
  readonly pacer: Pacer;
  readonly budget: ReplyBudget;
  readonly clock: Clock;
  /** A secret of the run, never derived from the seed: replies prove themselves by it. */
  readonly tokenKey: Key;
  readonly openSocket: OpenSweepSocket;
  /** Whether nothing may be sent any more. Absent: never. */
  readonly isOver?: (() => boolean) | undefined;
  /** Hears of each sighting that is new or changed. */
  readonly onSighting?: ((sighting: Sighting) => void) | undefined;
  /** Where an earlier part of the same run came to; absent: from the beginning. */
  readonly start?: DiscoveryStart | undefined;
}

/** What a discovery needs to go on where another left off. */
export interface DiscoveryStart {
  /** The first position to be asked: what `safePosition` said. */
  readonly position: number;
  /** The same of each further pass: what `safeRetried` said. Absent: none has begun. */
  readonly retried?: readonly number[];
  /** What `suspects` said. */
  readonly suspects?: readonly (readonly Span[])[];
  readonly sightings: readonly Sighting[];
}

export interface SweepCounts extends ReceivedCounts {
  /** Handed to the kernel, by probe. */
  readonly sent: readonly number[];
  readonly sentBytes: readonly number[];
  /** Handed to the kernel, by pass; the last is the one that asks again after losses. */
  readonly sentInPass: readonly number[];
  /** Requests that the guard kept back. */
  readonly guarded: number;
}

/** The first sweep over the target space, the passes over what did not answer it, and the sweeps after losses. */
export interface Discovery {
  readonly ledger: Ledger;
  /** The next position to be asked. */
  position(): number;
  /**
   * Positions that are through, of all passes together, and how many there are. Some are passed over, so the packets
   * `sent` are counted apart.
   */
  progress(): { readonly done: number; readonly total: number; readonly sent: number };
  /** Below it every request's cooldown has passed: its answer is in the ledger, and it is not asked again. */
  safePosition(): number;
  /** The same of the second pass, and of any further one: each lies behind the one before. */
  safeRetried(): readonly number[];
  counts(): SweepCounts;
  /** The first sweep from where it is until `until`; then what it asked and did not answer, once for each retry. */
  run(until: { readonly untilMs: number; readonly signal: AbortSignal }): Promise<Outcome>;
  /**
   * Something was lost: what was asked since then and is silent may have answered.
   * @param loss sinceMs monotonic; the probe, or all of them.
   * @returns the positions, in pass k those from k × (positions of a pass) on; undefined for none.
   */
  suspectSince(loss: { readonly sinceMs: number; readonly probe?: number }): Span | undefined;
  /**
   * The system refused a request to this address.
   * @param isUnreachable it knows no way there: a loss only where it had known one in this run.
   */
  suspectAddress(refused: {
    readonly probe: number;
    readonly address: Address;
    readonly isUnreachable: boolean;
  }): Span | undefined;
  /** The positions of the first pass that losses have made suspect until now, by probe. */
  suspects(): readonly (readonly Span[])[];
  /** Whether any suspect is still silent. */
  hasSuspects(): boolean;
  /** A second sweep, over the suspects alone, a few at a time. It has suspects of its own. @param pacer a slower one. */
  askAgain(again: {
    readonly pacer: Pacer;
    readonly perSubnet: number;
    readonly signal: AbortSignal;
  }): Promise<'finished' | 'aborted'>;
  /** By probe: positions of which it is unknown whether they answer, unless they are in the ledger. */
  unknown(): readonly (readonly Span[])[];
}

/**
 * Enough to keep the kernel busy; more sends no faster. The replies to so many must fit the receive buffer,
 * which on an untuned system holds some 200 datagrams.
 */
const UNFINISHED_SENDS = 128;
/** Where something was lost, the buffer is smaller than that: a few strong amplifiers at once may fill it. */
const UNFINISHED_WHEN_ASKING_AGAIN = 16;
/** Longer than an answer takes; a shorter cooldown says that answers take less. */
export const PASS_GAP_MS = 2000;

/**
 * Joins the parts of a sweep. What needs none of the others lies in a file of its own; here is what they share.
 * @throws what `openSocket` throws.
 */
export async function createDiscovery(options: DiscoveryOptions): Promise<Discovery> {
  const { order, clock, retries = 0 } = options;
  const start: DiscoveryStart = options.start ?? { position: 0, sightings: [] };
  const ledger = createLedger(options.probes.length, start.sightings, options.onSighting);
  const channels = createProbeChannels(options);
  // The last one is that of the first sweep after losses.
  const passes = Array.from({ length: retries + 2 }, (_, index) => {
    const position = index === 0 ? start.position : (start.retried?.[index - 1] ?? 0);
    return createPass(index, position, channels, options);
  });
  const firstPass = passAt(passes, 0);
  const retryPasses = passes.slice(1, -1);
  /** Each sweep after losses has one of its own: replies to the one before may still be on their way. */
  let repairPass = passAt(passes, retries + 1);
  const receiver = createReceiver({ ...options, passes, ledger });
  const routes = createRoutes();
  const sent = channels.map(() => ({ datagrams: 0, bytes: 0 }));
  let guarded = 0;
  /** Of the sweep under way, and of all before it that were not asked again yet. */
  let suspects = createLossSpans(channels.length, passes, order.positions);
  for (const [probe, spans] of (start.suspects ?? []).entries())
    for (const span of spans) suspects.add(probe, span);
  /** What the sweep after losses asks; undefined before there is one. */
  let askedAgain: LossSpans | undefined;
  /** The pass whose requests leave now. */
  let current = firstPass;

  const sweepOver = (
    pass: Pass,
    walked: Pick<WalkOptions, 'spans' | 'pacer' | 'perSubnet' | 'skips'>,
    mostUnfinished: number,
  ): Sweep =>
    createSweep({
      walk: createWalk({ ...walked, order, channels, pass, budget: options.budget }),
      pass,
      clock,
      mostUnfinished,
      isOver: options.isOver ?? (() => false),
      onSent({ index }, address, payloadBytes) {
        const own = sent[index];
        if (own !== undefined) {
          own.datagrams++;
          own.bytes += payloadBytes;
        }
        routes.noteSent(address);
      },
      onGuarded: () => guarded++,
    });
  const isKnown = ({ index }: ProbeChannel, { address }: Cursor): boolean =>
    ledger.get(index, address) !== undefined;
  /** A request that was answered in an earlier part of the run is not sent again. */
  const isAnswered = ({ index, forms }: ProbeChannel, { address, form }: Cursor): boolean =>
    ledger.get(index, address)?.forms.has(form - forms.first) === true;
  const firstSweep = sweepOver(
    firstPass,
    {
      spans: [{ from: start.position, to: order.positions }],
      pacer: options.pacer,
      perSubnet: options.perSubnet,
      skips: start.sightings.length > 0 ? isAnswered : undefined,
    },
    UNFINISHED_SENDS,
  );
  await openProbeChannels(channels, order.families, options.openSocket, (...heard) => {
    receiver.receive(...heard);
  });

  return {
    ledger,
    position: () => firstPass.position,
    progress: () => ({
      done: passes.slice(0, retries + 1).reduce((sum, pass) => sum + pass.position, 0),
      total: order.positions * (retries + 1),
      sent: passes.reduce((sum, pass) => sum + pass.sent, 0),
    }),
    safePosition: () => safePositionIn(firstPass),
    safeRetried: () => retryPasses.map(safePositionIn),
    counts: () => ({
      ...receiver.counts(),
      guarded,
      sent: sent.map(({ datagrams }) => datagrams),
      sentBytes: sent.map(({ bytes }) => bytes),
      sentInPass: [
        ...passes.slice(0, retries + 1).map((pass) => pass.sent),
        passes.slice(retries + 1).reduce((sum, pass) => sum + pass.sent, 0),
      ],
    }),
    async run(until) {
      current = firstPass;
      const outcome = await firstSweep.run(until);
      return outcome === 'aborted' || (await retry(until.signal)) === 'aborted' ? 'aborted' : outcome;
    },
    suspectSince: (loss) => suspects.addSince(loss),
    suspectAddress({ probe, address, isUnreachable }) {
      const channel = channels[probe];
      const position = channel && latestAsked(channel, address);
      if (position === undefined) return undefined;
      // The first round asks every subnet, so one that fails in a later round for the first time had been reached.
      const wasAskedBefore = current !== firstPass || order.slotAt(position).round > 0;
      const hadRoute = !isUnreachable || routes.noteUnreachable(address, wasAskedBefore);
      if (hadRoute || askedAgain === undefined) suspects.add(probe, { from: position, to: position + 1 });
      const from = current.index * order.positions + position;
      return { from, to: from + 1 };
    },
    suspects: () => joinedByProbe(askedAgain?.list() ?? [], suspects.list()),
    hasSuspects() {
      const silent = { order, ledger, probes: options.probes };
      return suspects.list().some((spans, probe) => silentIn(silent, probe, spans).next().done !== true);
    },
    async askAgain({ signal, ...pace }) {
      const asked = suspects;
      if (askedAgain !== undefined) {
        repairPass = createPass(passes.length, 0, channels, options);
        passes.push(repairPass);
      }
      suspects = createLossSpans(channels.length, [repairPass], order.positions);
      askedAgain = asked;
      current = repairPass;
      for (const [probe, own] of repairPass.channels.entries())
        own.asked = (position) => asked.has(probe, position);
      const skips = (channel: ProbeChannel, slot: Cursor): boolean =>
        !asked.has(channel.index, slot.position) || isKnown(channel, slot);
      const spans = joinedSpans(asked.list());
      repairPass.position = spans[0]?.from ?? 0;
      const sweep = sweepOver(repairPass, { ...pace, spans, skips }, UNFINISHED_WHEN_ASKING_AGAIN);
      return (await sweep.run({ untilMs: Infinity, signal })) === 'aborted' ? 'aborted' : 'finished';
    },
    unknown() {
      if (askedAgain === undefined) return suspects.list();
      // What the second sweep has not come to is as unknown as before it.
      const { position } = repairPass;
      const left = askedAgain
        .list()
        .map((spans) =>
          spans.flatMap(({ from, to }) => (to > position ? { from: Math.max(from, position), to } : [])),
        );
      return joinedByProbe(left, suspects.list());
    },
  };

  async function retry(signal: AbortSignal): Promise<Outcome> {
    for (const pass of retryPasses) {
      const end = passAt(passes, pass.index - 1).position;
      if (pass.position >= end) continue;
      await clock.sleep(options.passGapMs ?? PASS_GAP_MS, signal);
      current = pass;
      const sweep = sweepOver(
        pass,
        {
          spans: [{ from: pass.position, to: end }],
          pacer: options.pacer,
          perSubnet: options.perSubnet,
          skips: isKnown,
        },
        UNFINISHED_SENDS,
      );
      if ((await sweep.run({ untilMs: Infinity, signal })) === 'aborted') return 'aborted';
    }
    return 'finished';
  }

  function safePositionIn({ log, position }: Pass): number {
    const safeMs = clock.monotonicMs() - options.cooldownMs;
    return log.latestMs <= safeMs ? position : log.rankBefore(safeMs);
  }

  /** The position at which the address was asked last in the pass under way. */
  function latestAsked({ index, forms }: ProbeChannel, address: Address): number | undefined {
    const isLeftOut = (position: number): boolean => current.channels[index]?.asked?.(position) === false;
    for (let form = forms.end - 1; form >= forms.first; form--) {
      const position = order.positionOf(address, form);
      if (position !== undefined && position < current.position && !isLeftOut(position)) return position;
    }
    return undefined;
  }
}

function passAt(passes: readonly Pass[], index: number): Pass {
  const pass = passes[index];
  if (pass === undefined) throw new RangeError(`no pass ${index}`);
  return pass;
}

function joinedByProbe(
  a: readonly (readonly Span[])[],
  b: readonly (readonly Span[])[],
): readonly (readonly Span[])[] {
  return b.map((spans, probe) => [...(a[probe] ?? []), ...spans]);
}
