import type { Address } from '../domain/address.js';
import { familyOf } from '../domain/address.js';
import type { Exchange, Reading, ResponderOrigin, Traffic } from '../domain/exchange.js';
import { NO_TRAFFIC, addTraffic, trafficOf } from '../domain/exchange.js';
import { areSame } from '../domain/stand-in.js';
import type { Instant } from '../domain/time.js';

/**
 * What the sweep noted of one (probed address, probe): sums and the first reading, never the datagrams. A value: a
 * further reply makes another one of the same generation. Where a better reply takes the place of the first, it is
 * of the next generation, and what was measured of the one before does not count for it.
 */
export interface Sighting extends Traffic {
  readonly probed: Address;
  /** The number of the probe in the plan. */
  readonly probe: number;
  readonly generation: number;
  /** The sweep forms that were answered, by their number within the probe. */
  readonly forms: ReadonlySet<number>;
  /** The form of the first reply. */
  readonly form: number;
  /** What the first reply answers; the sums are those of the responder's replies to it, in that pass alone. */
  readonly request: Uint8Array;
  /**
   * Where nothing tells the replies to so many equal requests apart, each of another pass: then the sums are those
   * of all of them. Absent: they are those of one request.
   */
  readonly undivided?: { readonly requests: number; readonly largestPayloadBytes: number };
  /** How long the slowest first reply to a form took; absent where the sweep did not ask. */
  readonly tookMs?: number;
  /** The first reply's. */
  readonly firstReading: Reading;
  readonly firstPayloadBytes: number;
  readonly responder: Address;
  readonly responderPort: number;
  /** Where the responder is a stand-in for an address outside the scope (stand-in.ts). */
  readonly responderOrigin?: ResponderOrigin;
  readonly firstSeenAt: Instant;
  /**
   * Whole milliseconds from the request to the first reply; undefined where it is not known when the request left. A
   * small integer takes a third of the memory of a time.
   */
  readonly firstReplyMs?: number | undefined;
  /** Datagrams for the same request from yet other addresses. */
  readonly offPathDatagrams: number;
  readonly offPathBytes: number;
}

/** A datagram that was attributed to a request. */
export interface AttributedReply {
  readonly probe: number;
  readonly probed: Address;
  readonly form: number;
  readonly request: Uint8Array;
  readonly from: Address;
  readonly port: number;
  readonly traffic: Traffic;
  readonly at: Instant;
  /** The passes whose request it may answer. */
  readonly passes: readonly number[];
  /**
   * Whole milliseconds since each of these requests left, those left out of which that is not known. Called only for the
   * first reply to a form.
   */
  readonly agoMs: () => readonly number[];
  /** What the datagram says; called only where that decides something. */
  readonly read: () => Reading;
}

/**
 * The sighting after one more reply; undefined where the reply proves nothing and none was known. The first reply
 * that a reader knows counts, the asked address before any other: it may come later than an off-path sender.
 */
export function sightingAfter(known: Sighting | undefined, reply: AttributedReply): Sighting | undefined {
  const isOwn = reply.from === reply.probed;
  const ownComesLater = isOwn && known !== undefined && known.responder !== known.probed;
  if (known !== undefined && known.firstReading.kind !== 'unrecognised' && !ownComesLater)
    return withReply(known, reply);
  const reading = reply.read();
  if (reading.kind === 'unrecognised') {
    if (known !== undefined) return withReply(known, reply);
    // Another address that echoes a nonce but sends nonsense proves nothing about the one that was asked.
    if (!isOwn) return undefined;
  }
  return replacing(known, reply, reading);
}

/** The generation of a sighting that takes the place of this one. */
export function nextGeneration(known: Sighting | undefined): number {
  return known === undefined ? 0 : known.generation + 1;
}

function withReply(known: Sighting, reply: AttributedReply): Sighting {
  const { from, traffic } = reply;
  const forms = formsAfter(known, reply);
  if (!areSame(from, known.responder, known.probed))
    return {
      ...known,
      ...forms,
      offPathDatagrams: known.offPathDatagrams + 1,
      offPathBytes: known.offPathBytes + traffic.payloadBytes,
    };
  return isToSameRequest(known, reply)
    ? { ...known, ...forms, ...addTraffic(known, traffic), ...undividedAfter(known, reply) }
    : { ...known, ...forms };
}

function formsAfter(known: Sighting, reply: AttributedReply): Pick<Sighting, 'forms' | 'tookMs'> {
  if (known.forms.has(reply.form)) return { forms: known.forms };
  return { forms: new Set(known.forms).add(reply.form), tookMs: slowestMs(known, reply.agoMs()) };
}

/**
 * Where it may answer several requests, the longest time that a measurement waits for; where none is known, that of
 * the longest known.
 */
function slowestMs(known: Sighting | undefined, agoMs: readonly number[]): number {
  const likely = agoMs.filter((ms) => ms <= LONGEST_TOLD_MS);
  const tookMs = likely.length > 0 ? Math.max(...likely) : Math.min(LONGEST_TOLD_MS, ...agoMs);
  return Math.max(known?.tookMs ?? 0, tookMs);
}

/** No answer is waited for any longer. */
const LONGEST_TOLD_MS = 15_000;

/** The nonce makes requests of two passes differ; without one their bytes are the same. */
function isToSameRequest(known: Sighting, { form, request }: AttributedReply): boolean {
  return known.form === form && Buffer.compare(known.request, request) === 0;
}

/** The passes of the first reply count: since then the host is known, and no further pass asks it. */
function undividedAfter(
  known: Sighting | undefined,
  { passes, traffic }: AttributedReply,
): Pick<Sighting, 'undivided'> {
  const requests = known === undefined ? passes.length : (known.undivided?.requests ?? 1);
  if (requests === 1) return {};
  const before = known?.undivided?.largestPayloadBytes ?? 0;
  return { undivided: { requests, largestPayloadBytes: Math.max(before, traffic.payloadBytes) } };
}

/** What it takes the place of keeps its datagrams: they came, whatever they said. */
function replacing(known: Sighting | undefined, reply: AttributedReply, firstReading: Reading): Sighting {
  const isSameResponder = known !== undefined && areSame(known.responder, reply.from, reply.probed);
  const before = isSameResponder && isToSameRequest(known, reply) ? known : undefined;
  const agoMs = reply.agoMs();
  return {
    probed: reply.probed,
    probe: reply.probe,
    generation: nextGeneration(known),
    forms: new Set(known?.forms).add(reply.form),
    tookMs: slowestMs(known, agoMs),
    form: reply.form,
    request: reply.request,
    firstReading,
    firstPayloadBytes: reply.traffic.payloadBytes,
    responder: reply.from,
    responderPort: reply.port,
    firstSeenAt: reply.at,
    firstReplyMs: reply.passes.length === 1 ? agoMs[0] : undefined,
    ...addTraffic(before ?? NO_TRAFFIC, reply.traffic),
    ...undividedAfter(before, reply),
    offPathDatagrams: (known?.offPathDatagrams ?? 0) + (isSameResponder ? 0 : (known?.datagrams ?? 0)),
    offPathBytes: (known?.offPathBytes ?? 0) + (isSameResponder ? 0 : (known?.payloadBytes ?? 0)),
  };
}

/**
 * A sighting in the shape of an exchange: its replies are the first only, its sums those of one request.
 * @param isLate whether its first reply came after the cooldown.
 */
export function exchangeOfSighting(
  sighting: Sighting,
  {
    formName,
    sent,
    isLate = false,
    lostReplies = false,
  }: {
    readonly formName: string;
    readonly sent: Traffic;
    readonly isLate?: boolean;
    readonly lostReplies?: boolean;
  },
): Exchange {
  const { responderOrigin: origin, firstReplyMs } = sighting;
  const caveats: Exchange['caveats'] = [
    ...(sighting.responder === sighting.probed ? [] : (['off-address'] as const)),
    ...(isLate ? (['late'] as const) : []),
    ...(lostReplies ? (['lossy'] as const) : []),
    ...(sighting.undivided ? (['undivided'] as const) : []),
  ];
  return {
    form: formName,
    purpose: 'measure',
    seenIn: 'sweep',
    request: sighting.request,
    ...(firstReplyMs !== undefined && { requestedAt: sighting.firstSeenAt - firstReplyMs }),
    end: 'quiet',
    sent,
    received: ofOneRequest(sighting),
    replies: [{ payloadBytes: sighting.firstPayloadBytes, reading: sighting.firstReading }],
    responder: { address: sighting.responder, port: sighting.responderPort, ...(origin && { origin }) },
    offPath: { datagrams: sighting.offPathDatagrams, payloadBytes: sighting.offPathBytes },
    caveats,
  };
}

/**
 * What one of the requests brought at least, where the replies to several cannot be told apart: no less than the
 * largest datagram, and no less than an equal share of all.
 */
function ofOneRequest(sighting: Sighting): Traffic {
  const { datagrams, payloadBytes, ipPackets, wireBytes, undivided, probed } = sighting;
  if (undivided === undefined) return { datagrams, payloadBytes, ipPackets, wireBytes };
  const largest = trafficOf(undivided.largestPayloadBytes, familyOf(probed));
  const atLeast = (sum: number, ofLargest: number): number =>
    Math.max(ofLargest, Math.ceil(sum / undivided.requests));
  return {
    datagrams: atLeast(datagrams, largest.datagrams),
    payloadBytes: atLeast(payloadBytes, largest.payloadBytes),
    ipPackets: atLeast(ipPackets, largest.ipPackets),
    wireBytes: atLeast(wireBytes, largest.wireBytes),
  };
}
