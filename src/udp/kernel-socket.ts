import type { Socket, SocketOptions } from 'node:dgram';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Address, Family } from '../domain/address.js';
import { formatAddress, parseAddress } from '../domain/address.js';
import { readKernelDrops, socketErrors } from './kernel-drops.js';
import { isLocalBroadcast } from './local-broadcast.js';

/** An ordinary UDP socket of the system. Only a guarded socket has one: this one asks no guard. */
export interface KernelSocket {
  readonly localAddress: string;
  readonly localPort: number;
  /** What the system gave, read back. */
  readonly receiveBufferBytes: number;
  /** Hands over one datagram, whose bytes must not change until it has left; `onSent` or `onRefused` follows. */
  send(payload: Uint8Array, to: Address, port: number): void;
  /** Lets datagrams that have come be read: a turn of the event loop, which reads 32 at most. */
  nextTurn(): Promise<void>;
  /** Datagrams the kernel dropped for want of buffer; undefined where the system does not tell. */
  readDrops(): Promise<number | undefined>;
  close(): Promise<void>;
}

export interface KernelSocketOptions {
  /** Of the addresses it sends to and hears from: an IPv6 socket does not hear IPv4, so no address is mapped. */
  readonly family: Family;
  /** Asked of the system, which gives what it allows. */
  readonly receiveBufferBytes: number;
  /** A local address to send from; without it the kernel chooses by route. */
  readonly sourceAddress?: string | undefined;
  /** The only address and port that a connected socket sends to and hears from. */
  readonly connectTo?: { readonly address: Address; readonly port: number } | undefined;
  readonly hearer: KernelSocketHearer;
}

/** Hears what becomes of a socket. */
export interface KernelSocketHearer {
  onDatagram(payload: Uint8Array, from: Address, port: number): void;
  /** The kernel has taken a datagram that it was handed. */
  onSent(payloadBytes: number): void;
  /** It has not: the system's code, and where the datagram was to go. */
  onRefused(code: string, to: string): void;
  /** What comes back as an error of the socket, such as `ECONNREFUSED` on a connected one. */
  onError(code: string): void;
}

export type OpenKernelSocket = (options: KernelSocketOptions) => Promise<KernelSocket>;

/**
 * @throws the system's error where the socket cannot be made or bound (`EADDRNOTAVAIL` for a foreign source
 *   address, `EAFNOSUPPORT` on a machine without IPv6).
 */
export async function openKernelSocket(options: KernelSocketOptions): Promise<KernelSocket> {
  const { family, connectTo, hearer } = options;
  const errorsBefore = socketErrors[family].known;
  const socket = createSocket({
    type: family === 4 ? 'udp4' : 'udp6',
    ipv6Only: family === 6,
    lookup: LOOKUP[family],
  });
  socket.on('message', (payload, { address, port }) => {
    const from = parseAddress(withoutZone(address));
    if (from !== undefined) hearer.onDatagram(payload, from, port);
  });
  // Waited for from before the call: with such a lookup the socket is bound by the time `bind` returns.
  const bound = once(socket, 'listening');
  // Port 0 makes the kernel choose one of its ephemeral ports, never one below 1024.
  socket.bind(0, options.sourceAddress);
  try {
    await bound;
    if (connectTo !== undefined) await connect(socket, connectTo);
  } catch (error) {
    socket.close();
    throw error;
  }
  socket.on('error', (error: SendError) => {
    hearer.onError(codeOf(error));
  });
  enlargeReceiveBuffer(socket, options.receiveBufferBytes);
  return new Opened(socket, hearer, { errorsBefore, isConnected: connectTo !== undefined });
}

/** Addresses are literal: this skips the detour through the system's resolver. */
const LOOKUP = { 4: literal(4), 6: literal(6) };

function literal(family: Family): NonNullable<SocketOptions['lookup']> {
  return (host, _options, callback) => {
    callback(null, host, family);
  };
}

interface OpenedHow {
  readonly errorsBefore: number | undefined;
  readonly isConnected: boolean;
}

/** A class, as thousands are open at once: its methods are shared. */
class Opened implements KernelSocket {
  readonly localAddress: string;
  readonly localPort: number;
  readonly receiveBufferBytes: number;
  readonly #socket: Socket;
  readonly #how: OpenedHow;
  /** One for all sends: without any a refused send would vanish unnoticed. */
  readonly #finished: (error: SendError | null, bytes: number) => void;

  constructor(socket: Socket, hearer: KernelSocketHearer, how: OpenedHow) {
    const { address, port } = socket.address();
    this.localAddress = address;
    this.localPort = port;
    this.receiveBufferBytes = socket.getRecvBufferSize();
    this.#socket = socket;
    this.#how = how;
    this.#finished = (error, bytes) => {
      if (error) hearer.onRefused(codeOf(error), error.address ?? '');
      else hearer.onSent(bytes);
    };
  }

  send(payload: Uint8Array, to: Address, port: number): void {
    if (this.#how.isConnected) this.#socket.send(payload, this.#finished);
    else this.#socket.send(payload, port, formatAddress(to), this.#finished);
  }

  nextTurn(): Promise<void> {
    return nextTurn();
  }

  readDrops(): Promise<number | undefined> {
    return readKernelDrops(this.localAddress, this.localPort, this.#how.errorsBefore);
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#socket.close(() => {
        resolve();
      });
    });
  }
}

async function connect(
  socket: Socket,
  { address, port }: NonNullable<KernelSocketOptions['connectTo']>,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    // Node tells a failure to this callback and nowhere else.
    socket.connect(port, formatAddress(address), ((error?: Error) => {
      if (error) reject(error);
      else resolve();
    }) as () => void);
  });
}

/** A link-local sender is shown with its interface, `fe80::1%eth0`; no such address was asked in any case. */
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
