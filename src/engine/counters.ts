import { add } from '../domain/counters.js';
import type { LossEvent, SendErrorCounts } from '../sweep/losses.js';
import type { SweepCounts } from '../sweep/discovery.js';
import type { GuardedSocket } from '../udp/guarded-socket.js';

/**
 * Counters of a run, but for its responders and measurements, whose numbers follow from their lists. Plain data: a
 * checkpoint keeps it, so a resumed run has the sums of all its sessions.
 */
export interface Counters extends SweepCounters {
  /** Taken by the kernel and thrown away, of all programs; absent where the system does not tell. */
  readonly sendBufferDrops?: number;
  /** Requests of measurements that never left, and are not asked again. */
  readonly measurementLosses: number;
  readonly measurementSocketDrops: number;
  readonly measurementDatagrams: number;
  readonly measurementBytes: number;
}

/** Counters of the sweep, summed over its workers. */
export interface SweepCounters {
  readonly sweep: SweepCounts;
  /** By probe: packets of the sweep that the kernel took without error. */
  readonly sent: readonly { readonly sent: number; readonly sentBytes: number }[];
  readonly sockets: readonly { readonly probe: string; readonly socket: SocketFacts }[];
  readonly sendErrors: ReturnType<SendErrorCounts['list']>;
  readonly lossEvents: readonly LossEvent[];
}

export interface SocketFacts extends Pick<
  GuardedSocket,
  'localAddress' | 'localPort' | 'receiveBufferBytes'
> {
  /** Absent where the system does not tell. */
  readonly drops?: number | undefined;
}

/**
 * Two workers of one session together, or two sessions of one run: what can be summed is, and the logs of both are one
 * after the other. A new counter is a line of its type, and of where it is counted.
 */
export function addCounters(a: Counters, b: Counters): Counters;
export function addCounters(a: SweepCounters, b: SweepCounters): SweepCounters;
export function addCounters(a: SweepCounters, b: SweepCounters): SweepCounters {
  const { sockets, sendErrors, lossEvents, ...sums } = a;
  const { sockets: moreSockets, sendErrors: moreErrors, lossEvents: moreEvents, ...moreSums } = b;
  return {
    ...add(sums, moreSums),
    sockets: [...sockets, ...moreSockets],
    sendErrors: addSendErrors(sendErrors, moreErrors),
    lossEvents: [...lossEvents, ...moreEvents],
  };
}

const ADDRESSES_KEPT = 20;

/** By code; the first addresses of each. */
export function addSendErrors(a: Counters['sendErrors'], b: Counters['sendErrors']): Counters['sendErrors'] {
  const codes = [...new Set([...a, ...b].map(({ code }) => code))].sort();
  return codes.flatMap((code) => {
    const entries = [...a, ...b].filter((entry) => entry.code === code);
    const [first] = entries;
    if (first === undefined) return [];
    return {
      ...first,
      count: entries.reduce((sum, { count }) => sum + count, 0),
      addresses: [...new Set(entries.flatMap(({ addresses }) => addresses))].slice(0, ADDRESSES_KEPT),
    };
  });
}
