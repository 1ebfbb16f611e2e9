import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ipv4, ipv6 } from '../../src/domain/address.js';
import type { Exchange } from '../../src/domain/exchange.js';
import { NO_PAYLOADS, NO_TRAFFIC } from '../../src/domain/exchange.js';
import { standIn, standInNumber } from '../../src/domain/stand-in.js';
import { exchangeToKeep, sightingToKeep } from '../../src/engine/outsiders.js';
import { sightingDouble } from '../sweep/sighting-double.js';

const PROBED = ipv4(0x0a00_0005);
const INSIDE = ipv4(0x0a00_0006);
const OUTSIDE = ipv4(0x0b00_0001);
const PLAN = {
  scope: { allows: (address: unknown) => address === INSIDE },
  originOf: () => ({ asn: 64496, asName: 'EXAMPLE', customer: 'C-1001', prefix: '11.0.0.0/8' }),
} as unknown as Parameters<typeof sightingToKeep>[0];
const STAND_IN = standIn(standInNumber(OUTSIDE, PROBED), 4);

describe('what is kept of a responder', () => {
  it('is its address where that lies in the scope or was asked itself, whatever became of the scope since', () => {
    for (const responder of [PROBED, INSIDE]) {
      const sighting = sightingDouble({ probed: PROBED, responder });
      assert.equal(sightingToKeep(PLAN, sighting), sighting);
      const exchange = exchangeFrom(responder);
      assert.deepEqual(exchangeToKeep(PLAN, PROBED, exchange), exchange);
    }
    const silent = { ...exchangeFrom(PROBED), responder: undefined } as unknown as Exchange;
    assert.equal(exchangeToKeep(PLAN, PROBED, silent), silent);
  });

  it('is a stand-in and its AS where it lies outside the scope, and nothing of its owner', () => {
    const origin = { asn: 64496, asName: 'EXAMPLE' };
    const kept = sightingToKeep(PLAN, sightingDouble({ probed: PROBED, responder: OUTSIDE }));
    assert.deepEqual([kept.responder, kept.responderOrigin], [STAND_IN, origin]);
    const { responder } = exchangeToKeep(PLAN, PROBED, exchangeFrom(OUTSIDE));
    assert.deepEqual(responder, { address: STAND_IN, port: 53, origin });
    const six = { probed: ipv6(5n), responder: ipv6(6n) };
    assert.equal(typeof sightingToKeep(PLAN, sightingDouble(six)).responder, 'bigint');
  });

  it('is the AS that an earlier session knew, for the stand-in has none', () => {
    const known = { asn: 64500 };
    const sighting = sightingDouble({ probed: PROBED, responder: STAND_IN, responderOrigin: known });
    assert.deepEqual(sightingToKeep(PLAN, sighting), sighting);
    const unknown = { ...PLAN, originOf: () => ({}) };
    const kept = exchangeToKeep(unknown, PROBED, exchangeFrom(OUTSIDE));
    assert.deepEqual(kept.responder, { address: STAND_IN, port: 53, origin: {} });
  });
});

function exchangeFrom(address: typeof PROBED): Exchange {
  return {
    form: 'form 0',
    purpose: 'measure',
    seenIn: 'measurement',
    request: new Uint8Array(2),
    end: 'quiet',
    sent: NO_TRAFFIC,
    received: NO_TRAFFIC,
    replies: [],
    responder: { address, port: 53 },
    offPath: NO_PAYLOADS,
    caveats: [],
  };
}
