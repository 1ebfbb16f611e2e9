import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isRemembered, reachOf, standingOf } from '../../src/domain/run-standing.js';
import type { RunRecord } from '../../src/domain/run-record.js';
import { excludedOnTheWay, isWhole } from '../../src/domain/whole-run.js';
import { sampleRun } from '../reports/sample-run.js';

const { losses, settings } = sampleRun;
const whole: RunRecord = { ...sampleRun, complete: true, losses: { ...losses, any: false } };
const suspect = { reason: 'responders', expected: 4, answered: 1 } as const;
const partial = { compared_with: '2026-11-13T030000Z', missing_addresses: 255 };
const late = { newer_runs: 1, newest: '2026-11-27T030000Z' };
const shard = { ...settings, shard: '1/2' };

describe('what a run may speak for', () => {
  for (const [name, run, standing, remembered] of [
    ['a complete run of all that is usual', {}, 'whole', true],
    ['one whose known responders are gone', { suspect }, 'suspect', true],
    ['one of a single host', { partial }, 'partial', true],
    ['one that went on after newer ones', { late }, 'late', true],
    ['a single host that went on after newer ones', { late, partial }, 'late', true],
    ['a single host on a path in doubt', { suspect, partial, late }, 'suspect', true],
    ['a shard, whatever else is said of it', { settings: shard, suspect, partial }, 'shard', false],
    ['a run that was stopped', { complete: false, settings: shard, suspect, partial }, 'stopped', false],
  ] as const)
    it(`${name}: ${standing}, ${remembered ? 'remembered' : 'not remembered'}`, () => {
      const each: RunRecord = { ...whole, ...run };
      assert.equal(standingOf(each), standing);
      assert.equal(isRemembered(each), remembered);
      assert.equal(isWhole(each), standing === 'whole');
    });

  it('reaches as far as its standing, though partial and late may be both', () => {
    const reach = (run: Partial<RunRecord>): readonly boolean[] => {
      const { whole: isUsual, partial: isPart, late: isLate } = reachOf({ ...whole, ...run });
      return [isUsual, isPart, isLate];
    };
    assert.deepEqual(reach({}), [true, false, false]);
    assert.deepEqual(reach({ suspect }), [false, false, false]);
    assert.deepEqual(reach({ partial }), [false, true, false]);
    assert.deepEqual(reach({ late, partial }), [false, true, true]);
  });

  it('is not whole where the scope excluded addresses on the way, and counts them over all reloads', () => {
    const time = '2026-11-20T03:01:00Z';
    const scope_reloads = [
      { time, newly_excluded: ['192.0.2.8/31'], newly_excluded_addresses: 2 },
      { time, rate: 500 },
      { time, newly_excluded: ['192.0.2.4/30'], newly_excluded_addresses: 4 },
    ];
    assert.deepEqual([excludedOnTheWay(whole), isWhole(whole)], [0, true]);
    const shrunk = { ...whole, scope_reloads };
    assert.deepEqual([excludedOnTheWay(shrunk), isWhole(shrunk)], [6, false]);
    assert.equal(isWhole({ ...whole, scope_reloads: [{ time, rate: 500 }] }), true);
  });

  it('a whole run that lost something speaks for the scope, but no finding does not mean that there is none', () => {
    const lossy = { ...whole, losses: { ...losses, any: true } };
    assert.equal(standingOf(lossy), 'whole');
    assert.equal(isWhole(lossy), false);
  });
});
