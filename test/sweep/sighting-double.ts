import type { Address } from '../../src/domain/address.js';
import { ipv4 } from '../../src/domain/address.js';
import { trafficOf } from '../../src/domain/exchange.js';
import type { Sighting } from '../../src/sweep/sightings.js';

/** A sighting of one answer in one datagram, of 10.0.0.5 to the first form of the first probe unless said otherwise. */
export function sightingDouble({
  bytes = 100,
  ...more
}: Partial<Sighting> & { readonly bytes?: number } = {}): Sighting {
  const probed: Address = more.probed ?? ipv4(0x0a00_0005);
  return {
    probed,
    probe: 0,
    generation: 0,
    forms: new Set([0]),
    form: 0,
    request: Uint8Array.of(0x51, 0),
    firstReading: { kind: 'answer', facts: {} },
    firstPayloadBytes: bytes,
    responder: probed,
    responderPort: 4242,
    firstSeenAt: 0,
    ...trafficOf(bytes, typeof probed === 'number' ? 4 : 6),
    offPathDatagrams: 0,
    offPathBytes: 0,
    ...more,
  };
}
