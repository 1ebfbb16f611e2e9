import type { Caveat, Exchange } from './exchange.js';
import { trafficOf } from './exchange.js';
import type { Address, Family } from './address.js';
import { familyOf } from './address.js';

/** The exchanges with one responder for one probe. Factors are functions of it, so none can go stale. */
export interface Measurement {
  /** The address that was asked, always inside the scope. */
  readonly probed: Address;
  readonly probedPort: number;
  /** In the order they were made; at least one. */
  readonly exchanges: readonly Exchange[];
}

/** The three factors of one exchange: see the glossary of docs/architecture.md. */
export interface Factors {
  /** BAF: UDP payload bytes received / UDP payload bytes sent (Rossow, NDSS 2014; US-CERT TA14-017A). */
  readonly amplification: number;
  /** PAF: IP packets received / IP packets sent, fragments counted. */
  readonly packetAmplification: number;
  /** The same ratio over Ethernet frames. */
  readonly wireAmplification: number;
}

/** This is the only file that computes a factor. */
export function factorsOf(exchange: Pick<Exchange, 'sent' | 'received'>): Factors {
  const { sent, received } = exchange;
  return {
    amplification: received.payloadBytes / sent.payloadBytes,
    packetAmplification: received.ipPackets / sent.ipPackets,
    wireAmplification: received.wireBytes / sent.wireBytes,
  };
}

/** What the same answer would amount to for a request of another length. Computed, never asked. */
export function computedFactors(exchange: Exchange, requestBytes: number, probed: Address): Factors {
  return factorsOf({ received: exchange.received, sent: trafficOf(requestBytes, familyOf(probed)) });
}

/**
 * The exchange that the reports show: the largest wire amplification among those that measure and were
 * answered, the first of equals. Undefined when nothing came back at all.
 */
export function reportedExchange(exchanges: readonly Exchange[]): Exchange | undefined {
  return exchanges
    .filter(({ purpose, received }) => purpose === 'measure' && received.datagrams > 0)
    .reduce<Exchange | undefined>(
      (best, exchange) =>
        best === undefined || factorsOf(exchange).wireAmplification > factorsOf(best).wireAmplification
          ? exchange
          : best,
      undefined,
    );
}

/** The payload of the largest answer in one datagram that is less than twice its request on the wire. */
export function largestBelowTwice(requestBytes: number, family: Family): number {
  const limit = 2 * trafficOf(requestBytes, family).wireBytes;
  let bytes = requestBytes;
  while (trafficOf(bytes + 1, family).wireBytes < limit) bytes++;
  return bytes;
}

/** Whether a cap, a kernel drop or requests that nothing tells apart made the figure too small. */
export function isLowerBound(exchange: Exchange): boolean {
  return exchange.caveats.some((caveat) => LOWERING.has(caveat));
}

const LOWERING: ReadonlySet<Caveat> = new Set(['capped', 'lossy', 'undivided']);
