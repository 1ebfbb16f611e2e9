import type { Ask, Nonce, Probe, RequestForm } from '../../probes/probe.js';
import type { Address } from '../domain/address.js';
import type { Exchange, Traffic } from '../domain/exchange.js';
import type { Clock } from '../domain/time.js';
import type { RequestGate } from './request-gate.js';
import type { ExchangeLimits } from './exchange-limits.js';
import type { OpenExchangeSocket } from './run-exchange.js';
import { runExchange } from './run-exchange.js';

export interface Measuring {
  readonly gate: RequestGate;
  readonly clock: Clock;
  readonly openSocket: OpenExchangeSocket;
  readonly limitsFor: (probe: Probe, tookMs?: number) => ExchangeLimits;
  /** A fresh secret number of so many bits for each request. */
  readonly drawNonce: (bits: number) => Nonce;
  readonly onSocketDrops: (count: number) => void;
  readonly onReceived: (traffic: Traffic) => void;
  /** Shown every exchange when it is over, with the payloads that are otherwise let go. */
  readonly onExchange?: (observed: ObservedExchange) => void;
  readonly signal: AbortSignal;
}

/** An exchange and the bytes of its replies, one payload for each of `exchange.replies`. */
export interface ObservedExchange {
  readonly exchange: Exchange;
  readonly payloads: readonly Uint8Array[];
  /** Where the request came from; absent where it never left. */
  readonly localPort?: number;
}

/** After so many requests a responder is asked no more, whatever the probe wants; a burst counts as one. */
export const MOST_ASKS = 40;

/** One responder, and what is asked of it. */
export interface ResponderToMeasure {
  readonly probe: Probe;
  readonly to: Address;
  readonly port: number;
  /** To be asked first, each alone. */
  readonly sighted: readonly RequestForm[];
  /** Whether the probe is asked what to ask after that; otherwise the sighted forms are all. */
  readonly asks: 'sighted-only' | 'all';
  /** What was asked of it before, in an earlier batch: the probe knows of it. */
  readonly earlier?: readonly Exchange[];
  /** What the first reply is expected to cost the line, from its sighting. */
  readonly expectedBits: number;
  /** The slowest reply of the host in the sweep; absent where there was none. */
  readonly tookMs?: number | undefined;
  /** Whether the user chose an option of the probe: without one there is no burst. */
  readonly mayBurst: boolean;
}

/**
 * One responder, one probe, exchange by exchange: each sighted form again, alone, then what the probe asks.
 * When the signal aborts no further request is sent; what was asked by then is returned.
 * @throws RangeError for a probe that bursts where it must not.
 */
export async function measureResponder(
  measuring: Measuring,
  responder: ResponderToMeasure,
): Promise<readonly Exchange[]> {
  const { probe, sighted, asks, earlier = [] } = responder;
  const done: Exchange[] = [];
  for (let asked = 0; asked < MOST_ASKS; asked++) {
    const again = sighted[asked];
    if (again === undefined && asks === 'sighted-only') break;
    const ask: Ask | undefined = again
      ? { form: again, purpose: probe.portFrom === undefined ? 'measure' : 'prime' }
      : probe.next([...earlier, ...done]);
    if (ask === undefined) break;
    if (ask.burst) {
      const exchanges = await burst(measuring, responder, ask, ask.burst);
      if (exchanges.length === 0) break;
      done.push(...exchanges);
    } else {
      if (!(await measuring.gate.pass(responder.to, responder.expectedBits, { afterMs: ask.afterMs }))) break;
      done.push(await exchangeWith(measuring, responder, ask));
    }
  }
  return done;
}

/**
 * Puts one question several times in a row. Only the host gap makes way for a burst: the pacer, the subnet's cap and
 * the reply budget hold for each of its requests.
 */
async function burst(
  measuring: Measuring,
  responder: ResponderToMeasure,
  ask: Ask,
  { repeat, withinMs }: NonNullable<Ask['burst']>,
): Promise<readonly Exchange[]> {
  const { gate, clock, signal } = measuring;
  if (!(responder.mayBurst && ask.purpose === 'rate-check'))
    throw new RangeError(`${responder.probe.id} bursts although no option chose that`);
  const exchanges: Promise<Exchange>[] = [];
  let firstMs = 0;
  for (let sent = 0; sent < repeat; sent++) {
    if (sent > 0) await clock.sleep(firstMs + (sent * withinMs) / repeat - clock.monotonicMs(), signal);
    const gap = { afterMs: ask.afterMs, isInBurst: sent > 0 };
    if (!(await gate.pass(responder.to, responder.expectedBits, gap))) break;
    if (sent === 0) firstMs = clock.monotonicMs();
    const exchange = exchangeWith(measuring, responder, ask);
    // Whatever fails is thrown below: until then it must not count as unhandled.
    exchange.catch(() => undefined);
    exchanges.push(exchange);
  }
  return Promise.all(exchanges);
}

async function exchangeWith(
  { gate, clock, openSocket, limitsFor, drawNonce, onReceived, onSocketDrops, onExchange }: Measuring,
  { probe, to, port, expectedBits, tookMs }: ResponderToMeasure,
  ask: Ask,
): Promise<Exchange> {
  let reservedBits = expectedBits;
  const heard: { readonly payload: Uint8Array; readonly from: Address }[] = [];
  const { exchange, socketDrops, ...sentFrom } = await runExchange({
    probe,
    ask,
    to,
    port: ask.port ?? port,
    nonce: drawNonce(probe.nonce?.bits ?? 0),
    limits: limitsFor(probe, tookMs),
    openSocket,
    clock,
    mayTakeLeave: () => gate.pass(to, 0),
    onReply: onExchange && ((payload, from) => heard.push({ payload, from })),
    onReceived(traffic) {
      onReceived(traffic);
      const bits = traffic.wireBytes * 8;
      const covered = Math.min(bits, reservedBits);
      reservedBits -= covered;
      gate.charge(bits - covered);
    },
  });
  onSocketDrops(socketDrops);
  const { responder } = exchange;
  const payloads = heard.filter(({ from }) => from === responder?.address).map(({ payload }) => payload);
  onExchange?.({ exchange, payloads, ...sentFrom });
  return exchange;
}
