/**
 * A scan is killed before each step that it takes on the disk, from the end of its sweep on, and goes on: the result is
 * that of one that was not, in every file.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import type { Ended } from './kill-scene.js';
import { killScene, later, newestIn } from './kill-scene.js';
import { abandon, killedAtStep } from './killed-at-step.js';

const { folder, scan, alive, killAtEachStep } = killScene('127.74.0', 24_319);

describe('a scan that is killed before any step on the disk', () => {
  const template = join(folder, 'template');
  /** The second week: one persists, one is new, one is fixed, and the run stands before its first report. */
  before(async () => {
    await alive(0, 1);
    assert.equal((await scan(template, 0)).code, 0);
    await alive(1, 2);
    const { kind } = await killedAtStep(
      1,
      () => scan(template, 1),
      ({ path }) => path.endsWith('findings.jsonl'),
    );
    assert.equal(kind, 'killed');
    await abandon(template);
  });

  it('ends, when it goes on, as one that was not', async (t) => {
    const resume = (out: string): Promise<Ended> => later('scan', '--resume', newestIn(out));
    const steps = await killAtEachStep(template, resume, async (out) => {
      const ended = await resume(out).catch((error: unknown) => ({ code: 2, printed: String(error) }));
      // Of one that was killed when its checkpoint was gone, nothing is left to be done.
      return ended.printed.includes('it has no checkpoint') ? { ...ended, code: 0 } : ended;
    });
    // Otherwise it would not have been killed while it wrote its reports.
    assert.ok(steps > 40, String(steps));
    t.diagnostic(`killed at ${steps} steps`);
  });
});
