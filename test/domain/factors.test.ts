import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ipv4, ipv6 } from '../../src/domain/address.js';
import type { Exchange, Traffic } from '../../src/domain/exchange.js';
import { NO_TRAFFIC, addTraffic, trafficOf } from '../../src/domain/exchange.js';
import { compareSeverities } from '../../src/domain/finding.js';
import {
  computedFactors,
  factorsOf,
  isLowerBound,
  largestBelowTwice,
  reportedExchange,
} from '../../src/domain/factors.js';

describe('the factors of an exchange', () => {
  it('of a full monlist server are 5500 for 8 bytes, 917 for 48 and 229 for 192; 759, 517 and 204 on the wire', () => {
    const monlist = exchange({ sent: trafficOf(8, 4), received: times(100, trafficOf(440, 4)) });
    const asked = factorsOf(monlist);
    assert.equal(asked.amplification, 5500);
    assert.equal(asked.packetAmplification, 100);
    assert.equal(Math.round(asked.wireAmplification), 759);
    const of48 = computedFactors(monlist, 48, ipv4(0x7f000001));
    assert.equal(Math.round(of48.amplification), 917);
    assert.equal(Math.round(of48.wireAmplification), 517);
    const of192 = computedFactors(monlist, 192, ipv4(0x7f000001));
    assert.equal(Math.round(of192.amplification), 229);
    assert.equal(Math.round(of192.wireAmplification), 204);
  });

  it('of a 74-byte answer to a 1-byte request are 74 by payload and 1.8 in truth', () => {
    const factors = factorsOf({ sent: trafficOf(1, 4), received: trafficOf(74, 4) });
    assert.equal(factors.amplification, 74);
    assert.equal(factors.wireAmplification, 120 / 64);
  });

  it('count fragments as packets, in both families', () => {
    assert.equal(factorsOf({ sent: trafficOf(40, 4), received: trafficOf(3000, 4) }).packetAmplification, 3);
    assert.equal(
      factorsOf({ sent: trafficOf(2000, 4), received: trafficOf(3000, 4) }).packetAmplification,
      1.5,
    );
    const v6 = exchange({ sent: trafficOf(40, 6), received: trafficOf(3000, 6) });
    assert.equal(computedFactors(v6, 40, ipv6(1n)).packetAmplification, 3);
  });
});

describe('the reported exchange', () => {
  it('is the one with the largest wire amplification, not the largest by payload', () => {
    const tiny = exchange({ form: 'tiny', sent: trafficOf(1, 4), received: trafficOf(74, 4) });
    const large = exchange({ form: 'large', sent: trafficOf(40, 4), received: trafficOf(1000, 4) });
    assert.ok(factorsOf(tiny).amplification > factorsOf(large).amplification);
    assert.equal(reportedExchange([tiny, large])?.form, 'large');
  });

  it('is the first of equals', () => {
    const both = ['first', 'second'].map((form) => exchange({ form, received: trafficOf(100, 4) }));
    assert.equal(reportedExchange(both)?.form, 'first');
  });

  it('is never one that primes, proves or checks the rate, nor one without an answer', () => {
    const received = trafficOf(1000, 4);
    const others = (['prime', 'prove', 'rate-check'] as const).map((purpose) =>
      exchange({ purpose, received }),
    );
    assert.equal(reportedExchange([...others, exchange({ received: NO_TRAFFIC })]), undefined);
  });

  it('is never weaker than any other that measures', () => {
    const measured = fc.array(fc.tuple(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 0, max: 5000 })), {
      minLength: 1,
      maxLength: 10,
    });
    fc.assert(
      fc.property(measured, (sizes) => {
        const list = sizes.map(([sent, received]) =>
          exchange({ sent: trafficOf(sent, 4), received: trafficOf(received, 4) }),
        );
        const best = reportedExchange(list);
        assert.ok(best !== undefined);
        for (const other of list)
          assert.ok(factorsOf(best).wireAmplification >= factorsOf(other).wireAmplification);
      }),
    );
  });
});

describe('the largest answer that is less than twice its request on the wire', () => {
  for (const [request, family, answer, why] of [
    [1, 4, 81, '81 + 46 bytes of headers are 127, and the smallest frame is 64'],
    [40, 4, 125, 'frames of 86 and 171 bytes'],
    [40, 6, 145, 'frames of 106 and 211 bytes'],
    [1000, 4, 2007, 'frames of 1,046 and of 1,518 + 573 bytes'],
  ] as const)
    it(`has ${answer} bytes for ${request} over IPv${family}: ${why}`, () => {
      assert.equal(largestBelowTwice(request, family), answer);
      const { wireBytes } = trafficOf(request, family);
      assert.ok(trafficOf(answer, family).wireBytes < 2 * wireBytes);
      assert.ok(trafficOf(answer + 1, family).wireBytes >= 2 * wireBytes);
    });
});

describe('a lower bound', () => {
  it('is what a cap, a loss or requests that nothing tells apart made too small, and nothing else', () => {
    assert.equal(isLowerBound(exchange({ caveats: ['capped'] })), true);
    assert.equal(isLowerBound(exchange({ caveats: ['undivided'] })), true);
    assert.equal(isLowerBound(exchange({})), false);
    assert.equal(isLowerBound(exchange({ caveats: ['late', 'lossy'] })), true);
    assert.equal(isLowerBound(exchange({ caveats: ['off-address', 'duplicated', 'late'] })), false);
  });
});

describe('severities', () => {
  it('sorts the worse first', () => {
    assert.deepEqual((['info', 'critical', 'low', 'high', 'medium'] as const).toSorted(compareSeverities), [
      'critical',
      'high',
      'medium',
      'low',
      'info',
    ]);
  });
});

function times(count: number, traffic: Traffic): Traffic {
  return Array.from({ length: count }, () => traffic).reduce(addTraffic, NO_TRAFFIC);
}

function exchange(parts: Partial<Exchange>): Exchange {
  return {
    form: 'form',
    purpose: 'measure',
    seenIn: 'measurement',
    request: new Uint8Array(8),
    requestedAt: 0,
    end: 'quiet',
    sent: trafficOf(8, 4),
    received: NO_TRAFFIC,
    replies: [],
    offPath: NO_TRAFFIC,
    caveats: [],
    ...parts,
  };
}
