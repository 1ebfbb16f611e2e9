import type { Address } from '../domain/address.js';
import { familyOf } from '../domain/address.js';
import { trafficOf } from '../domain/exchange.js';
import type { Clock } from '../domain/time.js';
import type { Asked } from './attribution.js';
import { attribute } from './attribution.js';
import type { Ledger } from './ledger.js';
import type { Order } from './order.js';
import type { ReplyBudget } from './pacer.js';
import type { Pass } from './pass.js';
import { passesAt, sentRanks } from './pass.js';
import type { ProbeChannel } from './probe-channel.js';
import { sightingAfter } from './sightings.js';

/** What became of the datagrams that the sweep's sockets heard. */
export interface ReceivedCounts {
  readonly receivedDatagrams: number;
  readonly receivedBytes: number;
  readonly unsolicitedDatagrams: number;
  readonly ambiguousDatagrams: number;
  readonly unrecognisedDatagrams: number;
}

/** Charges each datagram, attributes it, and notes what it says in the ledger. */
export interface Receiver {
  receive(channel: ProbeChannel, socket: number, payload: Uint8Array, from: Address, port: number): void;
  counts(): ReceivedCounts;
}

interface ReceiverOptions {
  readonly order: Order;
  /** The first one comes to every position before the others do. */
  readonly passes: readonly Pass[];
  readonly ledger: Ledger;
  readonly budget: ReplyBudget;
  readonly clock: Clock;
  readonly cooldownMs: number;
}

export function createReceiver(options: ReceiverOptions): Receiver {
  const { order, passes, ledger, budget, clock, cooldownMs } = options;
  const counts = {
    receivedDatagrams: 0,
    receivedBytes: 0,
    unsolicitedDatagrams: 0,
    ambiguousDatagrams: 0,
    unrecognisedDatagrams: 0,
  };
  /** Since each request left that it may answer, at most 50 ms more; without those that are not known any more. */
  const agoMs = ({ position, passes: asked }: Asked, nowMs: number): readonly number[] =>
    asked.flatMap((index) => {
      const sentMs = passes[index]?.log.msOf(position);
      return sentMs === undefined ? [] : Math.ceil(nowMs - sentMs);
    });
  return {
    receive(channel, socket, payload, from, port) {
      const nowMs = clock.monotonicMs();
      const traffic = trafficOf(payload.length, familyOf(from));
      counts.receivedDatagrams++;
      counts.receivedBytes += payload.length;
      budget.charge(nowMs, traffic.wireBytes * 8);
      // What a host asks back is no answer, and answers nothing that we asked.
      if (channel.probe.asksBack?.(payload) === true) {
        counts.unsolicitedDatagrams++;
        return;
      }
      const asked = attribute(
        order,
        channel,
        { payload, from, port, socket },
        {
          ranks: channel.tokens === undefined ? [] : sentRanks(passes, channel.index, nowMs - cooldownMs),
          passesAt: (position) => passesAt(passes, channel.index, position),
        },
      );
      if (asked === 'unsolicited') counts.unsolicitedDatagrams++;
      else if (asked === 'ambiguous') counts.ambiguousDatagrams++;
      else {
        const sighting = sightingAfter(ledger.get(channel.index, asked.probed), {
          ...asked,
          probe: channel.index,
          from,
          port,
          traffic,
          at: clock.now(),
          agoMs: () => agoMs(asked, nowMs),
          read() {
            const reading = channel.probe.read(payload, asked.request);
            if (reading.kind === 'unrecognised') counts.unrecognisedDatagrams++;
            return reading;
          },
        });
        if (sighting !== undefined) ledger.put(sighting);
      }
    },
    counts: () => ({ ...counts }),
  };
}
