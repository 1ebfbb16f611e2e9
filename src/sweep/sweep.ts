import { familyOf } from '../domain/address.js';
import type { Address } from '../domain/address.js';
import type { Clock } from '../domain/time.js';
import type { Pass } from './pass.js';
import type { ProbeChannel, SweepSocket } from './probe-channel.js';
import type { Walk } from './walk.js';

/** One paced walk over positions of the order, each request handed to a socket of its probe. */
export interface Sweep {
  /** Goes on from where it is until the end, until `untilMs` (monotonic), or until the signal. */
  run(until: { readonly untilMs: number; readonly signal: AbortSignal }): Promise<Outcome>;
}

export type Outcome = 'finished' | 'paused' | 'aborted';

export interface SweepOptions {
  readonly walk: Walk;
  readonly pass: Pass;
  readonly clock: Clock;
  /** Sends of one socket that may be unfinished. */
  readonly mostUnfinished: number;
  /** Whether nothing may be sent any more: then what a socket kept back was not asked. */
  readonly isOver: () => boolean;
  readonly onSent: (channel: ProbeChannel, address: Address, payloadBytes: number) => void;
  /** The guard kept a request back. */
  readonly onGuarded: () => void;
}

export function createSweep(options: SweepOptions): Sweep {
  const { walk, pass, clock, mostUnfinished } = options;
  /**
   * Sends for as long as nothing is to be waited for.
   * @returns how the sweep ended, or the milliseconds to wait, or the socket that has too many unfinished sends.
   */
  const send = (untilMs: number, signal: AbortSignal): Outcome | number | SweepSocket => {
    // Looked at once a packet, when it has left: by that moment it counts against its caps, for a busy machine may
    // take the process away before.
    for (let now = clock.monotonicMs(); ;) {
      const waitMs = walk.waitMs(now);
      if (waitMs === undefined) return 'finished';
      if (signal.aborted) return 'aborted';
      if (now >= untilMs) return 'paused';
      if (waitMs > 0) return Math.min(waitMs, untilMs - now);
      const { channel, address } = walk;
      const socket = socketFor(channel, address, walk.rank);
      if (socket.unfinished() >= mostUnfinished) return socket;
      const payload = channel.requestOf(walk.form, walk.rank);
      const hasLeft = socket.send(payload, address, channel.port);
      // Where the authorisation has ended this position is still to be asked, by a run that goes on.
      if (!hasLeft && options.isOver()) return 'aborted';
      now = clock.monotonicMs();
      walk.spend(now);
      if (hasLeft) {
        pass.sent++;
        options.onSent(channel, address, payload.length);
      } else options.onGuarded();
    }
  };
  return {
    async run({ untilMs, signal }) {
      for (;;) {
        const stopped = send(untilMs, signal);
        if (typeof stopped === 'string') return stopped;
        if (typeof stopped === 'number') await clock.sleep(stopped, signal);
        else await stopped.unfinishedBelow(mostUnfinished / 2);
      }
    },
  };
}

function socketFor(channel: ProbeChannel, address: Address, rank: number): SweepSocket {
  const socket = channel.sockets[familyOf(address)]?.[channel.tokens?.socketOf(rank) ?? 0];
  if (socket === undefined) throw new RangeError(`no socket of ${channel.probe.id} for this address`);
  return socket;
}
