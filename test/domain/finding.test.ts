import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Severity } from '../../src/domain/finding.js';
import { compareSeverities, LOOP_RISK, SEVERITIES, severityOf } from '../../src/domain/finding.js';

function levelsOf(factors: readonly number[], published: Severity): readonly Severity[] {
  return factors.map((factor) => severityOf({}, factor, published).level);
}

describe('the severity of a finding', () => {
  const factors = [0, 0.99, 1, 1.99, 2, 9.99, 10, 99.99, 100, 5500];

  it('goes by the amplification on the wire, each step from its figure on', () => {
    assert.deepEqual(levelsOf(factors, 'medium'), [
      ...['info', 'info', 'low', 'low', 'medium', 'medium', 'high', 'high', 'critical', 'critical'],
    ]);
  });

  it('is the published one of its type at least, where the host amplifies', () => {
    assert.deepEqual(levelsOf(factors, 'high'), [
      ...['info', 'info', 'low', 'low', 'high', 'high', 'high', 'high', 'critical', 'critical'],
    ]);
    assert.deepEqual(levelsOf([1, 2, 10, 100], 'critical'), ['low', 'critical', 'critical', 'critical']);
    assert.deepEqual(levelsOf([1, 2, 10, 100], 'info'), ['info', 'info', 'high', 'critical']);
  });

  it('never falls where the factor grows, whatever the type and the thresholds', () => {
    const factor = fc.double({ min: 0, max: 1e5, noNaN: true });
    fc.assert(
      fc.property(
        fc.tuple(factor, factor),
        fc
          .tuple(factor, factor)
          .map(([a, b]) => ({ high: 2 + Math.min(a, b), critical: 2 + Math.max(a, b) })),
        fc.constantFrom(...SEVERITIES),
        ([one, other], thresholds, published) => {
          const less = severityOf({}, Math.min(one, other), published, thresholds).level;
          const more = severityOf({}, Math.max(one, other), published, thresholds).level;
          assert.ok(compareSeverities(more, less) <= 0);
        },
      ),
    );
  });

  it('takes other thresholds, and says which one it was that counted', () => {
    const thresholds = { critical: 30, high: 5 };
    assert.deepEqual(severityOf({}, 5, 'medium', thresholds), {
      level: 'high',
      reason: 'wire amplification of 5 or more',
    });
    assert.equal(severityOf({}, 30, 'medium', thresholds).level, 'critical');
    assert.match(severityOf({}, 4.9, 'medium', thresholds).reason, /2 or more: the published severity/);
  });

  it('says why it is what it is', () => {
    assert.deepEqual(
      [0.99, 1.99, 2, 10, 100].map((factor) => severityOf({}, factor, 'medium').reason),
      [
        'wire amplification below 1',
        'wire amplification below 2',
        'wire amplification of 2 or more: the published severity of its type',
        'wire amplification of 10 or more',
        'wire amplification of 100 or more',
      ],
    );
    assert.match(severityOf({}, 10, 'high').reason, /the published severity of its type$/);
  });

  it('is high where two such services may answer each other without end, however little one of them sends', () => {
    const { level, reason } = severityOf({ atLeast: LOOP_RISK }, 1, 'low');
    assert.equal(level, 'high');
    assert.match(reason, /^one packet with a forged source .* answer each other without end$/);
  });

  it("is what the probe's judgement says, with its reason, whatever the figure", () => {
    const severity = { level: 'low', reason: 'answers its own customers only' } as const;
    for (const factor of [0.5, 5500]) assert.deepEqual(severityOf({ severity }, factor, 'medium'), severity);
  });

  it('is at least what the judgement says it is, with that reason only where it counted', () => {
    const atLeast = { level: 'medium', reason: 'an open resolver' } as const;
    assert.deepEqual(severityOf({ atLeast }, 0.5, 'low'), atLeast);
    assert.match(severityOf({ atLeast }, 3, 'medium').reason, /the published severity/);
    assert.equal(severityOf({ atLeast }, 60, 'medium').level, 'high');
    const severity = { level: 'info', reason: 'refuses others' } as const;
    assert.deepEqual(severityOf({ atLeast, severity }, 60, 'medium'), atLeast);
  });
});
