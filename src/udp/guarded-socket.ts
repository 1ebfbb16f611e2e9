import type { Socket } from 'node:dgram';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Address, Family } from '../domain/address.js';
import { familyOf, formatAddress, parseAddress } from '../domain/address.js';
import { readKernelDrops } from './kernel-drops.js';
import { isLocalBroadcast } from './local-broadcast.js';

/**
 * The one way a request leaves this program. Before each send it asks the scope, then the kernel; there is no
 * way around it and no raw socket anywhere: the kernel fills the source address.
 */
export interface GuardedSocket {
  readonly localAddress: string;
  readonly localPort: number;
  /** What the system gave, read back. */
  readonly receiveBufferBytes: number;
  /**
   * Hands one datagram to the kernel. False, and nothing is sent, when the scope does not allow the address.
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

export interface GuardedSocketOptions {
  /** The scope's verdict: asked before every single send. */
  readonly allows: (address: Address) => boolean;
  /** Of the addresses it sends to and hears from: an IPv6 socket is deaf to IPv4, so nobody is mapped. */
  readonly family: Family;
  /** Asked of the system, which gives what it allows. */
  readonly receiveBufferBytes: number;
  /** A local address to send from; without it the kernel chooses by route. */
  readonly sourceAddress?: string | undefined;
  /**
   * The only one it will send to and hear from, if it is to be connected: then the system also tells when that
   * port is closed (`ECONNREFUSED`).
   */
  readonly connectTo?: { readonly address: Address; readonly port: number } | undefined;
  readonly onDatagram: (payload: Uint8Array, from: Address, port: number) => void;
  /** @param code the system's, such as `ENETUNREACH`. */
  readonly onSendError: (code: string, to: string) => void;
}

/** Enough for 32 times as many datagrams, what a large receive buffer holds of small ones. */
const MOST_READING_TURNS = 1024;

/**
 * @throws the system's error where the socket cannot be made or bound (`EADDRNOTAVAIL` for a foreign source
 *   address, `EAFNOSUPPORT` on a machine without IPv6).
 */
export async function openGuardedSocket(options: GuardedSocketOptions): Promise<GuardedSocket> {
  const { family } = options;
  const socket = createSocket({
    type: family === 4 ? 'udp4' : 'udp6',
    ipv6Only: family === 6,
    // Addresses are literal: this skips the detour through the system's resolver.
    lookup: (host, _options, callback) => {
      callback(null, host, family);
    },
  });
  let received = 0;
  socket.on('message', (payload, { address, port }) => {
    received++;
    const from = parseAddress(withoutZone(address));
    if (from !== undefined) options.onDatagram(payload, from, port);
  });
  // Waited for from before the call: with such a lookup the socket is bound by the time `bind` returns.
  const bound = once(socket, 'listening');
  // Port 0 makes the kernel choose one of its ephemeral ports, never one below 1024.
  socket.bind(0, options.sourceAddress);
  const { connectTo } = options;
  try {
    await bound;
    if (connectTo !== undefined && options.allows(connectTo.address)) await connect(socket, connectTo);
  } catch (error) {
    socket.close();
    throw error;
  }
  socket.on('error', (error: SendError) => {
    options.onSendError(codeOf(error), connectTo === undefined ? '' : formatAddress(connectTo.address));
  });
  enlargeReceiveBuffer(socket, options.receiveBufferBytes);

  const { address: localAddress, port: localPort } = socket.address();
  let sentDatagrams = 0;
  let sentBytes = 0;
  let unfinished = 0;
  let waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  // One callback for all sends: without any a refused send would vanish without a word.
  const finished = (error: SendError | null, bytes: number): void => {
    unfinished--;
    if (error) options.onSendError(codeOf(error), error.address ?? '');
    else {
      sentDatagrams++;
      sentBytes += bytes;
    }
    if (waiting.length === 0) return;
    const ready = waiting.filter(({ count }) => unfinished < count);
    waiting = waiting.filter(({ count }) => unfinished >= count);
    for (const { resolve } of ready) resolve();
  };

  return {
    localAddress,
    localPort,
    receiveBufferBytes: socket.getRecvBufferSize(),
    send(payload, to, port) {
      if (!options.allows(to)) return false;
      if (familyOf(to) !== family) throw new RangeError(`no IPv${family} address: ${formatAddress(to)}`);
      if (connectTo !== undefined && (to !== connectTo.address || port !== connectTo.port))
        throw new RangeError(`connected to another one than ${formatAddress(to)}`);
      unfinished++;
      if (connectTo === undefined) socket.send(payload, port, formatAddress(to), finished);
      else socket.send(payload, finished);
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
        await nextTurn();
      }
    },
    readDrops: () => readKernelDrops(localAddress, localPort),
    close: () =>
      new Promise((resolve) => {
        socket.close(() => {
          resolve();
        });
      }),
  };
}

async function connect(
  socket: Socket,
  { address, port }: NonNullable<GuardedSocketOptions['connectTo']>,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    // Node tells a failure to this callback and nowhere else.
    socket.connect(port, formatAddress(address), ((error?: Error) => {
      if (error) reject(error);
      else resolve();
    }) as () => void);
  });
}

/** A link-local sender is shown with its interface, `fe80::1%eth0`; it is nobody we asked in any case. */
function withoutZone(address: string): string {
  const zone = address.indexOf('%');
  return zone < 0 ? address : address.slice(0, zone);
}

/**
 * The system's code. EACCES has two causes, ip(7): a local broadcast address, which is never probed, and a route
 * or a rule that prohibits; the latter is called EACCES_PROHIBITED.
 */
function codeOf({ code, message, address = '' }: SendError): string {
  return code === 'EACCES' && !isLocalBroadcast(address) ? 'EACCES_PROHIBITED' : (code ?? message);
}

interface SendError extends Error {
  readonly code?: string;
  /** Where the datagram was to go: Node adds it to the system's error. */
  readonly address?: string;
}

/** Linux caps the size silently at net.core.rmem_max; other systems refuse, so smaller ones are tried. */
function enlargeReceiveBuffer(socket: Socket, bytes: number): void {
  for (let size = bytes; ; size = Math.floor(size / 2)) {
    try {
      socket.setRecvBufferSize(size);
      return;
    } catch {
      // ENOBUFS: the next smaller one may do.
      if (size < 65_536) return;
    }
  }
}
