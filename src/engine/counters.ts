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
  /** Requests of measurements that never left: nobody asks those again. */
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
  readonly drops: number | undefined;
}

/** Two sessions of one run together; the sockets of both are listed. */
export function addCounters(a: Counters, b: Counters): Counters {
  return {
    ...addSweepCounters(a, b),
    ...(a.sendBufferDrops !== undefined &&
      b.sendBufferDrops !== undefined && { sendBufferDrops: a.sendBufferDrops + b.sendBufferDrops }),
    measurementLosses: a.measurementLosses + b.measurementLosses,
    measurementSocketDrops: a.measurementSocketDrops + b.measurementSocketDrops,
    measurementDatagrams: a.measurementDatagrams + b.measurementDatagrams,
    measurementBytes: a.measurementBytes + b.measurementBytes,
  };
}

/** Two workers of one session together, or two sessions. */
export function addSweepCounters(a: SweepCounters, b: SweepCounters): SweepCounters {
  return {
    sweep: addSweepCounts(a.sweep, b.sweep),
    sent: a.sent.map(({ sent, sentBytes }, i) => ({
      sent: sent + (b.sent[i]?.sent ?? 0),
      sentBytes: sentBytes + (b.sent[i]?.sentBytes ?? 0),
    })),
    sockets: [...a.sockets, ...b.sockets],
    sendErrors: addSendErrors(a.sendErrors, b.sendErrors),
    lossEvents: [...a.lossEvents, ...b.lossEvents],
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

function addSweepCounts(a: SweepCounts, b: SweepCounts): SweepCounts {
  return {
    sent: addEach(a.sent, b.sent),
    sentBytes: addEach(a.sentBytes, b.sentBytes),
    sentInPass: addEach(a.sentInPass, b.sentInPass),
    receivedDatagrams: a.receivedDatagrams + b.receivedDatagrams,
    receivedBytes: a.receivedBytes + b.receivedBytes,
    unsolicitedDatagrams: a.unsolicitedDatagrams + b.unsolicitedDatagrams,
    ambiguousDatagrams: a.ambiguousDatagrams + b.ambiguousDatagrams,
    unrecognisedDatagrams: a.unrecognisedDatagrams + b.unrecognisedDatagrams,
    guarded: a.guarded + b.guarded,
  };
}

function addEach(a: readonly number[], b: readonly number[]): readonly number[] {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => (a[i] ?? 0) + (b[i] ?? 0));
}
