import type { Address } from '../../src/domain/address.js';
import { formatAddress } from '../../src/domain/address.js';
import type { KernelSocketOptions, OpenKernelSocket } from '../../src/udp/kernel-socket.js';
import type { FakeClock } from '../fake-clock.js';

/** One datagram that a host sends back. */
export interface SimulatedReply {
  readonly payload: Uint8Array;
  /** After the request left. */
  readonly afterMs: number;
  /** Absent: the asked address, the asked port. */
  readonly from?: Address;
  readonly port?: number;
  /** The receive buffer has no room for it, and the kernel's counter says so. */
  readonly isDropped?: boolean;
}

/** What becomes of one request. `refused` and `thrown-away` are losses that the system tells of, `lost` is none. */
export type Fate =
  | { readonly kind: 'arrives'; readonly replies: readonly SimulatedReply[] }
  | { readonly kind: 'lost' }
  | { readonly kind: 'thrown-away' }
  | { readonly kind: 'refused'; readonly code: string }
  /** A connected socket hears that. */
  | { readonly kind: 'closed' };

/** A request as it left. */
export interface SimulatedSend {
  readonly atMs: number;
  /** The wall clock at that moment. */
  readonly now: number;
  readonly to: Address;
  readonly port: number;
  readonly payload: Uint8Array;
  readonly socket: SimulatedSocket;
  readonly fate: Fate;
}

export interface SimulatedSocket {
  /** `sweep`: opened before the first request of a session. */
  readonly role: 'sweep' | 'alone';
  readonly isConnected: boolean;
  isOpen: boolean;
  drops: number;
}

/** A datagram that a socket of the scan was given. */
export interface Delivery {
  readonly atMs: number;
  readonly send: SimulatedSend;
  readonly reply: SimulatedReply;
  readonly from: Address;
}

export interface SimulatedNetwork {
  readonly openSocket: OpenKernelSocket;
  readonly readSendBufferDrops: () => Promise<number>;
  readonly sends: readonly SimulatedSend[];
  readonly deliveries: readonly Delivery[];
  /** From now on sockets that are opened are those of a measurement. */
  sweepIsOpen(): void;
  /** A session ends: the next one opens its sweep first. */
  sessionEnds(): void;
  openSockets(): number;
}

/**
 * UDP without a kernel: every request meets the fate that `fateOf` gives it, on the fake clock. Sockets are the
 * program's own guarded ones; only what lies below them is made up.
 * @param sendTakesMs until the callback of a send says what became of it.
 */
export function simulatedNetwork(
  clock: FakeClock,
  fateOf: (send: Omit<SimulatedSend, 'fate'>) => Fate,
  sendTakesMs = 0,
): SimulatedNetwork {
  const sends: SimulatedSend[] = [];
  const deliveries: Delivery[] = [];
  let role: SimulatedSocket['role'] = 'sweep';
  let ports = 1024;
  let open = 0;
  let thrownAway = 0;

  const deliver = (send: SimulatedSend, reply: SimulatedReply, options: KernelSocketOptions): void => {
    const { connectTo } = options;
    const [from, port] = [reply.from ?? send.to, reply.port ?? send.port];
    if (!send.socket.isOpen) return;
    if (connectTo !== undefined && (from !== connectTo.address || port !== connectTo.port)) return;
    if (reply.isDropped === true) {
      send.socket.drops++;
      return;
    }
    deliveries.push({ atMs: clock.monotonicMs(), send, reply, from });
    options.hearer.onDatagram(reply.payload, from, port);
  };
  const finish = (send: SimulatedSend, options: KernelSocketOptions): void => {
    const { fate } = send;
    if (fate.kind === 'refused') options.hearer.onRefused(fate.code, formatAddress(send.to));
    else options.hearer.onSent(send.payload.length);
    if (fate.kind === 'thrown-away') thrownAway++;
    if (fate.kind === 'closed' && options.connectTo !== undefined) options.hearer.onError('ECONNREFUSED');
  };
  return {
    sends,
    deliveries,
    readSendBufferDrops: () => Promise.resolve(thrownAway),
    sweepIsOpen() {
      role = 'alone';
    },
    sessionEnds() {
      role = 'sweep';
    },
    openSockets: () => open,
    openSocket(options) {
      const socket: SimulatedSocket = {
        role,
        isConnected: options.connectTo !== undefined,
        isOpen: true,
        drops: 0,
      };
      open++;
      return Promise.resolve({
        localAddress: options.family === 4 ? '0.0.0.0' : '::',
        localPort: ports++,
        receiveBufferBytes: options.receiveBufferBytes,
        send(payload, to, port) {
          const atMs = clock.monotonicMs();
          const left = { atMs, now: clock.now(), to, port, payload: Uint8Array.from(payload), socket };
          const send = { ...left, fate: fateOf(left) };
          sends.push(send);
          clock.at(atMs + sendTakesMs, () => {
            finish(send, options);
          });
          if (send.fate.kind !== 'arrives') return;
          for (const reply of send.fate.replies)
            clock.at(atMs + reply.afterMs, () => {
              deliver(send, reply, options);
            });
        },
        nextTurn: () => Promise.resolve(),
        readDrops: () => Promise.resolve(socket.drops),
        close() {
          if (socket.isOpen) open--;
          socket.isOpen = false;
          return Promise.resolve();
        },
      });
    },
  };
}
