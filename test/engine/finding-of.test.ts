import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Address } from '../../src/domain/address.js';
import { ipv4 } from '../../src/domain/address.js';
import type { Exchange } from '../../src/domain/exchange.js';
import { trafficOf } from '../../src/domain/exchange.js';
import type { Finding } from '../../src/domain/finding.js';
import { findingOf } from '../../src/engine/finding-of.js';
import type { Directly } from '../../src/measure/elsewhere.js';
import type { Sighting } from '../../src/sweep/sightings.js';
import { exchangeOfSighting } from '../../src/sweep/sightings.js';
import { probeDouble } from '../probe-double.js';
import { sightingDouble } from '../sweep/sighting-double.js';

const PROBE = probeDouble({ id: 'double', hasNonce: false, forms: 1 });
const SELECTED = { probe: PROBE, port: 4242, options: [] };
const PROBED = ipv4(0x0a00_0005);
const INSIDE = ipv4(0x0a00_0006);
const OUTSIDE = ipv4(0x0b00_0001);
const ORIGIN = { asn: 64496 };
const OTHER_ORIGIN = { asn: 64497 };

describe('a finding', () => {
  it('shows the strongest exchange, beside all others, under the address that was asked', () => {
    const sighting = sightingDouble({ probed: PROBED, bytes: 300 });
    const measured = [exchangeOf(PROBED, 500), exchangeOf(PROBED, 400)];
    const sighted = exchangeOfSighting(sighting, { formName: 'form 0', sent: trafficOf(2, 4), isLate: true });
    assert.deepEqual(finding(sighting, measured, { isLate: true }), {
      probe: 'double',
      protocol: 'double',
      report: 'x_double',
      ip: PROBED,
      port: 53,
      measurement: { probed: PROBED, probedPort: 4242, exchanges: [sighted, ...measured] },
      reported: measured[0],
      exposure: { kind: 'exposure', tags: ['double'] },
      severity: 'medium',
      severityReason: 'wire amplification of 2 or more: the published severity of its type',
      origin: ORIGIN,
    });
  });

  it('that rests on the sweep is a lower bound where its sockets lost replies', () => {
    const { reported } = finding(sightingDouble({ probed: PROBED }), [], { lostReplies: true });
    assert.deepEqual([reported.seenIn, reported.caveats], ['sweep', ['lossy']]);
  });

  it('is of its own type where no reader knows the answer', () => {
    const unknown = { kind: 'unrecognised', why: 'noise' } as const;
    const sighting = sightingDouble({ probed: PROBED, bytes: 500, firstReading: unknown });
    assert.equal(finding(sighting, []).report, 'x_unidentified');
  });

  it('is none where nothing is exposed: the reason', () => {
    const refused = sightingDouble({ probed: PROBED, firstReading: { kind: 'refusal', reason: 'refused' } });
    assert.equal(outcome(refused, []), 'refused');
  });

  it('is graded by the thresholds that the user chose', () => {
    const strong = [exchangeOf(PROBED, 1000)];
    const severityThresholds = { critical: 15, high: 3 };
    assert.equal(finding(sightingDouble({ probed: PROBED }), strong).severity, 'high');
    assert.equal(
      finding(sightingDouble({ probed: PROBED }), strong, { severityThresholds }).severity,
      'critical',
    );
  });
});

describe('a finding whose answer came from another address', () => {
  type Row = readonly [ip: Address, how: string | undefined, by: Address | undefined, origin: object];
  const cases: readonly (readonly [string, Address, Partial<Known>, Row])[] = [
    [
      'of another host in the scope stands under the asked address, and says who answered',
      INSIDE,
      { directly: () => 'answered', originOf: byAddress },
      [PROBED, 'transparent-forwarder', INSIDE, ORIGIN],
    ],
    [
      'of the same host stands under the address that answered, which has no row of its own',
      INSIDE,
      { directly: () => 'refused', originOf: byAddress },
      [INSIDE, 'other-address', INSIDE, OTHER_ORIGIN],
    ],
    [
      'of the same host stands under the asked address where the other one has a row of its own',
      INSIDE,
      { directly: () => 'answered', answersOtherProtocols: (address) => address === INSIDE },
      [PROBED, 'other-address', INSIDE, ORIGIN],
    ],
    ['outside the scope is not named', OUTSIDE, {}, [PROBED, 'transparent-forwarder', undefined, ORIGIN]],
    [
      'outside the scope is not named where it is the same host either',
      OUTSIDE,
      { answersOtherProtocols: () => true },
      [PROBED, 'other-address', undefined, ORIGIN],
    ],
    ['that is the asked one has no such word', PROBED, {}, [PROBED, undefined, undefined, ORIGIN]],
  ];
  for (const [claim, responder, known, expected] of cases)
    it(claim, () => {
      const measured = [exchangeOf(responder, 500)];
      const { ip, exposure, answeredBy, origin } = finding(
        sightingDouble({ probed: PROBED }),
        measured,
        known,
      );
      const [own, how] = exposure.tags;
      assert.deepEqual([own, [ip, how, answeredBy?.address, origin]], ['double', expected]);
    });

  it('has the AS of a stand-in, not of the address that stands in', () => {
    const { responder, ...exchange } = exchangeOf(OUTSIDE, 500);
    assert.ok(responder !== undefined);
    const kept = { ...exchange, responder: { ...responder, origin: OTHER_ORIGIN } };
    const { answeredBy } = finding(sightingDouble({ probed: PROBED }), [kept]);
    assert.deepEqual(answeredBy, { origin: OTHER_ORIGIN });
  });
});

type Known = Parameters<typeof findingOf>[0];

function outcome(
  sighting: Sighting,
  measured: readonly Exchange[],
  known: Partial<Known> = {},
): Finding | string {
  return findingOf(
    {
      scope: { allows: (address: Address) => address !== OUTSIDE } as Known['scope'],
      originOf: () => ORIGIN,
      isLate: false,
      lostReplies: false,
      directly: (): Directly => 'unknown',
      answersOtherProtocols: () => false,
      ...known,
    },
    SELECTED,
    sighting,
    measured,
  );
}

function finding(...given: Parameters<typeof outcome>): Finding {
  const found = outcome(...given);
  assert.ok(typeof found === 'object');
  return found;
}

function byAddress(address: Address): typeof ORIGIN {
  return address === PROBED ? ORIGIN : OTHER_ORIGIN;
}

function exchangeOf(address: Address, bytes: number): Exchange {
  return {
    form: 'form 0',
    purpose: 'measure',
    seenIn: 'measurement',
    request: Uint8Array.of(0x51, 0),
    requestedAt: 0,
    end: 'quiet',
    sent: trafficOf(2, 4),
    received: trafficOf(bytes, 4),
    replies: [{ afterMs: 1, payloadBytes: bytes, reading: { kind: 'answer', facts: {} } }],
    responder: { address, port: 53 },
    offPath: { datagrams: 0, payloadBytes: 0 },
    caveats: [],
  };
}
