import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Pass } from '../../src/sweep/pass.js';
import type { Passes } from '../../src/sweep/passes.js';
import { createSuspects } from '../../src/sweep/suspects.js';

const POSITIONS = 100;

/** A pass that has asked `position` positions, one a millisecond from 0 on. */
function passAt(index: number, position: number): Pass {
  const log = { latestMs: position - 1, rankBefore: (ms: number) => ms, add: () => undefined };
  return { index, from: 0, position, sent: position, log: log as unknown as Pass['log'], channels: [] };
}

function passesOf(first: Pass, repair: Pass): Passes {
  return {
    all: [first],
    first,
    retries: [],
    repair: () => repair,
    addRepair: () => undefined,
    current: first,
  };
}

describe('suspects', () => {
  const sizes = { probes: 2, positions: POSITIONS };

  it('are those of an earlier part and those of now, by probe, also when they are being asked again', () => {
    const repair = passAt(1, 0);
    const suspects = createSuspects(passesOf(passAt(0, 50), repair), sizes, [[{ from: 3, to: 5 }], []]);
    assert.equal(suspects.askedAgain(), undefined);
    assert.deepEqual(suspects.list(), [[{ from: 3, to: 5 }], []]);
    assert.deepEqual(suspects.current().addSince({ sinceMs: 40, probe: 1 }), { from: 40, to: 50 });
    const all = [[{ from: 3, to: 5 }], [{ from: 40, to: 50 }]];
    assert.deepEqual(suspects.list(), all);
    assert.deepEqual(suspects.unknown(), all, 'nobody was asked again yet');
    const asked = suspects.beginRepair();
    assert.deepEqual(asked.list(), all);
    assert.equal(suspects.askedAgain(), asked);
    assert.deepEqual(suspects.list(), all);
    repair.position = 20;
    assert.deepEqual(suspects.current().addSince({ sinceMs: 0, probe: 0 }), undefined, 'its log is empty');
  });

  it('are unknown from where the sweep that asks them again has come to, and where it lost something itself', () => {
    const repair = passAt(1, 42);
    const suspects = createSuspects(passesOf(passAt(0, 50), repair), sizes, [
      [
        { from: 3, to: 5 },
        { from: 40, to: 42 },
        { from: 45, to: 46 },
      ],
      [{ from: 41, to: 44 }],
    ]);
    suspects.beginRepair();
    assert.deepEqual(suspects.unknown(), [[{ from: 45, to: 46 }], [{ from: 42, to: 44 }]]);
    assert.deepEqual(suspects.current().addSince({ sinceMs: 40, probe: 0 }), {
      from: POSITIONS + 40,
      to: POSITIONS + 42,
    });
    assert.deepEqual(suspects.unknown(), [
      [
        { from: 45, to: 46 },
        { from: 40, to: 42 },
      ],
      [{ from: 42, to: 44 }],
    ]);
  });
});
