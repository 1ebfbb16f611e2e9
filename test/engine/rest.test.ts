import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hostGapMs, restAfterSweepMs, restBetweenStagesMs } from '../../src/engine/rest.js';

describe('what lies between two stages of a run', () => {
  for (const [claim, pace, formGapMs, restMs] of [
    ['is a little more than the window of a second', {}, 500, 1010],
    ['is the interval of a slow rate, and a tick that its pacer may make up for', { rate: 0.5 }, 500, 2005],
    ['is the interval of a slow cap for a subnet', { perSubnet: 0.4 }, 500, 2500],
    ['is the gap between two requests to a host', { perHost: 0.25 }, 500, 4000],
    ['is the gap between two forms', {}, 3000, 3000],
  ] as const)
    it(claim, () => {
      const usual = { rate: 1000, perSubnet: 200, perHost: 1 };
      assert.equal(restBetweenStagesMs({ pace: { ...usual, ...pace }, formGapMs }), restMs);
    });

  it('is after a sweep, of which it is known when each host was asked, what the rate and the caps need', () => {
    assert.equal(restAfterSweepMs({ rate: 1000, perSubnet: 200 }), 16);
    assert.equal(restAfterSweepMs({ rate: 0.5, perSubnet: 200 }), 2015);
    assert.equal(restAfterSweepMs({ rate: 1000, perSubnet: 0.4 }), 2510);
  });

  it('is for one host the longer of the gap between two forms and of its own interval', () => {
    assert.equal(hostGapMs({ pace: { perHost: 0.5 }, formGapMs: 1999 }), 2000);
    assert.equal(hostGapMs({ pace: { perHost: 0.5 }, formGapMs: 2001 }), 2001);
  });
});
