import type { Nonce, Probe } from '../../probes/probe.js';
import type { Address } from '../domain/address.js';
import type { Exchange, Traffic } from '../domain/exchange.js';
import type { Clock } from '../domain/time.js';
import type { RequestGate } from './request-gate.js';
import type { ExchangeLimits } from './exchange-limits.js';
import type { OpenExchangeSocket } from './run-exchange.js';
import { runExchange } from './run-exchange.js';

/**
 * What became of a known exposure that was silent: its port is closed, it answers after all, be it with a refusal,
 * or it stays silent. `cut-short` where the run ended before that was known.
 */
export type Rechecked =
  | { readonly kind: 'closed' | 'silent' | 'cut-short'; readonly exchanges: readonly Exchange[] }
  | { readonly kind: 'answered'; readonly answer: Exchange; readonly exchanges: readonly Exchange[] };

export interface Rechecking {
  readonly gate: RequestGate;
  readonly clock: Clock;
  /** A connected socket: the only kind that hears that a port is closed (ICMP, told as ECONNREFUSED). */
  readonly openConnected: OpenExchangeSocket;
  readonly limits: ExchangeLimits;
  readonly drawNonce: (bits: number) => Nonce;
  readonly onReceived: (traffic: Traffic) => void;
}

/** How often everything that the sweep asks is asked again at most. */
export const RECHECK_ROUNDS = 3;
const APART_MS = 10_000;

/**
 * Asks three times more, at least 10 s apart, everything that the sweep asks. The first word counts: a closed port
 * is proof, and an answer of any kind is not silence. Whether a refusal is one for good a measurement tells: another
 * form may still be answered, and an ntpd that does not know one implementation may know the other.
 */
export async function recheck(
  { gate, clock, openConnected, limits, drawNonce, onReceived }: Rechecking,
  {
    probe,
    to,
    port,
  }: {
    readonly probe: Probe;
    readonly to: Address;
    readonly port: number;
  },
): Promise<Rechecked> {
  const exchanges: Exchange[] = [];
  for (let round = 0; round < RECHECK_ROUNDS; round++) {
    for (const [index, form] of probe.sweepForms.entries()) {
      const afterMs = round > 0 && index === 0 ? APART_MS : 0;
      if (!(await gate.pass(to, 0, { afterMs }))) return { kind: 'cut-short', exchanges };
      const { exchange, socketDrops } = await runExchange({
        probe,
        ask: { form, purpose: 'prove' },
        to,
        port,
        nonce: drawNonce(probe.nonce?.bits ?? 0),
        limits,
        openSocket: openConnected,
        clock,
        mayTakeLeave: () => gate.pass(to, 0),
        onReceived(traffic) {
          onReceived(traffic);
          gate.charge(traffic.wireBytes * 8);
        },
      });
      exchanges.push(exchange);
      const word = wordOf(exchange);
      if (word === 'answered') return { kind: word, answer: exchange, exchanges };
      if (word !== 'silent') return { kind: word, exchanges };
      // Something came that no reader knows.
      if (socketDrops > 0) return { kind: 'cut-short', exchanges };
    }
  }
  return { kind: exchanges.every(({ end }) => end === 'silent') ? 'silent' : 'cut-short', exchanges };
}

function wordOf({ end, replies }: Exchange): 'answered' | 'closed' | 'silent' {
  if (end === 'closed') return 'closed';
  return replies.length === 0 ? 'silent' : 'answered';
}
