import type { Probe } from '../../probes/probe.js';
import type { Address, Family } from '../domain/address.js';
import { familyOf, subnetOf } from '../domain/address.js';
import { NO_TRAFFIC, addTraffic, trafficOf } from '../domain/exchange.js';
import { areSame } from '../domain/stand-in.js';
import type { Clock } from '../domain/time.js';
import type { Key } from './keyed-permutation.js';
import type { Ledger, Sighting } from './ledger.js';
import { createLedger } from './ledger.js';
import type { Cursor, Order } from './order.js';
import type { Pacer, ReplyBudget, RoundPacer } from './pacer.js';
import { createRoundPacer } from './pacer.js';
import type { SentLog } from './sent-log.js';
import { createSentLog } from './sent-log.js';
import type { Span, Spans } from './spans.js';
import { createSpans } from './spans.js';
import type { Tokens } from './tokens.js';
import { createTokens } from './tokens.js';

/** What the sweep needs of a socket: it sends through nothing else. */
export interface SweepSocket {
  send(payload: Uint8Array, to: Address, port: number): boolean;
  unfinished(): number;
  unfinishedBelow(count: number): Promise<void>;
}

export type OpenSweepSocket = (
  probe: number,
  onDatagram: (payload: Uint8Array, from: Address, port: number) => void,
  /** Of the addresses it is to send to, and the only one it hears from. */
  family: Family,
) => Promise<SweepSocket>;

export interface SweepOptions {
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
  /** Whether nothing may be sent any more: then what a socket refused was not asked. Absent: never. */
  readonly isOver?: (() => boolean) | undefined;
  /** Hears of each sighting that is new or changed. */
  readonly onSighting?: ((sighting: Sighting) => void) | undefined;
  /** Where an earlier part of the same run came to; absent: from the beginning. */
  readonly start?: SweepStart | undefined;
}

/** What a sweep needs to go on where another left off. */
export interface SweepStart {
  /** The first position to be asked: what `safePosition` said. */
  readonly position: number;
  /** The same of each further pass: what `safeRetried` said. Absent: none has begun. */
  readonly retried?: readonly number[];
  /** What losses had touched by then, by probe: what `touched` said. */
  readonly touched?: readonly (readonly Span[])[];
  readonly sightings: readonly Sighting[];
}

export interface SweepCounts {
  /** Handed to the kernel, by probe. */
  readonly sent: readonly number[];
  readonly sentBytes: readonly number[];
  /** Handed to the kernel, by pass; the last is the one that asks again after losses. */
  readonly sentInPass: readonly number[];
  readonly receivedDatagrams: number;
  readonly receivedBytes: number;
  readonly unsolicitedDatagrams: number;
  readonly ambiguousDatagrams: number;
  readonly alienDatagrams: number;
  /** Requests that the scope's guard stopped. */
  readonly guarded: number;
}

/** The discovery: one paced pass over the target space, and further ones over those that did not answer. */
export interface Sweep {
  readonly ledger: Ledger;
  /** The next position to be asked. */
  position(): number;
  /** Positions that are through, of all passes together, and how many there are. */
  progress(): { readonly done: number; readonly total: number };
  /** Below it every request's cooldown has passed: who answered is in the ledger, and nobody there is asked again. */
  safePosition(): number;
  /** The same of the second pass, and of any further one: each lies behind the one before. */
  safeRetried(): readonly number[];
  counts(): SweepCounts;
  /**
   * Goes on from where it is until the end, until `untilMs` (monotonic), or until the signal; then asks those of
   * them again that did not answer, as many times as there are retries.
   */
  run(until: {
    readonly untilMs: number;
    readonly signal: AbortSignal;
  }): Promise<'finished' | 'paused' | 'aborted'>;
  /** From now on first replies are late ones, until the next `run`. */
  endCooldown(): void;
  /**
   * Something was lost: whoever was asked since then and is silent may have answered.
   * @param loss sinceMs monotonic; the probe it touches, or all of them.
   * @returns the positions it touches, in pass k those from k × (positions of a pass) on; undefined for none.
   */
  touch(loss: { readonly sinceMs: number; readonly probe?: number }): Span | undefined;
  /**
   * The system refused a request to this address.
   * @param isUnreachable it knows no way there: a loss only where it had known one in this run.
   */
  touchAddress(refused: {
    readonly probe: number;
    readonly address: Address;
    readonly isUnreachable: boolean;
  }): Span | undefined;
  /** The positions of the first pass that losses touched until now, by probe. */
  touched(): readonly (readonly Span[])[];
  /** Whether anybody whom a loss touched is still silent. */
  hasTouched(): boolean;
  /** Asks those once more, a few at a time. Whom a loss touches meanwhile may be asked yet again. @param pacer a slower one. */
  askAgain(again: {
    readonly pacer: Pacer;
    readonly perSubnet: number;
    readonly signal: AbortSignal;
  }): Promise<'finished' | 'aborted'>;
  /** By probe: positions of which nobody can say whether they answer, unless they are in the ledger. */
  unknown(): readonly (readonly Span[])[];
}

/**
 * Enough to keep the kernel busy; more sends no faster. The replies to so many must fit the receive buffer,
 * which on a system that nobody tuned holds some 200 datagrams.
 */
const UNFINISHED_SENDS = 128;
/** Where something was lost, the buffer is smaller than that: a few strong amplifiers at once may fill it. */
const UNFINISHED_WHEN_ASKING_AGAIN = 16;
const PASS_GAP_MS = 2000;
/** Losses are looked for each second, so what was sent must be known for longer than a cooldown. */
const LOG_SLACK_MS = 5000;
/** What a run that goes on asks again for want of knowing better. */
const LOG_RESOLUTION_MS = 50;
/** So many in a row that need no request, then others get a turn. */
const SKIPPED_IN_A_ROW = 4096;
/** Subnets of which is known whether there was a way to them. */
const MOST_ROUTES = 65_536;

/** @throws what `openSocket` throws. */
export async function createSweep(options: SweepOptions): Promise<Sweep> {
  const { order, clock, budget, retries = 0, passGapMs = PASS_GAP_MS } = options;
  const start: SweepStart = options.start ?? { position: 0, sightings: [] };
  const ledger = createLedger(options.probes.length, start.sightings, options.onSighting);
  const isContinued = start.sightings.length > 0;
  // The last one asks again after losses.
  const passes = Array.from({ length: retries + 2 }, (_, index): Pass => ({
    index,
    next: index === 0 ? start.position : (start.retried?.[index - 1] ?? 0),
    log: createSentLog(options.cooldownMs + LOG_SLACK_MS, LOG_RESOLUTION_MS),
    sent: 0,
  }));
  const first = passAt(0);
  const repair = passAt(retries + 1);
  const roundsOfFirst = createRoundPacer(options.perSubnet);
  const cursorOfFirst = order.cursor(start.position);
  let current = first;
  let afterCooldown = false;
  const routes = new Map<Address, { asked: number; failed: number }>();
  const counts = {
    receivedDatagrams: 0,
    receivedBytes: 0,
    unsolicitedDatagrams: 0,
    ambiguousDatagrams: 0,
    alienDatagrams: 0,
    guarded: 0,
  };
  // Last, for a socket may receive as soon as it is open: then all that `receive` needs must be there.
  const lanes = await openLanes(options, passes, receive);
  for (const [index, spans] of (start.touched ?? []).entries())
    for (const { from, to } of spans) lanes[index]?.touched.before.add(from, to);
  const laneOfForm = lanes.flatMap((lane) => lane.probe.sweepForms.map(() => lane));

  return {
    ledger,
    position: () => first.next,
    progress: () => ({
      done: passes.reduce((sum, pass) => (pass === repair ? sum : sum + pass.next), 0),
      total: order.positions * (retries + 1),
    }),
    safePosition: () => safeIn(first),
    safeRetried: () => passes.slice(1, -1).map(safeIn),
    counts: () => ({
      ...counts,
      sent: lanes.map(({ sent }) => sent),
      sentBytes: lanes.map(({ sentBytes }) => sentBytes),
      sentInPass: passes.map(({ sent }) => sent),
    }),
    endCooldown() {
      afterCooldown = true;
    },
    async run({ untilMs, signal }) {
      afterCooldown = false;
      const outcome = await walk({
        pass: first,
        cursor: cursorOfFirst,
        end: order.positions,
        untilMs,
        signal,
        pacer: options.pacer,
        rounds: roundsOfFirst,
        // Who answered an earlier part of the run is not asked the same again.
        skips: isContinued
          ? (lane, { address, form }) =>
              ledger.get(lane.index, address)?.forms.has(form - lane.firstForm) === true
          : undefined,
      });
      if (outcome === 'aborted') return outcome;
      for (const pass of passes.slice(1, -1)) {
        const end = passAt(pass.index - 1).next;
        if (pass.next >= end) continue;
        await clock.sleep(passGapMs, signal);
        const cursor = order.cursor(pass.next);
        beginAt(pass, pass.next);
        const again = await walk({
          pass,
          cursor,
          end,
          untilMs: Infinity,
          signal,
          pacer: options.pacer,
          rounds: createRoundPacer(options.perSubnet),
          skips: isKnown,
        });
        if (again === 'aborted') return again;
      }
      return outcome;
    },
    touch({ sinceMs, probe }) {
      let span: Span | undefined;
      for (const pass of current === repair ? [repair] : passes) {
        if (pass.log.latestMs < sinceMs) continue;
        const from = pass.log.rankBefore(sinceMs);
        for (const lane of lanes)
          if (probe === undefined || lane.index === probe) lane.touched[stage()].add(from, pass.next);
        const base = pass.index * order.positions;
        span = { from: Math.min(span?.from ?? Infinity, base + from), to: base + pass.next };
      }
      return span;
    },
    touchAddress({ probe, address, isUnreachable }) {
      const lane = lanes[probe];
      const position = lane && latestAsked(lane, address);
      if (lane === undefined || position === undefined) return undefined;
      const isLoss = !isUnreachable || noteUnreachable(address, position) || current !== repair;
      if (isLoss) lane.touched[stage()].add(position, position + 1);
      const from = current.index * order.positions + position;
      return { from, to: from + 1 };
    },
    touched: () => lanes.map(({ touched }) => [...touched.before.list(), ...touched.after.list()]),
    hasTouched: () =>
      lanes.some(({ index, touched }) => {
        const silent = silentIn({ order, ledger, probes: options.probes }, index, touched[stage()].list());
        return !silent.next().done;
      }),
    async askAgain({ pacer, perSubnet, signal }) {
      if (current === repair)
        for (const { touched } of lanes) {
          touched.before = touched.after;
          touched.after = createSpans();
        }
      current = repair;
      afterCooldown = false;
      const all = createSpans();
      for (const { touched } of lanes) for (const { from, to } of touched.before.list()) all.add(from, to);
      const rounds = createRoundPacer(perSubnet);
      for (const { from, to } of all.list()) {
        repair.next = from;
        beginAt(repair, from);
        const outcome = await walk({
          pass: repair,
          cursor: order.cursor(from),
          end: to,
          untilMs: Infinity,
          signal,
          pacer,
          rounds,
          skips: (lane, slot) => !lane.touched.before.has(slot.position) || isKnown(lane, slot),
        });
        if (outcome === 'aborted') return outcome;
      }
      return 'finished';
    },
    unknown: () =>
      lanes.map(({ touched: { before, after } }) => {
        if (current !== repair) return before.list();
        // Whom the pass that asks again has not come to is as unknown as before it.
        const left = before.list().filter(({ to }) => to > repair.next);
        return [...left.map(({ from, to }) => ({ from: Math.max(from, repair.next), to })), ...after.list()];
      }),
  };

  function passAt(index: number): Pass {
    const pass = passes[index];
    if (pass === undefined) throw new RangeError(`no pass ${index}`);
    return pass;
  }

  function stage(): keyof Lane['touched'] {
    return current === repair ? 'after' : 'before';
  }

  function safeIn(pass: Pass): number {
    const safeMs = clock.monotonicMs() - options.cooldownMs;
    return pass.log.latestMs <= safeMs ? pass.next : pass.log.rankBefore(safeMs);
  }

  /** Puts every lane's rank in the pass where this position has it. */
  function beginAt(pass: Pass, position: number): void {
    for (const lane of lanes) {
      const place = order.rankOf(position, lane.firstForm, lane.firstForm + lane.probe.sweepForms.length);
      rankIn(lane, pass).until = pass.index * lane.ranks + place;
    }
  }

  /** Asks the positions of a pass up to `end`, all but those it skips. */
  async function walk({ pass, cursor, end, untilMs, signal, pacer, rounds, skips }: Walk): Promise<Outcome> {
    current = pass;
    const window = pass === repair ? UNFINISHED_WHEN_ASKING_AGAIN : UNFINISHED_SENDS;
    let skipped = 0;
    while (pass.next < end) {
      if (cursor.position < pass.next) cursor.advance();
      const now = clock.monotonicMs();
      if (signal.aborted) return 'aborted';
      if (now >= untilMs) return 'paused';
      const lane = laneOfForm[cursor.form];
      if (lane === undefined) throw new RangeError(`no probe for form ${cursor.form}`);
      const ranks = rankIn(lane, pass);
      if (skips?.(lane, cursor) === true) {
        ranks.until++;
        pass.next++;
        if (++skipped % SKIPPED_IN_A_ROW === 0) await clock.sleep(1, signal);
        continue;
      }
      const waitMs = Math.max(rounds.waitMs(now, cursor.round), pacer.waitMs(now), budget.waitMs(now));
      if (waitMs > 0) {
        await clock.sleep(Math.min(waitMs, untilMs - now), signal);
        continue;
      }
      const socket = lane.sockets[familyOf(cursor.address)]?.[lane.tokens?.socketOf(ranks.until) ?? 0];
      if (socket === undefined) throw new RangeError(`no socket for form ${cursor.form}`);
      if (socket.unfinished() >= window) {
        await socket.unfinishedBelow(window / 2);
        continue;
      }
      const payload = requestOf(lane, cursor.form, ranks.until);
      const hasLeft = socket.send(payload, cursor.address, lane.port);
      // Where the authorisation has ended this position is still to be asked, by a run that goes on.
      if (!hasLeft && options.isOver?.() === true) return 'aborted';
      rounds.spend(now, cursor.round);
      pacer.spend(now);
      pass.log.note(now, pass.next);
      noteAsked(lane, cursor.address, payload.length, ranks, now, hasLeft);
      pass.next++;
    }
    return 'finished';
  }

  function noteAsked(
    lane: Lane,
    address: Address,
    payloadBytes: number,
    ranks: LaneRanks,
    now: number,
    hasLeft: boolean,
  ): void {
    ranks.log.note(now, ranks.until);
    ranks.until++;
    if (hasLeft) {
      lane.sent++;
      lane.sentBytes += payloadBytes;
      current.sent++;
      const route = routes.size === 0 ? undefined : routes.get(subnetOf(address).first);
      if (route !== undefined) route.asked++;
    } else counts.guarded++;
  }

  function isKnown(lane: Lane, { address }: Cursor): boolean {
    return ledger.get(lane.index, address) !== undefined;
  }

  /** The position at which the address was asked last in the pass under way. */
  function latestAsked(lane: Lane, address: Address): number | undefined {
    return lane.probe.sweepForms
      .map((_, form) => order.positionOf(address, lane.firstForm + form))
      .findLast((position) => position !== undefined && position < current.next);
  }

  /**
   * Whether the system had known a way to the address's subnet in this run. The first round asks every subnet, so
   * who fails in a later one for the first time had been reached before.
   */
  function noteUnreachable(address: Address, position: number): boolean {
    const subnet = subnetOf(address).first;
    let route = routes.get(subnet);
    if (route === undefined) {
      const before = current !== first || order.slotAt(position).round > 0 ? 1 : 0;
      route = { asked: 1 + before, failed: 0 };
      if (routes.size < MOST_ROUTES) routes.set(subnet, route);
    }
    route.failed++;
    return route.asked > route.failed;
  }

  function receive(lane: Lane, socket: number, payload: Uint8Array, from: Address, port: number): void {
    counts.receivedDatagrams++;
    counts.receivedBytes += payload.length;
    const traffic = trafficOf(payload.length, familyOf(from));
    budget.charge(clock.monotonicMs(), traffic.wireBytes * 8);
    const asked = attribute(lane, socket, payload, from, port);
    if (asked === 'unsolicited') {
      counts.unsolicitedDatagrams++;
      return;
    }
    if (asked === 'ambiguous') {
      counts.ambiguousDatagrams++;
      return;
    }
    const known = ledger.get(lane.index, asked.probed);
    const isOwn = from === asked.probed;
    const ownComesLater = known !== undefined && isOwn && known.responder !== known.probed;
    if (known !== undefined && known.firstReading.kind !== 'alien' && !ownComesLater) {
      ledger.add(known, { form: asked.form, from, traffic });
      return;
    }
    const reading = lane.probe.read(payload, asked.request);
    if (reading.kind === 'alien') counts.alienDatagrams++;
    if (reading.kind === 'alien' && known !== undefined) {
      ledger.add(known, { form: asked.form, from, traffic });
      return;
    }
    // Another address that echoes a nonce but talks nonsense proves nothing about the one we asked.
    if (reading.kind === 'alien' && !isOwn) return;
    // What it takes the place of keeps its datagrams: they came, whatever they said.
    const isSameResponder = known !== undefined && areSame(known.responder, from, asked.probed);
    const before = isSameResponder && known.form === asked.form ? known : NO_TRAFFIC;
    const sighting: Sighting = {
      probed: asked.probed,
      probe: lane.index,
      forms: new Set(known?.forms).add(asked.form),
      form: asked.form,
      request: asked.request,
      firstReading: reading,
      firstPayloadBytes: payload.length,
      responder: from,
      responderPort: port,
      firstSeenAt: clock.now(),
      late: afterCooldown,
      ...addTraffic(before, traffic),
      strangerDatagrams: (known?.strangerDatagrams ?? 0) + (isSameResponder ? 0 : (known?.datagrams ?? 0)),
      strangerBytes: (known?.strangerBytes ?? 0) + (isSameResponder ? 0 : (known?.payloadBytes ?? 0)),
    };
    ledger.put(sighting);
  }

  /** Which request a datagram answers: by its nonce where the protocol has one, else by the order's inverse. */
  function attribute(
    lane: Lane,
    socket: number,
    payload: Uint8Array,
    from: Address,
    port: number,
  ): Asked | 'unsolicited' | 'ambiguous' {
    const nonce = lane.tokens && lane.probe.nonce?.echoed(payload);
    if (nonce !== undefined && lane.tokens !== undefined) {
      const sinceMs = clock.monotonicMs() - options.cooldownMs;
      const sent = lane.passes.map(({ first, until, log, asked }) => ({
        first,
        since: log.latestMs < sinceMs ? until : log.rankBefore(sinceMs),
        until,
        asked,
      }));
      const match = lane.tokens.match({ from, nonce, socket, sent });
      if (match === 'ambiguous') return match;
      const slot = match && order.slotAt(match.position);
      // Ranks run over both families, so a socket can also be told the nonce of a request that left from the
      // other family's: no answer to that one could come here.
      if (match !== undefined && slot !== undefined && familyOf(slot.address) === familyOf(from)) {
        const { address: probed, form } = slot;
        return { probed, form: form - lane.firstForm, request: requestOf(lane, form, match.rank) };
      }
    }
    if (port !== lane.port || !isAsked(lane, from)) return 'unsolicited';
    return { probed: from, form: 0, request: requestOf(lane, lane.firstForm, 0) };
  }

  function isAsked(lane: Lane, address: Address): boolean {
    const position = order.positionOf(address, lane.firstForm);
    return position !== undefined && position < first.next;
  }
}

/** The addresses at these positions that the ledger does not know for the probe; one may come more than once. */
export function* silentIn(
  {
    order,
    ledger,
    probes,
  }: { readonly order: Order; readonly ledger: Ledger } & Pick<SweepOptions, 'probes'>,
  probe: number,
  spans: readonly Span[],
): Generator<Address, undefined> {
  const forms = probes.flatMap((selected, index) => selected.probe.sweepForms.map(() => index));
  for (const { from, to } of spans) {
    const cursor = order.cursor(from);
    while (cursor.advance() && cursor.position < to)
      if (forms[cursor.form] === probe && ledger.get(probe, cursor.address) === undefined)
        yield cursor.address;
  }
  return undefined;
}

type Outcome = Awaited<ReturnType<Sweep['run']>>;

interface Walk {
  readonly pass: Pass;
  readonly cursor: Cursor;
  readonly end: number;
  readonly untilMs: number;
  readonly signal: AbortSignal;
  readonly pacer: Pacer;
  readonly rounds: RoundPacer;
  readonly skips: ((lane: Lane, slot: Cursor) => boolean) | undefined;
}

/** One walk over the order: the first over all of it, the others over those that did not answer. */
interface Pass {
  readonly index: number;
  next: number;
  readonly log: SentLog;
  sent: number;
}

interface Asked {
  readonly probed: Address;
  /** Its number within the probe. */
  readonly form: number;
  readonly request: Uint8Array;
}

/** What belongs to one probe: its sockets, its forms in the order's numbering, its place among its requests. */
interface Lane {
  readonly index: number;
  readonly probe: Probe;
  readonly port: number;
  readonly firstForm: number;
  /** For each family of the order as many as the nonces need. */
  readonly sockets: Partial<Record<Family, SweepSocket[]>>;
  readonly tokens: Tokens | undefined;
  /** Requests of one pass. */
  readonly ranks: number;
  readonly passes: readonly LaneRanks[];
  /** Positions that losses touched: until the latest pass that asks again, and from then on. */
  readonly touched: { before: Spans; after: Spans };
  /** Requests without a nonce are always the same bytes. */
  readonly constant: Uint8Array | undefined;
  sent: number;
  sentBytes: number;
}

/** The requests of one probe in one pass: ranks from `first` to before `until`. */
interface LaneRanks {
  readonly first: number;
  until: number;
  readonly log: SentLog;
  readonly asked?: ((position: number) => boolean) | undefined;
}

function rankIn(lane: Lane, pass: Pass): LaneRanks {
  const ranks = lane.passes[pass.index];
  if (ranks === undefined) throw new RangeError(`no pass ${pass.index}`);
  return ranks;
}

async function openLanes(
  { order, probes, rate, cooldownMs, tokenKey, openSocket }: SweepOptions,
  passes: readonly Pass[],
  receive: (lane: Lane, socket: number, payload: Uint8Array, from: Address, port: number) => void,
): Promise<readonly Lane[]> {
  const lanes: Lane[] = [];
  let firstForm = 0;
  for (const [index, { probe, port }] of probes.entries()) {
    const end = firstForm + probe.sweepForms.length;
    const bits = probe.nonce?.bits;
    // As many sockets as keep every nonce unambiguous for the length of a cooldown.
    const count = bits === undefined ? 1 : Math.max(1, Math.ceil((rate * cooldownMs) / 1000 / 2 ** bits));
    const sockets: Lane['sockets'] = {};
    const ranks = order.addresses * probe.sweepForms.length;
    const touched = { before: createSpans(), after: createSpans() };
    const lane: Lane = {
      index,
      probe,
      port,
      firstForm,
      sockets,
      tokens:
        bits === undefined
          ? undefined
          : createTokens({
              order,
              forms: { first: firstForm, end },
              bits,
              sockets: count,
              key: tokenKey,
              tweak: index,
            }),
      ranks,
      touched,
      passes: passes.map(({ index: pass, next }) => {
        const first = pass * ranks;
        const place = next === 0 ? 0 : next < order.positions ? order.rankOf(next, firstForm, end) : ranks;
        return {
          first,
          until: first + place,
          log: createSentLog(cooldownMs),
          asked:
            pass === passes.length - 1
              ? (position: number): boolean => touched.before.has(position)
              : undefined,
        };
      }),
      constant: bits === undefined ? probe.sweepForms[0].encode(0) : undefined,
      sent: 0,
      sentBytes: 0,
    };
    for (const family of order.families) {
      const opened: SweepSocket[] = (sockets[family] = []);
      for (let socket = 0; socket < count; socket++)
        opened.push(
          await openSocket(
            index,
            (payload, from, senderPort) => {
              receive(lane, socket, payload, from, senderPort);
            },
            family,
          ),
        );
    }
    lanes.push(lane);
    firstForm = end;
  }
  return lanes;
}

/** The bytes of a request; the same again for the same rank, so a reply can be read against them. */
function requestOf(lane: Lane, form: number, rank: number): Uint8Array {
  if (lane.constant !== undefined) return lane.constant;
  const encoder = lane.probe.sweepForms[form - lane.firstForm];
  if (encoder === undefined || lane.tokens === undefined) throw new RangeError(`no form ${form}`);
  return encoder.encode(lane.tokens.nonceOf(rank));
}
