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
 * quiet or a cap ends it. Unconnected, because a connected socket would not show replies from other addresses.
 * @throws what `openSocket` throws, but for an error of the system.
 */
export async function runExchange(options: ExchangeOptions): Promise<ExchangeResult> {
  const { ask, to, port, clock } = options;
  const request = ask.form.encode(options.nonce);
  const heard = new Listening(options, request);
  const socket = await openedOrCode(
    options.openSocket({
      family: familyOf(to),
      onSendError(code) {
        heard.fail(code);
      },
      onDatagram(payload, from, senderPort) {
        heard.take(payload, from, senderPort);
      },
    }),
  );
  if (typeof socket === 'string')
    return { exchange: unsentExchange(options, request, socket), socketDrops: 0 };
  try {
    const requestedAt = clock.now();
    heard.begin();
    if (!socket.send(request, to, port)) heard.fail('OUT_OF_SCOPE');
    await socket.unfinishedBelow(1);
    let socketDrops: number;
    do {
      await heard.quiet();
      socketDrops = (await socket.readDrops()) ?? 0;
      // What waited in the socket while this process was busy has come by now, and the line was not quiet.
    } while (heard.isListening());
    const listenedMs = heard.end();
    const farewellBytes = await takeLeave(options, socket, heard);
    const exchange: Exchange = {
      form: ask.form.name,
      purpose: ask.purpose,
      seenIn: 'measurement',
      request,
      requestedAt,
      sent: trafficOf(request.length, familyOf(to)),
      ...heard.outcome(socketDrops),
      listenedMs,
      ...(farewellBytes !== undefined && { farewellBytes }),
    };
    return { exchange, socketDrops, localPort: socket.localPort };
  } finally {
    await socket.close();
  }
}

/** Ends what the request began, where the protocol has a word for it. @returns its length, where it left. */
async function takeLeave(
  { to, mayTakeLeave }: ExchangeOptions,
  socket: ExchangeSocket,
  heard: Listening,
): Promise<number | undefined> {
  const { farewell, responder } = heard.answered();
  // Another address that answered was not asked, so it is sent nothing.
  if (farewell === undefined || responder?.address !== to || heard.sendError !== undefined) return undefined;
  if (!(await mayTakeLeave())) return undefined;
  if (!socket.send(farewell, to, responder.port)) return undefined;
  await socket.unfinishedBelow(1);
  return farewell.length;
}

/**
 * What comes to the socket of one exchange, and when that is over: timers, datagrams and errors all may end it, once.
 * A class, for thousands are open at once: its methods are shared, and closures would be made anew for each.
 */
class Listening {
  readonly #options: ExchangeOptions;
  readonly #request: Uint8Array;
  readonly #own: Tally;
  /** Of the first other address that echoes the nonce. */
  #other: Tally | undefined;
  #offPath: Payloads = NO_PAYLOADS;
  /** Made for the first of them: most exchanges hear none. */
  #offPathSenders: Set<Address> | undefined;
  #askedBack: Payloads = NO_PAYLOADS;
  #sentMs = Infinity;
  #deadlineMs = Infinity;
  #isCapped = false;
  #isOver = false;
  #wake: (() => void) | undefined;
  /** The system's code, where it refused the request. */
  sendError: string | undefined;

  constructor(options: ExchangeOptions, request: Uint8Array) {
    this.#options = options;
    this.#request = request;
    this.#own = new Tally(options.probe, request);
  }

  /** The request leaves now. */
  begin(): void {
    const { clock, limits } = this.#options;
    this.#sentMs = clock.monotonicMs();
    this.#deadlineMs = this.#sentMs + limits.firstReplyMs;
  }

  fail(code: string): void {
    if (this.#isOver) return;
    this.sendError = code;
    this.#wake?.();
  }

  take(payload: Uint8Array, from: Address, port: number): void {
    const { probe, to, limits, clock, onReceived, onReply } = this.#options;
    const now = clock.monotonicMs();
    if (this.#isCapped || now < this.#sentMs) return;
    const traffic = trafficOf(payload.length, familyOf(from));
    onReceived(traffic);
    if (this.#isOver) return;
    if (from === to && probe.asksBack?.(payload) === true) {
      this.#askedBack = addPayloads(this.#askedBack, traffic);
      return;
    }
    const tally = this.#tallyFor(payload, from);
    if (tally === undefined) {
      this.#offPath = addPayloads(this.#offPath, traffic);
      this.#offPathSenders ??= new Set();
      if (this.#offPathSenders.size < MOST_SENDERS) this.#offPathSenders.add(from);
      return;
    }
    tally.add(payload, traffic, now - this.#sentMs, { address: from, port });
    onReply?.(payload, from);
    const gapMs = Math.max(limits.quietGapMs, GAP_GROWTH * tally.longestIntervalMs);
    this.#deadlineMs = Math.min(now + gapMs, this.#sentMs + limits.longestMs);
    const { datagrams, payloadBytes } = tally.received;
    this.#isCapped = datagrams >= limits.mostDatagrams || payloadBytes >= limits.mostBytes;
    if (this.#isCapped) this.#wake?.();
  }

  #tallyFor(payload: Uint8Array, from: Address): Tally | undefined {
    const { probe, to, nonce } = this.#options;
    if (from === to) return this.#own;
    if (this.#other !== undefined) return from === this.#other.responder?.address ? this.#other : undefined;
    if (probe.nonce?.echoed(payload) !== nonce) return undefined;
    this.#other = new Tally(probe, this.#request);
    return this.#other;
  }

  isListening(): boolean {
    if (this.#isCapped || this.sendError !== undefined) return false;
    return this.#options.clock.monotonicMs() < this.#deadlineMs;
  }

  /** Resolves when the line is quiet, a cap is reached or the request has failed. */
  quiet(): Promise<void> {
    const { clock, limits } = this.#options;
    return new Promise((resolve) => {
      let cancel = (): void => undefined;
      this.#wake = () => {
        cancel();
        resolve();
      };
      const look = (): void => {
        if (!this.isListening()) {
          resolve();
          return;
        }
        // No longer than a quiet gap at once: the first datagram brings the end nearer, down to one gap after it.
        const mostMs = clock.monotonicMs() + Math.max(limits.quietGapMs, 1);
        cancel = clock.schedule(Math.min(this.#deadlineMs, mostMs), look);
      };
      look();
    });
  }

  /** What comes from now on is of no account. @returns milliseconds of listening. */
  end(): number {
    this.#isOver = true;
    const { clock, limits } = this.#options;
    // Ended by the clock although datagrams were still coming.
    const isCut = this.#deadlineMs >= this.#sentMs + limits.longestMs;
    this.#isCapped ||= isCut && this.answered().responder !== undefined;
    return Math.ceil(clock.monotonicMs() - this.#sentMs);
  }

  /** The replies of the address that was asked, or of another one where that said nothing. */
  answered(): Tally {
    return this.#isOffAddress() ? (this.#other ?? this.#own) : this.#own;
  }

  #isOffAddress(): boolean {
    return this.#own.replies.length === 0 && this.#other !== undefined;
  }

  outcome(
    socketDrops: number,
  ): Pick<
    Exchange,
    | 'end'
    | 'received'
    | 'replies'
    | 'responder'
    | 'offPath'
    | 'offPathAddresses'
    | 'askedBack'
    | 'caveats'
    | 'sendError'
  > {
    const answered = this.answered();
    const { received, replies, responder } = answered;
    const caveats: readonly Caveat[] = [
      ...(this.#isCapped ? (['capped'] as const) : []),
      ...(socketDrops > 0 ? (['lossy'] as const) : []),
      ...(this.#isOffAddress() ? (['off-address'] as const) : []),
      ...(answered.hasDuplicates() ? (['duplicated'] as const) : []),
    ];
    const { sendError } = this;
    const other = this.#isOffAddress() ? undefined : this.#other;
    const addresses = (this.#offPathSenders?.size ?? 0) + (other === undefined ? 0 : 1);
    return {
      end: endOf({ sendError, capped: this.#isCapped, isAnswered: received.datagrams > 0 }),
      received,
      replies,
      ...(responder && { responder }),
      offPath: addPayloads(this.#offPath, other?.received ?? NO_PAYLOADS),
      ...(addresses > 0 && { offPathAddresses: addresses }),
      ...(this.#askedBack.datagrams > 0 && { askedBack: this.#askedBack }),
      caveats,
      ...(sendError !== undefined && sendError !== PORT_CLOSED && { sendError }),
    };
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

/** Payloads are read as they come and let go: what is kept of them is a size, a reading and a hash. */
class Tally {
  received: Traffic = NO_TRAFFIC;
  readonly replies: Reply[] = [];
  responder: Exchange['responder'];
  /** Between two datagrams. */
  longestIntervalMs = 0;
  /** The probe's, of the first datagram of which it makes one. */
  farewell: Uint8Array | undefined;
  readonly #probe: Probe;
  readonly #request: Uint8Array;
  readonly #hashes: string[] = [];

  constructor(probe: Probe, request: Uint8Array) {
    this.#probe = probe;
    this.#request = request;
  }

  add(payload: Uint8Array, traffic: Traffic, afterMs: number, from: Exchange['responder']): void {
    this.responder ??= from;
    this.farewell ??= this.#probe.farewell?.(payload, this.#request);
    const before = this.replies.at(-1)?.afterMs ?? afterMs;
    this.longestIntervalMs = Math.max(this.longestIntervalMs, afterMs - before);
    const reading = this.#probe.read(payload, this.#request);
    this.replies.push({ afterMs, payloadBytes: payload.length, reading });
    this.#hashes.push(hash('sha1', payload, 'base64'));
    this.received = addTraffic(this.received, traffic);
  }

  hasDuplicates(): boolean {
    return new Set(this.#hashes).size < this.#hashes.length;
  }
}
