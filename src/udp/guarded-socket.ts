import type { Address } from '../domain/address.js';
import { familyOf, formatAddress } from '../domain/address.js';
import type { Clock, Instant } from '../domain/time.js';
import type {
  KernelSocket,
  KernelSocketHearer,
  KernelSocketOptions,
  OpenKernelSocket,
} from './kernel-socket.js';
import { openKernelSocket } from './kernel-socket.js';

/**
 * The one way a request leaves this program. Before each send it asks the guard, then the kernel; there is no
 * way around it and no raw socket anywhere: the kernel fills the source address.
 */
export interface GuardedSocket {
  readonly localAddress: string;
  readonly localPort: number;
  /** What the system gave, read back. */
  readonly receiveBufferBytes: number;
  /**
   * Hands one datagram to the kernel. False, and nothing is sent, when the guard does not allow it.
   * What the kernel refuses afterwards arrives at `onSendError`. The payload must not change until it has left.
   * @throws RangeError for an allowed address of the other family: the caller took the wrong socket.
   */
  send(payload: Uint8Array, to: Address, port: number): boolean;
  /** What the kernel has taken without error. */
  sent(): { readonly datagrams: number; readonly payloadBytes: number };
  /** Sends the kernel has not finished yet. */
  unfinished(): number;
  /**
   * Resolves when fewer than `count` sends are unfinished, at once where that is so; where it was not, only
   * after the replies that have come meanwhile are read.
   */
  unfinishedBelow(count: number): Promise<void>;
  /** Datagrams the kernel dropped for want of buffer; undefined where the system does not tell. */
  readDrops(): Promise<number | undefined>;
  close(): Promise<void>;
}

export interface GuardedSocketOptions extends Pick<
  KernelSocketOptions,
  'family' | 'receiveBufferBytes' | 'sourceAddress' | 'connectTo'
> {
  readonly onDatagram: (payload: Uint8Array, from: Address, port: number) => void;
  /** Asked before every single send, with the wall-clock time of that moment. */
  readonly guard: { mayAsk(address: Address, now: Instant): boolean };
  readonly clock: Pick<Clock, 'now'>;
  /** @param code the system's, such as `ENETUNREACH`. */
  readonly onSendError: (code: string, to: string) => void;
}

export type OpenGuardedSocket = (options: GuardedSocketOptions) => Promise<GuardedSocket>;

/** Enough for 32 times as many datagrams, what a large receive buffer holds of small ones. */
const MOST_READING_TURNS = 1024;

/**
 * @param openSocket the kernel's; a simulated network gives its own.
 * @throws the system's error where the socket cannot be made or bound (`EADDRNOTAVAIL` for a foreign source
 *   address, `EAFNOSUPPORT` on a machine without IPv6).
 */
export async function openGuardedSocket(
  options: GuardedSocketOptions,
  openSocket: OpenKernelSocket = openKernelSocket,
): Promise<GuardedSocket> {
  const { guard, clock, connectTo } = options;
  const mayConnect = connectTo !== undefined && guard.mayAsk(connectTo.address, clock.now());
  const traffic = new Traffic(options);
  const socket = await openSocket({
    family: options.family,
    receiveBufferBytes: options.receiveBufferBytes,
    sourceAddress: options.sourceAddress,
    connectTo: mayConnect ? connectTo : undefined,
    hearer: traffic,
  });
  return new Guarded(options, socket, traffic);
}

/** What the kernel tells of one socket. A class, as thousands of sockets are open at once: methods are shared. */
class Traffic implements KernelSocketHearer {
  received = 0;
  sentDatagrams = 0;
  sentBytes = 0;
  unfinished = 0;
  #waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  readonly #options: GuardedSocketOptions;

  constructor(options: GuardedSocketOptions) {
    this.#options = options;
  }

  onDatagram(payload: Uint8Array, from: Address, port: number): void {
    this.received++;
    this.#options.onDatagram(payload, from, port);
  }

  onSent(payloadBytes: number): void {
    this.sentDatagrams++;
    this.sentBytes += payloadBytes;
    this.#finish();
  }

  onRefused(code: string, to: string): void {
    this.#options.onSendError(code, to);
    this.#finish();
  }

  onError(code: string): void {
    const { onSendError, connectTo } = this.#options;
    onSendError(code, connectTo === undefined ? '' : formatAddress(connectTo.address));
  }

  below(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ count, resolve });
    });
  }

  #finish(): void {
    this.unfinished--;
    if (!this.#waiting.some(({ count }) => this.unfinished < count)) return;
    const ready = this.#waiting.filter(({ count }) => this.unfinished < count);
    this.#waiting = this.#waiting.filter(({ count }) => this.unfinished >= count);
    for (const { resolve } of ready) resolve();
  }
}

class Guarded implements GuardedSocket {
  readonly localAddress: string;
  readonly localPort: number;
  readonly receiveBufferBytes: number;
  readonly #options: GuardedSocketOptions;
  readonly #socket: KernelSocket;
  readonly #traffic: Traffic;

  constructor(options: GuardedSocketOptions, socket: KernelSocket, traffic: Traffic) {
    this.#options = options;
    this.#socket = socket;
    this.#traffic = traffic;
    this.localAddress = socket.localAddress;
    this.localPort = socket.localPort;
    this.receiveBufferBytes = socket.receiveBufferBytes;
  }

  send(payload: Uint8Array, to: Address, port: number): boolean {
    const { guard, clock, family, connectTo } = this.#options;
    if (!guard.mayAsk(to, clock.now())) return false;
    if (familyOf(to) !== family) throw new RangeError(`no IPv${family} address: ${formatAddress(to)}`);
    if (connectTo !== undefined && (to !== connectTo.address || port !== connectTo.port))
      throw new RangeError(`connected to another one than ${formatAddress(to)}`);
    this.#traffic.unfinished++;
    this.#socket.send(payload, to, port);
    return true;
  }

  sent(): ReturnType<GuardedSocket['sent']> {
    return { datagrams: this.#traffic.sentDatagrams, payloadBytes: this.#traffic.sentBytes };
  }

  unfinished(): number {
    return this.#traffic.unfinished;
  }

  async unfinishedBelow(count: number): Promise<void> {
    const traffic = this.#traffic;
    if (traffic.unfinished < count) return;
    await traffic.below(count);
    // A turn of the event loop reads 32 datagrams at most, and sends for as long as we let it: without this,
    // a sender that has no reason to wait fills its own receive buffer. Bounded, lest a flood stop the sweep.
    for (let turn = 0, before = -1; traffic.received > before && turn < MOST_READING_TURNS; turn++) {
      before = traffic.received;
      await this.#socket.nextTurn();
    }
  }

  readDrops(): Promise<number | undefined> {
    return this.#socket.readDrops();
  }

  close(): Promise<void> {
    return this.#socket.close();
  }
}
