/** A `report` and a `merge` are killed before each step that they take on the disk, and asked for again. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import type { Ended } from './kill-scene.js';
import { killScene, later, newestIn } from './kill-scene.js';

const { folder, scan, alive, killAtEachStep } = killScene('127.75.0', 24_320);

describe('a report and a merge that are killed before any step on the disk', () => {
  const reported = join(folder, 'reported');
  const merged = join(folder, 'merged');
  before(async () => {
    await alive(0, 1);
    assert.equal((await scan(reported, 0)).code, 0);
    for (const part of [1, 2])
      assert.equal((await scan(join(merged, `part${part}`), 0, '--shard', `${part}/2`)).code, 0);
  });

  it('make the same files when they are asked for again: report', async (t) => {
    const steps = await killAtEachStep(reported, (out) => later('report', newestIn(out)));
    assert.ok(steps > 20, String(steps));
    t.diagnostic(`killed at ${steps} steps`);
  });

  it('make the same one run when they are asked for again: merge', async (t) => {
    const merge = (out: string): Promise<Ended> =>
      later('merge', join(out, 'part1', 'latest'), join(out, 'part2', 'latest'), '--out', join(out, 'all'));
    const steps = await killAtEachStep(merged, merge);
    assert.ok(steps > 25, String(steps));
    t.diagnostic(`killed at ${steps} steps`);
  });
});
