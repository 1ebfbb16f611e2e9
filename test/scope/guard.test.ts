import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toRanges } from '../../src/domain/ranges.js';
import type { GuardRules } from '../../src/scope/guard.js';
import { createGuard } from '../../src/scope/guard.js';
import { address, range } from './scope-of.js';

const LAST = Date.UTC(2027, 2, 31, 23, 59, 59, 999);
const RULES: GuardRules = {
  allowed: toRanges([range('192.0.2.0/25'), range('2001:db8::/120')]),
  validUntilEnd: LAST,
  isRevoked: false,
};
const INSIDE = address('192.0.2.7');
const OUTSIDE = address('192.0.2.128');

describe('the guard', () => {
  it('lets a request out to an allowed address, of either family, and to no other', () => {
    const guard = createGuard(RULES);
    assert.equal(guard.mayAsk(INSIDE, LAST), true);
    assert.equal(guard.mayAsk(address('2001:db8::ff'), LAST), true);
    assert.equal(guard.mayAsk(OUTSIDE, LAST), false);
    assert.equal(guard.mayAsk(address('2001:db8::1:0'), LAST), false);
  });

  it('lets the last millisecond of the authorisation pass and none after it', () => {
    const guard = createGuard(RULES);
    assert.deepEqual(
      [LAST - 1, LAST, LAST + 1, LAST + 2 * 86_400_000].map((now) => guard.mayAsk(INSIDE, now)),
      [true, true, false, false],
    );
    assert.deepEqual([guard.isOver(LAST), guard.isOver(LAST + 1)], [false, true]);
  });

  it('goes by new rules at once, and by a revocation for good', () => {
    const guard = createGuard(RULES);
    guard.follow({ ...RULES, allowed: toRanges([range('192.0.2.128/25')]), validUntilEnd: LAST + 1000 });
    assert.equal(guard.mayAsk(INSIDE, LAST), false);
    assert.equal(guard.mayAsk(OUTSIDE, LAST + 1000), true);
    guard.follow({ ...guard.rules, isRevoked: true });
    assert.equal(guard.mayAsk(OUTSIDE, 0), false);
    guard.follow(RULES);
    assert.equal(guard.mayAsk(INSIDE, 0), false);
    assert.equal(guard.isOver(0), true);
  });

  it('is the same where another thread builds it from its rules', () => {
    const guard = createGuard(RULES);
    guard.follow({ ...RULES, allowed: toRanges([range('192.0.2.0/28')]) });
    const elsewhere = createGuard(structuredClone(guard.rules));
    for (const text of ['192.0.2.0', '192.0.2.15', '192.0.2.16', '2001:db8::1'])
      for (const now of [LAST, LAST + 1])
        assert.equal(elsewhere.mayAsk(address(text), now), guard.mayAsk(address(text), now), text);
  });
});
