import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isRemembered, standingOf } from '../../src/domain/run-standing.js';
import type { RunRecord } from '../../src/domain/run-record.js';
import { isWhole } from '../../src/domain/whole-run.js';
import { sampleRun } from '../reports/sample-run.js';

const { losses, settings } = sampleRun;
const whole: RunRecord = { ...sampleRun, complete: true, losses: { ...losses, any: false } };
const suspect = { reason: 'responders', expected: 4, answered: 1 } as const;
const partial = { compared_with: '2026-11-13T030000Z', missing_addresses: 255 };
const shard = { ...settings, shard: '1/2' };

describe('what a run may speak for', () => {
  for (const [name, run, standing, remembered] of [
    ['a complete run of all that is usual', {}, 'whole', true],
    ['one whose known responders are gone', { suspect }, 'suspect', true],
    ['one of a single host', { partial }, 'partial', true],
    ['a single host on a path in doubt', { suspect, partial }, 'suspect', true],
    ['a shard, whatever else is said of it', { settings: shard, suspect, partial }, 'shard', false],
    ['a run that was stopped', { complete: false, settings: shard, suspect, partial }, 'stopped', false],
  ] as const)
    it(`${name}: ${standing}, ${remembered ? 'remembered' : 'not remembered'}`, () => {
      const each: RunRecord = { ...whole, ...run };
      assert.equal(standingOf(each), standing);
      assert.equal(isRemembered(each), remembered);
      assert.equal(isWhole(each), standing === 'whole');
    });

  it('a whole run that lost something speaks for the scope, but no finding does not mean that there is none', () => {
    const lossy = { ...whole, losses: { ...losses, any: true } };
    assert.equal(standingOf(lossy), 'whole');
    assert.equal(isWhole(lossy), false);
  });
});
