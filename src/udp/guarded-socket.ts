import type { Address } from '../domain/address.js';
import { familyOf, formatAddress } from '../domain/address.js';
import type { Clock, Instant } from '../domain/time.js';
import type { KernelSocketOptions, OpenKernelSocket } from './kernel-socket.js';
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
  'family' | 'receiveBufferBytes' | 'sourceAddress' | 'connectTo' | 'onDatagram'
> {
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
 * One closure: what was sent, received and is unfinished is counted for sending, waiting and reading alike.
 * @param openSocket the kernel's; a simulated network gives its own.
 * @throws the system's error where the socket cannot be made or bound (`EADDRNOTAVAIL` for a foreign source
 *   address, `EAFNOSUPPORT` on a machine without IPv6).
 */
export async function openGuardedSocket(
  options: GuardedSocketOptions,
  openSocket: OpenKernelSocket = openKernelSocket,
): Promise<GuardedSocket> {
  const { family, guard, clock, onSendError } = options;
  const mayAsk = (address: Address): boolean => guard.mayAsk(address, clock.now());
  const { connectTo } = options;
  let received = 0;
  let sentDatagrams = 0;
  let sentBytes = 0;
  let unfinished = 0;
  let waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  const finish = (): void => {
    unfinished--;
    if (waiting.length === 0) return;
    const ready = waiting.filter(({ count }) => unfinished < count);
    waiting = waiting.filter(({ count }) => unfinished >= count);
    for (const { resolve } of ready) resolve();
  };
  const socket = await openSocket({
    ...options,
    connectTo: connectTo !== undefined && mayAsk(connectTo.address) ? connectTo : undefined,
    onDatagram(payload, from, port) {
      received++;
      options.onDatagram(payload, from, port);
    },
    onSent(payloadBytes) {
      sentDatagrams++;
      sentBytes += payloadBytes;
      finish();
    },
    onRefused(code, to) {
      onSendError(code, to);
      finish();
    },
    onError(code) {
      onSendError(code, connectTo === undefined ? '' : formatAddress(connectTo.address));
    },
  });

  return {
    localAddress: socket.localAddress,
    localPort: socket.localPort,
    receiveBufferBytes: socket.receiveBufferBytes,
    send(payload, to, port) {
      if (!mayAsk(to)) return false;
      if (familyOf(to) !== family) throw new RangeError(`no IPv${family} address: ${formatAddress(to)}`);
      if (connectTo !== undefined && (to !== connectTo.address || port !== connectTo.port))
        throw new RangeError(`connected to another one than ${formatAddress(to)}`);
      unfinished++;
      socket.send(payload, to, port);
      return true;
    },
    sent: () => ({ datagrams: sentDatagrams, payloadBytes: sentBytes }),
    unfinished: () => unfinished,
    async unfinishedBelow(count) {
      if (unfinished < count) return;
      await new Promise<void>((resolve) => {
        waiting.push({ count, resolve });
      });
      // A turn of the event loop reads 32 datagrams at most, and sends for as long as we let it: without this,
      // a sender that has no reason to wait fills its own receive buffer. Bounded, lest a flood stop the sweep.
      for (let turn = 0, before = -1; received > before && turn < MOST_READING_TURNS; turn++) {
        before = received;
        await socket.nextTurn();
      }
    },
    readDrops: () => socket.readDrops(),
    close: () => socket.close(),
  };
}
