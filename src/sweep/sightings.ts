import type { Address } from '../domain/address.js';
import type { Exchange, Reading, ResponderOrigin, Traffic } from '../domain/exchange.js';
import { NO_TRAFFIC, addTraffic } from '../domain/exchange.js';
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
  /** The form of the first reply; the sums are those of the responder's replies to it. */
  readonly form: number;
  readonly request: Uint8Array;
  /** The first reply's. */
  readonly firstReading: Reading;
  readonly firstPayloadBytes: number;
  readonly responder: Address;
  readonly responderPort: number;
  /** Where the responder is a stand-in for an address outside the scope (stand-in.ts). */
  readonly responderOrigin?: ResponderOrigin;
  readonly firstSeenAt: Instant;
  /**
   * Whole milliseconds from the request to the first reply; undefined where it is not known when the request left
   * (`sentMsOf`). A small integer takes a third of the memory of a time.
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
  /** Since the request left, in whole milliseconds; undefined where that is not known. */
  readonly afterMs?: number | undefined;
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

function withReply(known: Sighting, { form, from, traffic }: AttributedReply): Sighting {
  const forms = known.forms.has(form) ? known.forms : new Set(known.forms).add(form);
  if (!areSame(from, known.responder, known.probed))
    return {
      ...known,
      forms,
      offPathDatagrams: known.offPathDatagrams + 1,
      offPathBytes: known.offPathBytes + traffic.payloadBytes,
    };
  return form === known.form ? { ...known, forms, ...addTraffic(known, traffic) } : { ...known, forms };
}

/** What it takes the place of keeps its datagrams: they came, whatever they said. */
function replacing(known: Sighting | undefined, reply: AttributedReply, firstReading: Reading): Sighting {
  const isSameResponder = known !== undefined && areSame(known.responder, reply.from, reply.probed);
  const before = isSameResponder && known.form === reply.form ? known : NO_TRAFFIC;
  return {
    probed: reply.probed,
    probe: reply.probe,
    generation: nextGeneration(known),
    forms: new Set(known?.forms).add(reply.form),
    form: reply.form,
    request: reply.request,
    firstReading,
    firstPayloadBytes: reply.traffic.payloadBytes,
    responder: reply.from,
    responderPort: reply.port,
    firstSeenAt: reply.at,
    firstReplyMs: reply.afterMs,
    ...addTraffic(before, reply.traffic),
    offPathDatagrams: (known?.offPathDatagrams ?? 0) + (isSameResponder ? 0 : (known?.datagrams ?? 0)),
    offPathBytes: (known?.offPathBytes ?? 0) + (isSameResponder ? 0 : (known?.payloadBytes ?? 0)),
  };
}

/**
 * A sighting in the shape of an exchange: its replies are the first only, its sums are whole.
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
  const { datagrams, payloadBytes, ipPackets, wireBytes, responderOrigin: origin, firstReplyMs } = sighting;
  const caveats: Exchange['caveats'] = [
    ...(sighting.responder === sighting.probed ? [] : (['off-address'] as const)),
    ...(isLate ? (['late'] as const) : []),
    ...(lostReplies ? (['lossy'] as const) : []),
  ];
  return {
    form: formName,
    purpose: 'measure',
    seenIn: 'sweep',
    request: sighting.request,
    ...(firstReplyMs !== undefined && { requestedAt: sighting.firstSeenAt - firstReplyMs }),
    end: 'quiet',
    sent,
    received: { datagrams, payloadBytes, ipPackets, wireBytes },
    replies: [{ payloadBytes: sighting.firstPayloadBytes, reading: sighting.firstReading }],
    responder: { address: sighting.responder, port: sighting.responderPort, ...(origin && { origin }) },
    offPath: { datagrams: sighting.offPathDatagrams, payloadBytes: sighting.offPathBytes },
    caveats,
  };
}
