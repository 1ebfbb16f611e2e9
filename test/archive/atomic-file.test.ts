import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeAtomically } from '../../src/archive/atomic-file.js';
import { readRun } from '../../src/archive/run-archive.js';
import { publishLatest } from '../../src/archive/run-directory.js';
import { isWhole } from './recognisable-file.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ampscope-archive-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The name a process that is no more would have left behind. */
async function staleName(finalName: string): Promise<string> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return `.${finalName}.${child.pid ?? 0}-1.ampscope-tmp`;
}

describe('writing a file', () => {
  it('leaves the file and nothing else', async () => {
    await writeAtomically(join(folder, 'a'), ['one ', Buffer.from('two '), 'drei: ü'], { mode: 0o600 });
    assert.equal(readFileSync(join(folder, 'a'), 'utf8'), 'one two drei: ü');
    assert.deepEqual(readdirSync(folder), ['a']);
  });

  it('takes chunks that come with time, and any number of them', async () => {
    const chunks = (async function* () {
      for (let i = 0; i < 5; i++) {
        await sleep(1);
        yield 'x'.repeat(50_000);
      }
    })();
    await writeAtomically(join(folder, 'a'), chunks, { mode: 0o600 });
    assert.equal(readFileSync(join(folder, 'a'), 'utf8'), 'x'.repeat(250_000));
  });

  it('gives the asked permissions whatever the umask', async () => {
    const before = process.umask(0o077);
    try {
      await writeAtomically(join(folder, 'a'), ['a'], { mode: 0o644 });
      process.umask(0);
      await writeAtomically(join(folder, 'b'), ['b'], { mode: 0o600 });
    } finally {
      process.umask(before);
    }
    assert.equal(statSync(join(folder, 'a')).mode & 0o777, 0o644);
    assert.equal(statSync(join(folder, 'b')).mode & 0o777, 0o600);
  });

  it('that fails halfway leaves the file of before, and no other', async () => {
    writeFileSync(join(folder, 'a'), 'before');
    const failing = (function* () {
      yield 'x'.repeat(200_000);
      throw new Error('no more');
    })();
    await assert.rejects(writeAtomically(join(folder, 'a'), failing, { mode: 0o600 }), /no more/);
    assert.equal(readFileSync(join(folder, 'a'), 'utf8'), 'before');
    assert.deepEqual(readdirSync(folder), ['a']);
  });

  it('replaces a link and does not follow it', async () => {
    writeFileSync(join(folder, 'elsewhere'), 'untouched');
    symlinkSync('elsewhere', join(folder, 'a'));
    await writeAtomically(join(folder, 'a'), ['new'], { mode: 0o600 });
    assert.equal(readFileSync(join(folder, 'elsewhere'), 'utf8'), 'untouched');
    assert.equal(readFileSync(join(folder, 'a'), 'utf8'), 'new');
  });

  it('removes what a process left behind that is no more, and nothing of one that runs', async () => {
    const stale = await staleName('b');
    const running = `.b.${process.ppid}-1.ampscope-tmp`;
    for (const name of [stale, running, '.hidden']) writeFileSync(join(folder, name), 'half');
    // Of a folder that was being removed too, with all that is in it.
    const staleFolder = join(folder, await staleName('checkpoint'));
    mkdirSync(staleFolder);
    writeFileSync(join(staleFolder, 'state.json'), 'half');
    // In a container the next run has the same process id.
    writeFileSync(join(folder, `.c.${process.pid}-99999.ampscope-tmp`), 'half');
    await writeAtomically(join(folder, 'a'), ['a'], { mode: 0o600 });
    assert.deepEqual(readdirSync(folder).sort(), [running, '.hidden', 'a'].sort());
  });
});

describe('the link to the newest run', () => {
  it('is relative and moves in one step', async () => {
    mkdirSync(join(folder, 'one'));
    await publishLatest(folder, 'one');
    await publishLatest(folder, 'two');
    assert.equal(readlinkSync(join(folder, 'latest')), 'two');
    assert.deepEqual(readdirSync(folder).sort(), ['latest', 'one']);
  });

  it("never takes the place of another user's folder", async () => {
    mkdirSync(join(folder, 'latest'));
    writeFileSync(join(folder, 'latest', 'mine'), '');
    await assert.rejects(publishLatest(folder, 'one'), {
      name: 'UsageError',
      hint: 'move away what has that name',
    });
    assert.deepEqual(readdirSync(folder), ['latest']);
  });

  it("nor that of another user's file", async () => {
    writeFileSync(join(folder, 'latest'), 'mine');
    await assert.rejects(publishLatest(folder, 'one'), { name: 'UsageError' });
    assert.equal(readFileSync(join(folder, 'latest'), 'utf8'), 'mine');
  });
});

describe('kill -9 at any moment', () => {
  it('leaves no half-written file under a final name, and no half-written run with run.json', async () => {
    let caught = 0;
    let whole = 0;
    for (const afterMs of moments(20)) {
      const child = spawn(process.execPath, [join(import.meta.dirname, 'endless-writer.js'), folder], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const exited = once(child, 'exit');
      await once(child.stdout, 'data');
      await sleep(afterMs);
      child.kill('SIGKILL');
      assert.deepEqual(await exited, [null, 'SIGKILL']);
      const names = existsSync(folder) ? (readdirSync(folder, { recursive: true }) as string[]) : [];
      if (names.some((name) => name.endsWith('.ampscope-tmp'))) caught++;
      for (const name of names) {
        const path = join(folder, name);
        if (/(^|\/)\./.test(name) || !/(file|\.csv)$/.test(name)) continue;
        assert.ok(isWhole(readFileSync(path, 'utf8')), `${name} is cut`);
        whole++;
      }
      for (const name of names.filter((each) => /^out\/run-[^/]+$/.test(each))) {
        const run = join(folder, name);
        if (existsSync(join(run, 'run.json'))) assert.equal((await readRun(run)).records.length, 6);
        else await assert.rejects(readRun(run), { name: 'UsageError' });
      }
      if (existsSync(join(folder, 'out', 'latest'))) await readRun(join(folder, 'out', 'latest'));
    }
    // Proof that the test can see: it killed in the middle of writing, and there was something to find whole.
    assert.ok(caught > 0, 'no kill fell into a write');
    assert.ok(whole > 0);
  });
});

/** Moments between 1 and 120 ms, spread as if at random, and the same in every run of the test. */
function moments(count: number): number[] {
  let state = 20_261_120;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return 1 + Math.floor((state / 2 ** 32) * 120);
  });
}
