import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createSentLog } from '../../src/sweep/sent-log.js';

describe('the log of what left when', () => {
  it('names a rank at or before each that left since a moment, also where asking again began at a lower one', () => {
    const steps = fc.array(
      fc.oneof(
        { arbitrary: fc.record({ afterMs: fc.nat(600), rank: fc.constant('next' as const) }), weight: 9 },
        fc.record({ afterMs: fc.nat(600), rank: fc.nat(50) }),
      ),
      { minLength: 1, maxLength: 60 },
    );
    fc.assert(
      fc.property(steps, fc.nat(10_000), (all, sinceMs) => {
        const log = createSentLog(60_000);
        const sent: { readonly ms: number; readonly rank: number }[] = [];
        for (const { afterMs, rank } of all) {
          const last = sent.at(-1) ?? { ms: 0, rank: -1 };
          const next = { ms: last.ms + afterMs, rank: rank === 'next' ? last.rank + 1 : rank };
          log.note(next.ms, next.rank);
          sent.push(next);
        }
        const named = log.rankBefore(sinceMs);
        for (const { ms, rank } of sent)
          assert.ok(ms < sinceMs || named <= rank, `${named}, and ${rank} left`);
      }),
    );
  });

  it('is as exact as a quarter second where ranks only grow', () => {
    const log = createSentLog(60_000);
    for (let rank = 0; rank < 1000; rank++) log.note(rank * 10, rank);
    assert.equal(log.rankBefore(5000), 500);
    assert.equal(log.rankBefore(5240), 500);
    assert.equal(log.rankBefore(-1), 0);
    assert.equal(log.latestMs, 9990);
  });
});
