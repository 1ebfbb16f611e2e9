import { parseAddress } from '../domain/address.js';
import type { Clock } from '../domain/time.js';
import type { LossLog, SendErrorCounts } from '../sweep/losses.js';
import { meaningOf } from '../sweep/losses.js';
import type { Span } from '../sweep/spans.js';
import type { Discovery } from '../sweep/discovery.js';

/** Looks for what the sockets of a sweep lose while it goes on, and makes suspect what that may have silenced. */
export interface SweepLossWatch {
  /** The system refused a request of the sweep. */
  refused(probe: number, code: string, to: string): void;
  /** Reads the kernel's counters now: each second, and before anything is concluded from them. */
  sample(): Promise<void>;
}

export interface SweepLossWatchOptions {
  readonly clock: Clock;
  readonly cooldownMs: number;
  readonly sendErrors: SendErrorCounts;
  readonly log: LossLog;
  /** The identifiers of the probes, by number. */
  readonly probes: readonly string[];
  readonly discovery: Pick<Discovery, 'suspectSince' | 'suspectAddress'>;
  readonly sockets: readonly {
    readonly probe: number;
    readonly socket: { readDrops(): Promise<number | undefined> };
  }[];
}

export function createSweepLossWatch(options: SweepLossWatchOptions): SweepLossWatch {
  const { clock, log, sendErrors, probes, discovery } = options;
  const seen = new Map<object, number>();

  const noteDrops = async (sinceMs: number): Promise<void> => {
    const counts = await Promise.all(
      options.sockets.map(async ({ probe, socket }) => ({ probe, socket, drops: await socket.readDrops() })),
    );
    const byProbe = new Map<number, number>();
    for (const { probe, socket, drops } of counts) {
      const more = (drops ?? 0) - (seen.get(socket) ?? 0);
      if (more <= 0) continue;
      seen.set(socket, drops ?? 0);
      byProbe.set(probe, (byProbe.get(probe) ?? 0) + more);
    }
    for (const [probe, count] of byProbe) {
      // Which host's reply it was is unknown: that of any which may still have been answering.
      const positions = discovery.suspectSince({ sinceMs: sinceMs - options.cooldownMs, probe });
      note({ kind: 'socket_drops', count, ...named(probe), ...(positions && { positions }) });
    }
  };
  const named = (probe: number): { readonly probe?: string } => {
    const id = probes[probe];
    return id === undefined ? {} : { probe: id };
  };
  const note = (event: Omit<Parameters<LossLog['note']>[0], 'first'>): void => {
    log.note({ ...event, first: clock.now() });
  };

  return {
    refused(probe, code, to) {
      sendErrors.note(code, to);
      const meaning = meaningOf(code);
      const address = parseAddress(to);
      if (meaning === 'not_probed') return;
      const isUnreachable = meaning === 'unreachable';
      const positions = address && discovery.suspectAddress({ probe, address, isUnreachable });
      note({ kind: 'send_error', code, count: 1, ...named(probe), ...(positions && { positions }) });
    },
    sample: oneAfterAnother(clock, noteDrops),
  };
}

/** Looks for losses that are not those of the sweep's sockets: of measurements, and in the queues of the system. */
export interface LossWatch {
  /** The system refused a request of a measurement. */
  measurementRefused(code: string, to: string): void;
  /** Measurement sockets lost so many datagrams. */
  measurementDropped(count: number): void;
  /** Reads the kernel's counter now: each second, and before anything is concluded from it. */
  sample(): Promise<void>;
  /** Datagrams the kernel took and threw away, of all programs; undefined where the system does not tell. */
  sendBufferDrops(): number | undefined;
  /** Requests of measurements that were refused or thrown away: they are not asked again. */
  measurementLosses(): number;
}

export interface LossWatchOptions {
  readonly clock: Clock;
  readonly sendErrors: SendErrorCounts;
  readonly log: LossLog;
  /** Tells the sweep that requests since then may be lost. @returns their positions. */
  readonly suspectSince: (sinceMs: number) => Promise<Span | undefined>;
  readonly readSendBufferDrops: () => Promise<number | undefined>;
}

/** Between the call of a send and the kernel's verdict on it. */
const SENDING_MS = 1000;

export async function createLossWatch(options: LossWatchOptions): Promise<LossWatch> {
  const { clock, log, sendErrors } = options;
  const firstSendDrops = await options.readSendBufferDrops();
  let sendDrops = firstSendDrops;
  let losses = 0;

  const noteSendDrops = async (sinceMs: number): Promise<void> => {
    const total = await options.readSendBufferDrops();
    const count = (total ?? 0) - (sendDrops ?? 0);
    sendDrops = total;
    if (count <= 0) return;
    const positions = await options.suspectSince(sinceMs - SENDING_MS);
    if (positions === undefined) losses += count;
    log.note({ kind: 'send_buffer', count, first: clock.now(), ...(positions && { positions }) });
  };

  return {
    measurementRefused(code, to) {
      sendErrors.note(code, to);
      if (meaningOf(code) === 'not_probed') return;
      losses++;
      log.note({ kind: 'send_error', code, count: 1, first: clock.now() });
    },
    measurementDropped(count) {
      if (count > 0) log.note({ kind: 'measurement_socket_drops', count, first: clock.now() });
    },
    sample: oneAfterAnother(clock, noteSendDrops),
    sendBufferDrops: () =>
      sendDrops === undefined || firstSendDrops === undefined ? undefined : sendDrops - firstSendDrops,
    measurementLosses: () => losses,
  };
}

/** Samples that never overlap. @param note is told from when on it is to look: the beginning of the sample before. */
function oneAfterAnother(clock: Clock, note: (sinceMs: number) => Promise<void>): () => Promise<void> {
  let sampledMs = clock.monotonicMs();
  let running: Promise<void> = Promise.resolve();
  return () => {
    running = running.then(() => {
      const sinceMs = sampledMs;
      sampledMs = clock.monotonicMs();
      return note(sinceMs);
    });
    return running;
  };
}
