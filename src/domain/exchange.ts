import type { Address, Family } from './address.js';
import { familyOf } from './address.js';
import type { Instant } from './time.js';

/** What one datagram says in answer to a request. */
export type Reading =
  | { readonly kind: 'answer'; readonly facts: Facts }
  /** `transient`: a failure or an empty answer, which may be another one tomorrow, and proves nothing closed. */
  | { readonly kind: 'refusal'; readonly reason: string; readonly transient?: true }
  | { readonly kind: 'unrecognised'; readonly why: string };

/** What an answer tells, in the probe's own words: only `judge` of the same probe reads them. */
export type Facts = Readonly<Record<string, string | number | boolean>>;

/**
 * Why a request was sent. Only `measure` exchanges give factors: a `prime` prepares the responder, a `prove`
 * shows what it is, a `rate-check` shows how it defends itself.
 */
export const PURPOSES = ['measure', 'prime', 'prove', 'rate-check'] as const;
export type Purpose = (typeof PURPOSES)[number];

/** What stands between a figure and the whole truth; every format shows it. */
export const CAVEATS = ['capped', 'lossy', 'undivided', 'off-address', 'duplicated', 'late'] as const;
export type Caveat = (typeof CAVEATS)[number];

/**
 * How an exchange ended. `closed`: an ICMP port unreachable came back, as a connected socket hears it; `unsent`: the
 * system refused.
 */
export const ENDS = ['quiet', 'capped', 'silent', 'closed', 'unsent'] as const;

/** Where an exchange was seen: on a socket of its own, or in the sweep. */
export const SEEN_IN = ['measurement', 'sweep'] as const;

/** The AS of a responder, as far as it is known. */
export interface ResponderOrigin {
  readonly asn?: number;
  readonly asName?: string;
}

/** Sums over datagrams, as a capture at our own interface would give them. */
export interface Traffic {
  readonly datagrams: number;
  /** UDP payload. */
  readonly payloadBytes: number;
  /** Fragments counted. */
  readonly ipPackets: number;
  /** Ethernet frames with FCS, padded to 64 bytes, without preamble and gap. */
  readonly wireBytes: number;
}

/** What is counted of datagrams that are part of no figure: never how many packets or frames they were. */
export type Payloads = Pick<Traffic, 'datagrams' | 'payloadBytes'>;

export const NO_PAYLOADS: Payloads = { datagrams: 0, payloadBytes: 0 };
export const NO_TRAFFIC: Traffic = { datagrams: 0, payloadBytes: 0, ipPackets: 0, wireBytes: 0 };

/** One datagram that came back. */
export interface Reply {
  /** Milliseconds after the request left. Absent for a reply of the sweep, which keeps no sending times. */
  readonly afterMs?: number;
  readonly payloadBytes: number;
  readonly reading: Reading;
}

/**
 * Exactly one request, and every datagram that came back until the line fell quiet or a cap ended it.
 * `received` counts all of them; `replies` holds each where the exchange had a socket of its own, and only the
 * first where it was seen in the sweep.
 */
export interface Exchange {
  readonly form: string;
  readonly purpose: Purpose;
  readonly seenIn: (typeof SEEN_IN)[number];
  readonly request: Uint8Array;
  /**
   * When the request left. Of one that the sweep sent it may be 50 ms earlier, and is absent where it is not known.
   */
  readonly requestedAt?: Instant;
  readonly end: (typeof ENDS)[number];
  readonly sent: Traffic;
  readonly received: Traffic;
  readonly replies: readonly Reply[];
  /** Where the replies came from: the asked address and port as a rule. Absent when nothing came. */
  readonly responder?: {
    readonly address: Address;
    readonly port: number;
    /** Whose it is, where the address is only a stand-in for one outside the scope (stand-in.ts). */
    readonly origin?: ResponderOrigin;
  };
  /** Datagrams from other addresses than the one that counts as responder: never part of a factor. */
  readonly offPath: Payloads;
  /** How many addresses these came from; the addresses themselves are not kept. Absent where they were not counted. */
  readonly offPathAddresses?: number;
  /** Questions that the host asked back: no answers, and never part of a factor. Absent: none. */
  readonly askedBack?: Payloads;
  /** Milliseconds from the request to the end of listening. Absent for a sighting. */
  readonly listenedMs?: number;
  /** Payload bytes of the datagram that ended it (`farewell` of the probe), never part of a factor. Absent: none. */
  readonly farewellBytes?: number;
  readonly caveats: readonly Caveat[];
  /** Why `end` is `unsent`: the system's error code. */
  readonly sendError?: string;
}

/** What the answers among an exchange's replies say, in order; refusals and unrecognised datagrams left out. */
export function answersIn({ replies }: Exchange): readonly Facts[] {
  return replies.flatMap(({ reading }) => (reading.kind === 'answer' ? [reading.facts] : []));
}

/** The reasons of the refusals among an exchange's replies, in order. */
export function refusalsIn({ replies }: Exchange): readonly string[] {
  return replies.flatMap(({ reading }) => (reading.kind === 'refusal' ? [reading.reason] : []));
}

const MTU = 1500;
const ETHERNET_OVERHEAD = 14 + 4;
const SMALLEST_FRAME = 64;
const UDP_HEADER = 8;

/**
 * One datagram on an Ethernet link of 1,500 bytes: how many IP packets, how many bytes of frames.
 * IPv4 (RFC 791 §3.2): 20-byte header, fragments of 1,480 bytes. IPv6 (RFC 8200 §4.5): 40-byte header, and
 * where it does not fit one packet an 8-byte fragment header in each and pieces of 1,448 bytes, the multiple of
 * 8 below the 1,452 that would fit (Linux holds the last piece to it as well).
 */
export function trafficOf(payloadBytes: number, family: Family): Traffic {
  const segment = payloadBytes + UDP_HEADER;
  const header = family === 4 ? 20 : 40;
  if (header + segment <= MTU)
    return { datagrams: 1, payloadBytes, ipPackets: 1, wireBytes: frameBytes(header + segment) };
  const fragmentHeader = family === 4 ? header : header + 8;
  const piece = Math.floor((MTU - fragmentHeader) / 8) * 8;
  const whole = Math.floor(segment / piece);
  const rest = segment % piece;
  return {
    datagrams: 1,
    payloadBytes,
    ipPackets: whole + (rest > 0 ? 1 : 0),
    wireBytes:
      whole * frameBytes(fragmentHeader + piece) + (rest > 0 ? frameBytes(fragmentHeader + rest) : 0),
  };
}

export function addTraffic(a: Traffic, b: Traffic): Traffic {
  return {
    datagrams: a.datagrams + b.datagrams,
    payloadBytes: a.payloadBytes + b.payloadBytes,
    ipPackets: a.ipPackets + b.ipPackets,
    wireBytes: a.wireBytes + b.wireBytes,
  };
}

export function addPayloads(a: Payloads, b: Payloads): Payloads {
  return { datagrams: a.datagrams + b.datagrams, payloadBytes: a.payloadBytes + b.payloadBytes };
}

function frameBytes(ipPacketBytes: number): number {
  return Math.max(SMALLEST_FRAME, ipPacketBytes + ETHERNET_OVERHEAD);
}

/** The window of the second figure, as measurements of amplifiers usually have it. */
export const SHORT_WINDOW_MS = 2000;

/** What had come back so long after the request; undefined where the exchange keeps no times. */
export function receivedWithin({ seenIn, replies, responder }: Exchange, ms: number): Traffic | undefined {
  if (seenIn === 'sweep') return undefined;
  const family = responder === undefined ? 4 : familyOf(responder.address);
  return replies
    .filter(({ afterMs = Infinity }) => afterMs <= ms)
    .map(({ payloadBytes }) => trafficOf(payloadBytes, family))
    .reduce(addTraffic, NO_TRAFFIC);
}

/** When the last datagram came, after the request; undefined where none came, or the exchange keeps no times. */
export function lastReplyMs({ replies }: Exchange): number | undefined {
  return replies.at(-1)?.afterMs;
}

/** Whether datagrams were still coming, as they had before, when a cap ended the exchange. */
export function wasStillSending({ end, replies, listenedMs }: Exchange): boolean {
  const times = replies.flatMap(({ afterMs }) => afterMs ?? []);
  const last = times.at(-1);
  if (end !== 'capped' || listenedMs === undefined || last === undefined) return false;
  const intervals = times.slice(1).map((ms, index) => ms - (times[index] ?? 0));
  return listenedMs - last <= Math.max(0, ...intervals);
}
