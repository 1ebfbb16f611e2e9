import type { Ask, Nonce, Probe, RequestForm } from '../../probes/probe.js';
import type { Address } from '../domain/address.js';
import type { Exchange, Traffic } from '../domain/exchange.js';
import type { Clock } from '../domain/time.js';
import type { RequestGate } from './request-gate.js';
import type { ExchangeLimits, OpenExchangeSocket } from './run-exchange.js';
import { runExchange } from './run-exchange.js';

export interface Measuring {
  readonly gate: RequestGate;
  readonly clock: Clock;
  readonly openSocket: OpenExchangeSocket;
  readonly limitsFor: (probe: Probe) => ExchangeLimits;
  /** A fresh secret number of so many bits for each request. */
  readonly drawNonce: (bits: number) => Nonce;
  readonly onSocketDrops: (count: number) => void;
  readonly onReceived: (traffic: Traffic) => void;
  readonly signal: AbortSignal;
}

/** After so many exchanges nobody is asked any more, whatever the probe says. */
const MOST_EXCHANGES = 40;

/**
 * One responder, one probe, exchange by exchange: each sighted form again, alone, then what the probe asks.
 * When the signal aborts no further request is sent; what was asked by then is returned.
 * @param expectedBits what the first reply is expected to cost the line, from its sighting.
 */
export async function measureResponder(
  measuring: Measuring,
  {
    probe,
    to,
    port,
    sighted,
    expectedBits,
  }: {
    readonly probe: Probe;
    readonly to: Address;
    readonly port: number;
    readonly sighted: readonly RequestForm[];
    readonly expectedBits: number;
  },
): Promise<readonly Exchange[]> {
  const { gate, clock, openSocket } = measuring;
  const done: Exchange[] = [];
  while (done.length < MOST_EXCHANGES) {
    const again = sighted[done.length];
    const ask: Ask | undefined = again ? { form: again, purpose: 'measure' } : probe.next(done);
    if (ask === undefined) break;
    if (!(await gate.pass(to, expectedBits, measuring.signal))) break;
    let reservedBits = expectedBits;
    const { exchange, socketDrops } = await runExchange({
      probe,
      ask,
      to,
      port,
      nonce: measuring.drawNonce(probe.nonce?.bits ?? 0),
      limits: measuring.limitsFor(probe),
      openSocket,
      clock,
      onReceived(traffic) {
        measuring.onReceived(traffic);
        const bits = traffic.wireBytes * 8;
        const covered = Math.min(bits, reservedBits);
        reservedBits -= covered;
        if (bits > covered) gate.charge(bits - covered);
      },
    });
    measuring.onSocketDrops(socketDrops);
    done.push(exchange);
  }
  return done;
}
