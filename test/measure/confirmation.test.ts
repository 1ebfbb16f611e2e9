import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Caveat, Exchange } from '../../src/domain/exchange.js';
import { NO_TRAFFIC } from '../../src/domain/exchange.js';
import { needsConfirmation, unstableRange } from '../../src/measure/confirmation.js';

describe('a measurement is confirmed', () => {
  it('where it differs from the sweep by more than 1,000 bytes and more than 2 x, in either direction', () => {
    for (const [sweep, measurement, expected] of [
      [3000, 1000, true],
      [1000, 3000, true],
      [2001, 1000, true],
      [2000, 1000, false],
      [2000, 999, true],
      [1000, 1, false],
      [1000, 0, false],
      [1001, 0, true],
      [44_000, 22_000, false],
      [44_000, 21_999, true],
    ] as const) {
      const is = needsConfirmation(seen(sweep), [measured(measurement)]);
      assert.equal(is, expected, `${sweep} and ${measurement}`);
    }
  });

  it('not where the smaller figure is a lower bound, for that explains it; where the larger one is, yes', () => {
    for (const caveat of ['lossy', 'capped'] as const) {
      assert.equal(needsConfirmation(seen(500, caveat), [measured(5000)]), false);
      assert.equal(needsConfirmation(seen(5000), [measured(500, caveat)]), false);
      assert.equal(needsConfirmation(seen(5000, caveat), [measured(500)]), true);
      assert.equal(needsConfirmation(seen(500), [measured(5000, caveat)]), true);
    }
  });

  it('not where another address answered one of them', () => {
    assert.equal(needsConfirmation(seen(500, 'off-address'), [measured(5000)]), false);
    assert.equal(needsConfirmation(seen(500), [measured(5000, 'off-address')]), false);
  });

  it('by the same form only, and only where that left and was to be measured', () => {
    const other = { ...measured(50), form: 'another' };
    const unsent: Exchange = { ...measured(0), end: 'unsent' };
    const prime: Exchange = { ...measured(50), purpose: 'prime' };
    for (const exchange of [other, unsent, prime])
      assert.equal(needsConfirmation(seen(5000), [exchange]), false);
    assert.equal(needsConfirmation(seen(5000), []), false);
    assert.equal(needsConfirmation(seen(5000), [other, measured(4900)]), false);
    assert.equal(needsConfirmation(seen(5000), [other, measured(500)]), true);
  });
});

describe('an answer is unstable', () => {
  it('where it differs again, from the least to the most that came', () => {
    assert.deepEqual(unstableRange(seen(5000), [measured(500), measured(900)]), {
      leastBytes: 500,
      mostBytes: 5000,
    });
    assert.deepEqual(unstableRange(seen(500), [measured(5000), measured(44_000)]), {
      leastBytes: 500,
      mostBytes: 44_000,
    });
  });

  it('not before it was asked again, and not where it then agrees or a loss explains it', () => {
    assert.equal(unstableRange(seen(5000), [measured(500)]), undefined);
    assert.equal(unstableRange(seen(5000), [measured(500), measured(4900)]), undefined);
    assert.equal(unstableRange(seen(5000), [measured(500), measured(500, 'lossy')]), undefined);
  });
});

function seen(bytes: number, ...caveats: readonly Caveat[]): Exchange {
  return { ...measured(bytes, ...caveats), seenIn: 'sweep' };
}

function measured(bytes: number, ...caveats: readonly Caveat[]): Exchange {
  return {
    form: 'form 0',
    purpose: 'measure',
    seenIn: 'measurement',
    request: new Uint8Array(2),
    requestedAt: 0,
    end: bytes > 0 ? 'quiet' : 'silent',
    sent: NO_TRAFFIC,
    received: { ...NO_TRAFFIC, payloadBytes: bytes },
    replies: [],
    offPath: NO_TRAFFIC,
    caveats,
  };
}
