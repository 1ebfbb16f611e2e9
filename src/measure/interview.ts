import type { Ask, EmulatedServer, Probe } from '../../probes/probe.js';
import type { Exchange, Reply } from '../domain/exchange.js';
import { NO_PAYLOADS, NO_TRAFFIC, addTraffic, trafficOf } from '../domain/exchange.js';
import { MOST_ASKS } from './measure-responder.js';

/** What a probe asks of a server of this behaviour, and what it hears: a measurement without a network. */
export function interview(
  probe: Probe,
  server: Pick<EmulatedServer, 'reply'>,
): { readonly asks: readonly Ask[]; readonly exchanges: readonly Exchange[] } {
  const asks: Ask[] = [];
  const exchanges: Exchange[] = [];
  const purpose = probe.portFrom === undefined ? 'measure' : 'prime';
  const sweepForms = probe.sweepForms.map((form): Ask => ({ form, purpose }));
  while (asks.length < MOST_ASKS) {
    const ask = sweepForms[asks.length] ?? probe.next(exchanges);
    if (ask === undefined) break;
    asks.push(ask);
    for (let sent = 0; sent < requestsOf(ask); sent++)
      exchanges.push(heardBy(probe, server, ask, exchanges.length));
  }
  return { asks, exchanges };
}

/** How many requests a question is. */
export function requestsOf({ burst }: Ask): number {
  return burst?.repeat ?? 1;
}

function heardBy(probe: Probe, server: Pick<EmulatedServer, 'reply'>, ask: Ask, nonce: number): Exchange {
  const request = ask.form.encode(nonce);
  const payloads = server.reply(request);
  return {
    form: ask.form.name,
    purpose: ask.purpose,
    seenIn: 'measurement',
    request,
    requestedAt: 0,
    end: payloads.length > 0 ? 'quiet' : 'silent',
    sent: trafficOf(request.length, 4),
    received: payloads.map(({ length }) => trafficOf(length, 4)).reduce(addTraffic, NO_TRAFFIC),
    replies: payloads.map((payload, index): Reply => ({
      afterMs: 1 + index,
      payloadBytes: payload.length,
      reading: probe.read(payload, request),
    })),
    offPath: NO_PAYLOADS,
    caveats: [],
  };
}
