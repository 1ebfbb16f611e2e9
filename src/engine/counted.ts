import type { LossEvent, SendErrorCounts } from '../sweep/losses.js';
import type { SweepCounts } from '../sweep/discovery.js';
import type { GuardedSocket } from '../udp/guarded-socket.js';

/**
 * What a run counts beside its responders and measurements, which count themselves. Plain data: a checkpoint
 * keeps it, so that a run that goes on counts all its sessions.
 */
export interface Counted extends Swept {
  /** Taken by the kernel and thrown away, of all programs; absent where the system does not tell. */
  readonly sendBufferDrops?: number;
  /** Requests of measurements that never left: nobody asks those again. */
  readonly measurementLosses: number;
  readonly measurementSocketDrops: number;
  readonly measurementDatagrams: number;
  readonly measurementBytes: number;
}

/** What the sweep counts, in whichever workers. */
export interface Swept {
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
export function addCounted(a: Counted, b: Counted): Counted {
  return {
    ...addSwept(a, b),
    ...(a.sendBufferDrops !== undefined &&
      b.sendBufferDrops !== undefined && { sendBufferDrops: a.sendBufferDrops + b.sendBufferDrops }),
    measurementLosses: a.measurementLosses + b.measurementLosses,
    measurementSocketDrops: a.measurementSocketDrops + b.measurementSocketDrops,
    measurementDatagrams: a.measurementDatagrams + b.measurementDatagrams,
    measurementBytes: a.measurementBytes + b.measurementBytes,
  };
}

/** Two workers of one session together, or two sessions. */
export function addSwept(a: Swept, b: Swept): Swept {
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
export function addSendErrors(a: Counted['sendErrors'], b: Counted['sendErrors']): Counted['sendErrors'] {
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
