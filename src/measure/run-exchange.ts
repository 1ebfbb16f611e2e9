import { hash } from 'node:crypto';
import type { Ask, Nonce, Probe } from '../../probes/probe.js';
import type { Address, Family } from '../domain/address.js';
import { familyOf } from '../domain/address.js';
import type { Caveat, Exchange, Payloads, Reply, Traffic } from '../domain/exchange.js';
import { NO_PAYLOADS, NO_TRAFFIC, addPayloads, addTraffic, trafficOf } from '../domain/exchange.js';
import type { Clock } from '../domain/time.js';
import type { ExchangeLimits } from './exchange-limits.js';

/** What an exchange needs of a socket that is its own. */
export interface ExchangeSocket {
  /** Where the request comes from. */
  readonly localPort: number;
  send(payload: Uint8Array, to: Address, port: number): boolean;
  unfinishedBelow(count: number): Promise<void>;
  readDrops(): Promise<number | undefined>;
  close(): Promise<void>;
}

export type OpenExchangeSocket = (handlers: {
  /** Of the address that is to be asked. */
  readonly family: Family;
  readonly onDatagram: (payload: Uint8Array, from: Address, port: number) => void;
  readonly onSendError: (code: string) => void;
}) => Promise<ExchangeSocket>;

export interface ExchangeOptions {
  readonly probe: Probe;
  readonly ask: Ask;
  readonly nonce: Nonce;
  readonly to: Address;
  readonly port: number;
  readonly limits: ExchangeLimits;
  readonly openSocket: OpenExchangeSocket;
  readonly clock: Clock;
  /** Waits until the limits allow the probe's farewell; false where nothing may be sent any more. */
  readonly mayTakeLeave: () => Promise<boolean>;
  /** Called for what came back, as it comes. */
  readonly onReceived: (traffic: Traffic) => void;
  /** Called for each datagram that becomes one of the exchange's replies; otherwise payloads are let go. */
  readonly onReply?: ((payload: Uint8Array, from: Address) => void) | undefined;
}

/** An exchange, and the datagrams its socket lost. */
export interface ExchangeResult {
  readonly exchange: Exchange;
  readonly socketDrops: number;
  /** Where the request came from; absent where it never left. */
  readonly localPort?: number;
}

/**
 * Sends one request on a fresh unconnected socket and keeps everything that comes back until the line falls
 * quiet or a cap ends it. Unconnected, because a connected socket would not show replies from other addresses. One
 * closure, for timers, datagrams and errors all may end it, once.
 */
export async function runExchange(options: ExchangeOptions): Promise<ExchangeResult> {
  const { probe, ask, to, port, limits, clock } = options;
  const request = ask.form.encode(options.nonce);
  const own = createTally(probe, request);
  /** From the first other address that echoes the nonce. */
  const offAddress = createTally(probe, request);
  let offPath: Payloads = NO_PAYLOADS;
  const over = new AbortController();
  let sendError: string | undefined;
  let sentMs = Infinity;
  let deadlineMs: number;
  let capped = false;
  let isOver = false;
  let askedBack: Payloads = NO_PAYLOADS;
  const senders = new Set<Address>();

  const opened = await openedOrCode(
    options.openSocket({
      family: familyOf(to),
      onSendError(code) {
        if (isOver) return;
        sendError = code;
        over.abort();
      },
      onDatagram(payload, from, senderPort) {
        const now = clock.monotonicMs();
        if (capped || now < sentMs) return;
        const traffic = trafficOf(payload.length, familyOf(from));
        options.onReceived(traffic);
        if (isOver) return;
        if (from === to && probe.asksBack?.(payload) === true) {
          askedBack = addPayloads(askedBack, traffic);
          return;
        }
        const tally = tallyFor(payload, from);
        if (tally === undefined) {
          offPath = addPayloads(offPath, traffic);
          if (senders.size < MOST_SENDERS) senders.add(from);
          return;
        }
        tally.add(payload, traffic, now - sentMs, { address: from, port: senderPort });
        options.onReply?.(payload, from);
        const gapMs = Math.max(limits.quietGapMs, GAP_GROWTH * tally.longestIntervalMs());
        deadlineMs = Math.min(now + gapMs, sentMs + limits.longestMs);
        const { datagrams, payloadBytes } = tally.sum();
        capped = datagrams >= limits.mostDatagrams || payloadBytes >= limits.mostBytes;
        if (capped) over.abort();
      },
    }),
  );
  if (typeof opened === 'string')
    return { exchange: unsentExchange(options, request, opened), socketDrops: 0 };
  const socket = opened;
  const tallyFor = (payload: Uint8Array, from: Address): Tally | undefined => {
    if (from === to) return own;
    const other = offAddress.responder();
    if (other !== undefined) return from === other.address ? offAddress : undefined;
    return probe.nonce?.echoed(payload) === options.nonce ? offAddress : undefined;
  };
  /** Waits until the line is quiet or a cap is reached. */
  const listen = async (): Promise<void> => {
    while (isListening()) {
      // No longer than a quiet gap at once: the first datagram brings the end nearer, down to one gap after it.
      const waitMs = Math.min(deadlineMs - clock.monotonicMs(), Math.max(limits.quietGapMs, 1));
      await clock.sleep(waitMs, over.signal);
    }
  };
  /** What came to the socket and is no answer. @param isOffAddress whether the other address counts as the responder. */
  const otherTraffic = (
    isOffAddress: boolean,
  ): Pick<Exchange, 'offPath' | 'offPathAddresses' | 'askedBack'> => {
    const other: Payloads = isOffAddress ? NO_PAYLOADS : offAddress.sum();
    const addresses = senders.size + (other.datagrams > 0 ? 1 : 0);
    return {
      offPath: addPayloads(offPath, other),
      ...(addresses > 0 && { offPathAddresses: addresses }),
      ...(askedBack.datagrams > 0 && { askedBack }),
    };
  };
  /** Ends what the request began, where the protocol has a word for it. @returns its length, where it left. */
  const takeLeave = async (answered: Tally): Promise<number | undefined> => {
    const [farewell, responder] = [answered.farewell(), answered.responder()];
    // Another address that answered was not asked, so it is sent nothing.
    if (farewell === undefined || responder?.address !== to || sendError !== undefined) return undefined;
    if (!(await options.mayTakeLeave())) return undefined;
    if (!socket.send(farewell, to, responder.port)) return undefined;
    await socket.unfinishedBelow(1);
    return farewell.length;
  };
  const isListening = (): boolean => !over.signal.aborted && clock.monotonicMs() < deadlineMs;
  try {
    const requestedAt = clock.now();
    sentMs = clock.monotonicMs();
    deadlineMs = sentMs + limits.firstReplyMs;
    if (!socket.send(request, to, port)) {
      sendError = 'OUT_OF_SCOPE';
      over.abort();
    }
    await socket.unfinishedBelow(1);
    let socketDrops: number;
    do {
      await listen();
      socketDrops = (await socket.readDrops()) ?? 0;
      // What waited in the socket while this process was busy has come by now, and the line was not quiet.
    } while (isListening());

    const isOffAddress = own.sum().datagrams === 0 && offAddress.sum().datagrams > 0;
    const answered = isOffAddress ? offAddress : own;
    const responder = answered.responder();
    const listenedMs = Math.ceil(clock.monotonicMs() - sentMs);
    isOver = true;
    const farewellBytes = await takeLeave(answered);
    // Ended by the clock although datagrams were still coming.
    capped ||= deadlineMs >= sentMs + limits.longestMs && responder !== undefined;
    const received = answered.sum();
    const caveats: readonly Caveat[] = [
      ...(capped ? (['capped'] as const) : []),
      ...(socketDrops > 0 ? (['lossy'] as const) : []),
      ...(isOffAddress ? (['off-address'] as const) : []),
      ...(answered.hasDuplicates() ? (['duplicated'] as const) : []),
    ];
    const exchange: Exchange = {
      form: ask.form.name,
      purpose: ask.purpose,
      seenIn: 'measurement',
      request,
      requestedAt,
      end: endOf({ sendError, capped, isAnswered: received.datagrams > 0 }),
      sent: trafficOf(request.length, familyOf(to)),
      received,
      replies: answered.replies(),
      ...(responder && { responder }),
      ...otherTraffic(isOffAddress),
      caveats,
      listenedMs,
      ...(farewellBytes !== undefined && { farewellBytes }),
      ...(sendError !== undefined && sendError !== PORT_CLOSED && { sendError }),
    };
    return { exchange, socketDrops, localPort: socket.localPort };
  } finally {
    await socket.close();
  }
}

/**
 * The usual schedule doubles (0, 1, 3, 7, 15, 31 s: TFTP, L2TP, CoAP, OpenVPN, IKE), with some noise. So a gap of 2.5
 * times the longest interval waits for the next one.
 */
const GAP_GROWTH = 2.5;
/** Of other senders so many are told apart: their number is up to them. */
const MOST_SENDERS = 1000;

/** An ICMP port unreachable as the system tells it, of a request that has left: no failure to send. */
export const PORT_CLOSED = 'ECONNREFUSED';

function endOf({
  sendError,
  capped,
  isAnswered,
}: {
  readonly sendError: string | undefined;
  readonly capped: boolean;
  readonly isAnswered: boolean;
}): Exchange['end'] {
  // A host that answers has no closed port, whatever came after that.
  if (sendError === PORT_CLOSED) return isAnswered ? 'quiet' : 'closed';
  if (sendError !== undefined) return 'unsent';
  if (capped) return 'capped';
  return isAnswered ? 'quiet' : 'silent';
}

/** The socket, or the system's code for why there is none. @throws what is no error of the system. */
async function openedOrCode(opening: Promise<ExchangeSocket>): Promise<ExchangeSocket | string> {
  try {
    return await opening;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return String(error.code);
    throw error;
  }
}

function unsentExchange(
  { ask, clock, to }: ExchangeOptions,
  request: Uint8Array,
  sendError: string,
): Exchange {
  return {
    form: ask.form.name,
    purpose: ask.purpose,
    seenIn: 'measurement',
    request,
    requestedAt: clock.now(),
    end: 'unsent',
    sent: trafficOf(request.length, familyOf(to)),
    received: NO_TRAFFIC,
    replies: [],
    offPath: NO_PAYLOADS,
    caveats: [],
    sendError,
  };
}

interface Tally {
  add(payload: Uint8Array, traffic: Traffic, afterMs: number, from: NonNullable<Exchange['responder']>): void;
  sum(): Traffic;
  replies(): readonly Reply[];
  responder(): Exchange['responder'];
  hasDuplicates(): boolean;
  /** Between two datagrams. */
  longestIntervalMs(): number;
  /** The probe's, of the first datagram of which it makes one. */
  farewell(): Uint8Array | undefined;
}

/** Payloads are read as they come and let go: what is kept of them is a size, a reading and a hash. */
function createTally(probe: Probe, request: Uint8Array): Tally {
  let sum = NO_TRAFFIC;
  const replies: Reply[] = [];
  const hashes = new Set<string>();
  let responder: Exchange['responder'];
  let longestIntervalMs = 0;
  let farewell: Uint8Array | undefined;
  return {
    add(payload, traffic, afterMs, from) {
      responder ??= from;
      farewell ??= probe.farewell?.(payload, request);
      const before = replies.at(-1)?.afterMs ?? afterMs;
      longestIntervalMs = Math.max(longestIntervalMs, afterMs - before);
      replies.push({ afterMs, payloadBytes: payload.length, reading: probe.read(payload, request) });
      hashes.add(hash('sha1', payload, 'base64'));
      sum = addTraffic(sum, traffic);
    },
    sum: () => sum,
    replies: () => replies,
    responder: () => responder,
    hasDuplicates: () => hashes.size < replies.length,
    longestIntervalMs: () => longestIntervalMs,
    farewell: () => farewell,
  };
}
