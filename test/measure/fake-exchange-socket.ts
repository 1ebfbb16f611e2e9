import type { Address } from '../../src/domain/address.js';
import type { OpenExchangeSocket } from '../../src/measure/run-exchange.js';
import type { FakeClock } from '../fake-clock.js';

/** What happens to a request, told by the test; times are milliseconds after the request left. */
export interface FakeLine {
  /** Lets a datagram arrive. */
  reply(afterMs: number, payload: Uint8Array, from?: Address, port?: number): void;
  /** Lets the kernel refuse the send. */
  fail(code: string): void;
  /** What the kernel will say of dropped datagrams at the end, and how long it takes to say it. */
  drop(count: number | undefined, tookMs?: number): void;
  /** Something else at a moment. */
  at(afterMs: number, action: () => void): void;
  readonly request: Uint8Array;
  readonly to: Address;
}

interface Sent {
  readonly atMs: number;
  readonly to: Address;
  readonly port: number;
  readonly payload: Uint8Array;
}

export interface FakeExchangeSockets {
  readonly open: OpenExchangeSocket;
  readonly sent: readonly Sent[];
  /** Sockets that are open now, and ever were. */
  openNow(): number;
  openedEver(): number;
}

/** The n-th socket, from 1, is bound to the n-th port after this. */
export const FIRST_PORT = 50_000;

/** Sockets of their own for exchanges, each of whose requests meets what `answer` says. */
export function fakeExchangeSockets(
  clock: FakeClock,
  answer: (line: FakeLine) => void,
  allows: (to: Address) => boolean = () => true,
): FakeExchangeSockets {
  const sent: Sent[] = [];
  let openNow = 0;
  let openedEver = 0;
  return {
    sent,
    openNow: () => openNow,
    openedEver: () => openedEver,
    open({ onDatagram, onSendError }) {
      openNow++;
      openedEver++;
      let isOpen = true;
      let drops: number | undefined = 0;
      let dropsTookMs = 0;
      return Promise.resolve({
        localPort: FIRST_PORT + openedEver,
        send(payload, to, port) {
          if (!allows(to)) return false;
          const atMs = clock.monotonicMs();
          sent.push({ atMs, to, port, payload });
          answer({
            request: payload,
            to,
            reply(afterMs, reply, from = to, senderPort = port) {
              clock.at(atMs + afterMs, () => {
                if (isOpen) onDatagram(reply, from, senderPort);
              });
            },
            fail(code) {
              clock.at(atMs, () => {
                onSendError(code);
              });
            },
            drop(count, tookMs = 0) {
              drops = count;
              dropsTookMs = tookMs;
            },
            at(afterMs, action) {
              clock.at(atMs + afterMs, action);
            },
          });
          return true;
        },
        unfinishedBelow: () => clock.sleep(0.001),
        readDrops: () => clock.sleep(dropsTookMs).then(() => drops),
        close() {
          isOpen = false;
          openNow--;
          return Promise.resolve();
        },
      });
    },
  };
}
