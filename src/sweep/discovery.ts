import type { Probe } from '../../probes/probe.js';
import type { Address } from '../domain/address.js';
import type { Clock } from '../domain/time.js';
import type { Key } from './keyed-permutation.js';
import type { Ledger } from './ledger.js';
import { createLedger } from './ledger.js';
import { joinedSpans, silentIn } from './loss-spans.js';
import type { Cursor, Order } from './order.js';
import type { Pacer, ReplyBudget } from './pacer.js';
import type { Pass } from './pass.js';
import type { Passes } from './passes.js';
import { createPasses } from './passes.js';
import type { OpenSweepSocket, ProbeChannel } from './probe-channel.js';
import { createProbeChannels, openProbeChannels } from './probe-channel.js';
import type { ReceivedCounts } from './receiver.js';
import { createReceiver } from './receiver.js';
import type { Routes } from './routes.js';
import { createRoutes } from './routes.js';
import type { Sighting } from './sightings.js';
import type { Span } from './spans.js';
import type { Suspects } from './suspects.js';
import { createSuspects } from './suspects.js';
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
  /** The positions that were asked since then (monotonic), in each pass that asked any; maybe some more. */
  askedSince(sinceMs: number): readonly Span[];
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
 * Joins the parts of a sweep: each lies in a file of its own, and what they share is made here.
 * @throws what `openSocket` throws.
 */
export async function createDiscovery(options: DiscoveryOptions): Promise<Discovery> {
  const { order, probes } = options;
  const start: DiscoveryStart = options.start ?? { position: 0, sightings: [] };
  const ledger = createLedger(probes.length, start.sightings, options.onSighting);
  const channels = createProbeChannels(options);
  const passes = createPasses(options, channels, [start.position, ...(start.retried ?? [])]);
  const receiver = createReceiver({ ...options, passes: passes.all, ledger });
  const suspects = createSuspects(
    passes,
    { probes: channels.length, positions: order.positions },
    start.suspects,
  );
  const sender = createSender(options, channels);
  const parts: Parts = { options, ledger, channels, passes, suspects, sender };
  const run = createRun(parts, start);
  await openProbeChannels(channels, order.families, options.openSocket, (...heard) => {
    receiver.receive(...heard);
  });
  return {
    ledger,
    position: () => passes.first.position,
    progress: () => progressOf(parts),
    safePosition: () => safePositionIn(passes.first, options),
    safeRetried: () => passes.retries.map((pass) => safePositionIn(pass, options)),
    counts: () => ({ ...receiver.counts(), ...sender.counts(), sentInPass: sentInPass(passes) }),
    run,
    suspectSince: (loss) => suspects.current().addSince(loss),
    askedSince: (sinceMs) =>
      passes.all.flatMap(({ log, position }) =>
        log.latestMs < sinceMs ? [] : { from: log.rankBefore(sinceMs), to: position },
      ),
    suspectAddress: (refused) => suspectAddress(parts, refused),
    suspects: () => suspects.list(),
    hasSuspects: () =>
      suspects
        .current()
        .list()
        .some((spans, probe) => silentIn({ order, ledger, probes }, probe, spans).next().done !== true),
    askAgain: (again) => askAgain(parts, again),
    unknown: () => suspects.unknown(),
  };
}

/** What the stages of a discovery share. */
interface Parts {
  readonly options: DiscoveryOptions;
  readonly ledger: Ledger;
  readonly channels: readonly ProbeChannel[];
  readonly passes: Passes;
  readonly suspects: Suspects;
  readonly sender: Sender;
}

/** Makes the sweeps, and counts what all of them sent. */
interface Sender {
  readonly routes: Routes;
  sweepOver(
    pass: Pass,
    walked: Pick<WalkOptions, 'spans' | 'pacer' | 'perSubnet' | 'skips'>,
    mostUnfinished: number,
  ): Sweep;
  counts(): Pick<SweepCounts, 'sent' | 'sentBytes' | 'guarded'>;
}

function createSender(
  { order, budget, clock, isOver = () => false }: DiscoveryOptions,
  channels: readonly ProbeChannel[],
): Sender {
  const routes = createRoutes();
  const sent = channels.map(() => ({ datagrams: 0, bytes: 0 }));
  let guarded = 0;
  return {
    routes,
    sweepOver: (pass, walked, mostUnfinished) =>
      createSweep({
        walk: createWalk({ ...walked, order, channels, pass, budget }),
        pass,
        clock,
        mostUnfinished,
        isOver,
        onSent({ index }, address, payloadBytes) {
          const own = sent[index];
          if (own !== undefined) {
            own.datagrams++;
            own.bytes += payloadBytes;
          }
          routes.noteSent(address);
        },
        onGuarded: () => guarded++,
      }),
    counts: () => ({
      guarded,
      sent: sent.map(({ datagrams }) => datagrams),
      sentBytes: sent.map(({ bytes }) => bytes),
    }),
  };
}

/** The first sweep, which may be run in parts, and after each the retries of what it asked. */
function createRun(parts: Parts, start: DiscoveryStart): Discovery['run'] {
  const { options, ledger, passes, sender } = parts;
  const { order, pacer, perSubnet } = options;
  /** A request that was answered in an earlier part of the run is not sent again. */
  const isAnswered = ({ index, forms }: ProbeChannel, { address, form }: Cursor): boolean =>
    ledger.get(index, address)?.forms.has(form - forms.first) === true;
  const firstSweep = sender.sweepOver(
    passes.first,
    {
      spans: [{ from: start.position, to: order.positions }],
      pacer,
      perSubnet,
      skips: start.sightings.length > 0 ? isAnswered : undefined,
    },
    UNFINISHED_SENDS,
  );
  return async (until) => {
    passes.current = passes.first;
    const outcome = await firstSweep.run(until);
    return outcome === 'aborted' || (await retry(parts, until.signal)) === 'aborted' ? 'aborted' : outcome;
  };
}

/** Asks what the pass before asked and did not hear, once for each retry. */
async function retry(
  { options, ledger, passes, sender }: Parts,
  signal: AbortSignal,
): Promise<'finished' | 'aborted'> {
  const { clock, pacer, perSubnet, passGapMs = PASS_GAP_MS } = options;
  for (const pass of passes.retries) {
    const end = passes.all[pass.index - 1]?.position ?? 0;
    if (pass.position >= end) continue;
    await clock.sleep(passGapMs, signal);
    passes.current = pass;
    const spans = [{ from: pass.position, to: end }];
    const walked = { spans, pacer, perSubnet, skips: isKnownTo(ledger) };
    const sweep = sender.sweepOver(pass, walked, UNFINISHED_SENDS);
    if ((await sweep.run({ untilMs: Infinity, signal })) === 'aborted') return 'aborted';
  }
  return 'finished';
}

async function askAgain(
  { ledger, passes, suspects, sender }: Parts,
  { signal, ...pace }: Parameters<Discovery['askAgain']>[0],
): Promise<'finished' | 'aborted'> {
  if (suspects.askedAgain() !== undefined) passes.addRepair();
  const asked = suspects.beginRepair();
  const pass = passes.repair();
  passes.current = pass;
  for (const [probe, own] of pass.channels.entries()) own.asked = (position) => asked.has(probe, position);
  const isKnown = isKnownTo(ledger);
  const skips = (channel: ProbeChannel, slot: Cursor): boolean =>
    !asked.has(channel.index, slot.position) || isKnown(channel, slot);
  const spans = joinedSpans(asked.list());
  pass.position = spans[0]?.from ?? 0;
  const sweep = sender.sweepOver(pass, { ...pace, spans, skips }, UNFINISHED_WHEN_ASKING_AGAIN);
  return (await sweep.run({ untilMs: Infinity, signal })) === 'aborted' ? 'aborted' : 'finished';
}

function isKnownTo(ledger: Ledger): (channel: ProbeChannel, slot: Cursor) => boolean {
  return ({ index }, { address }) => ledger.get(index, address) !== undefined;
}

function suspectAddress(
  { options: { order }, channels, passes, suspects, sender }: Parts,
  { probe, address, isUnreachable }: Parameters<Discovery['suspectAddress']>[0],
): Span | undefined {
  const channel = channels[probe];
  const { current } = passes;
  const position = channel && latestAsked(current, channel, address, order);
  if (position === undefined) return undefined;
  // The first round asks every subnet, so one that fails in a later round for the first time had been reached.
  const wasAskedBefore = current !== passes.first || order.slotAt(position).round > 0;
  const hadRoute = !isUnreachable || sender.routes.noteUnreachable(address, wasAskedBefore);
  if (hadRoute || suspects.askedAgain() === undefined)
    suspects.current().add(probe, { from: position, to: position + 1 });
  const from = current.index * order.positions + position;
  return { from, to: from + 1 };
}

/** The position at which the address was asked last in the pass under way. */
function latestAsked(
  current: Pass,
  { index, forms }: ProbeChannel,
  address: Address,
  order: Order,
): number | undefined {
  const isLeftOut = (position: number): boolean => current.channels[index]?.asked?.(position) === false;
  for (let form = forms.end - 1; form >= forms.first; form--) {
    const position = order.positionOf(address, form);
    if (position !== undefined && position < current.position && !isLeftOut(position)) return position;
  }
  return undefined;
}

function progressOf({ options: { order }, passes }: Parts): ReturnType<Discovery['progress']> {
  const planned = [passes.first, ...passes.retries];
  return {
    done: planned.reduce((sum, pass) => sum + pass.position, 0),
    total: order.positions * planned.length,
    sent: passes.all.reduce((sum, pass) => sum + pass.sent, 0),
  };
}

/** By pass; those after losses as one. */
function sentInPass({ all, first, retries }: Passes): readonly number[] {
  const planned = [first, ...retries];
  return [
    ...planned.map(({ sent }) => sent),
    all.slice(planned.length).reduce((sum, { sent }) => sum + sent, 0),
  ];
}

function safePositionIn(
  { log, position }: Pass,
  { clock, cooldownMs }: Pick<DiscoveryOptions, 'clock' | 'cooldownMs'>,
): number {
  const safeMs = clock.monotonicMs() - cooldownMs;
  return log.latestMs <= safeMs ? position : log.rankBefore(safeMs);
}
