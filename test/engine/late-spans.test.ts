import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLateSpans } from '../../src/engine/late-spans.js';

describe('a first reply is late', () => {
  it('from the end of a cooldown until the sweep goes on, in each batch', () => {
    let now = 0;
    const late = createLateSpans({ now: () => now });
    late.close();
    assert.equal(late.isLate(0), false, 'not before the first cooldown has ended');
    for (const [at, act] of [
      [100, 'open'],
      [200, 'close'],
      // Asking again after losses begins at once.
      [250, 'close'],
      [300, 'open'],
    ] as const) {
      now = at;
      late[act]();
    }
    assert.deepEqual(
      [99, 100, 199, 200, 299, 300, 1e12].map((at) => late.isLate(at)),
      [false, true, true, false, false, true, true],
    );
  });

  it('by the cooldowns of earlier sessions too, the last of which ended when this session began', () => {
    const late = createLateSpans({ now: () => 1000 }, [{ from: 100, to: 200 }, { from: 300 }]);
    assert.deepEqual(
      [150, 250, 350, 1000].map((at) => late.isLate(at)),
      [true, false, true, false],
    );
    assert.deepEqual(late.list().at(-1), { from: 300, to: 1000 });
  });
});
