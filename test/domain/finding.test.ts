import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { severityOf } from '../../src/domain/finding.js';

describe('the severity of a finding', () => {
  it('goes by the amplification on the wire, each step from its figure on', () => {
    const levels = [0, 0.99, 1, 1.99, 2, 49.99, 50, 499.99, 500, 5500].map(
      (factor) => severityOf({}, factor, 'medium').level,
    );
    assert.deepEqual(levels, [
      ...['info', 'info', 'low', 'low', 'medium', 'medium', 'high', 'high', 'critical', 'critical'],
    ]);
    assert.match(severityOf({}, 2, 'medium').reason, /2 or more: the type's default/);
  });

  it("is what the probe's judgement says, with its reason, whatever the figure", () => {
    const severity = { level: 'low', reason: 'answers its own customers only' } as const;
    for (const factor of [0.5, 5500]) assert.deepEqual(severityOf({ severity }, factor, 'medium'), severity);
  });

  it('is at least what the judgement says it is, with that reason only where it counted', () => {
    const atLeast = { level: 'medium', reason: 'an open resolver' } as const;
    assert.deepEqual(severityOf({ atLeast }, 0.5, 'low'), atLeast);
    assert.equal(
      severityOf({ atLeast }, 3, 'medium').reason,
      "wire amplification of 2 or more: the type's default",
    );
    assert.equal(severityOf({ atLeast }, 60, 'medium').level, 'high');
    const severity = { level: 'info', reason: 'refuses others' } as const;
    assert.deepEqual(severityOf({ atLeast, severity }, 60, 'medium'), atLeast);
  });
});
