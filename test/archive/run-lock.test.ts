import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lock } from '../../src/archive/run-lock.js';
import { holderNow, lockFolder, lockScope } from '../../src/archive/run-lock.js';

const HOLDER = holderNow('run 2026-11-27T030000Z', '2026-11-27T03:00:00Z');
const MODE = { fileMode: 0o600 };
let folder = '';
let children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ampscope-lock-'));
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children = [];
  rmSync(folder, { recursive: true });
});

/** A process that holds the lock. */
async function holding(
  what: 'folder' | 'scope',
  path: string,
  within: readonly string[] = [],
): Promise<ChildProcess> {
  const script = join(import.meta.dirname, 'lock-holder.js');
  const args = [...within, process.execPath, script, what, path];
  const child = spawn(args[0] ?? '', args.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  await once(child.stdout, 'data');
  return child;
}

async function killed(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

const lock = (): Promise<Lock | undefined> => lockFolder(folder, HOLDER, MODE);
/** @throws what `lock` throws once ten seconds have passed. */
async function lockedOnceFree(): Promise<Lock | undefined> {
  for (const limit = performance.now() + 10_000; ;)
    try {
      return await lock();
    } catch (error) {
      if (performance.now() > limit) throw error;
      await sleep(20);
    }
}

describe('the lock of a folder of runs', () => {
  it('is held by one process, which is named to the next, and leaves nothing behind', async () => {
    const held = await lock();
    await assert.rejects(lock(), {
      name: 'UsageError',
      message: `${folder}: another run is going on here: run 2026-11-27T030000Z, process ${process.pid} on ${HOLDER.host}, since 2026-11-27T03:00:00Z`,
    });
    await held?.release();
    assert.deepEqual(readdirSync(folder), []);
    await (await lock())?.release();
  });

  it('is held by one of twelve that begin in the same moment', async () => {
    const results = await Promise.allSettled(Array.from({ length: 12 }, lock));
    const held = results.filter(({ status }) => status === 'fulfilled');
    assert.equal(held.length, 1);
    for (const result of held) if (result.status === 'fulfilled') await result.value?.release();
    assert.deepEqual(readdirSync(folder), []);
  });

  it('is free at once when its holder was killed', async () => {
    const child = await holding('folder', folder);
    await assert.rejects(lock(), /another run is going on here: run of another process, process \d+ on/);
    await killed(child);
    await (await lock())?.release();
    assert.deepEqual(readdirSync(folder), []);
  });

  it('holds where the path is longer than a socket may have', async () => {
    folder = join(folder, 'x'.repeat(120));
    mkdirSync(folder);
    const held = await lock();
    await assert.rejects(lock(), { name: 'UsageError' });
    await held?.release();
    assert.deepEqual(readdirSync(folder), []);
    folder = join(folder, '..');
  });

  it('holds against another PID namespace, as of a container', { skip: whyNoNamespace() }, async () => {
    // With a parent of their own: killing it ends all of the namespace.
    const child = await holding('folder', folder, ['unshare', '--pid', '--fork', '--kill-child']);
    await assert.rejects(lock(), /another run is going on here/);
    await killed(child);
    // The namespace's own process is killed by the kernel after its parent has gone.
    await (await lockedOnceFree())?.release();
  });

  it('holds against another machine while its heart beats', async () => {
    mkdirSync(join(folder, '.ampscope-lock'));
    const file = join(folder, '.ampscope-lock', '7-abc.json');
    writeFileSync(file, JSON.stringify({ ...HOLDER, host: 'far', holds: true, boot_id: 'another' }));
    await assert.rejects(lock(), /process \d+ on far, since/);
    const longAgo = Date.now() / 1000 - 61;
    utimesSync(file, longAgo, longAgo);
    await (await lock())?.release();
    assert.deepEqual(readdirSync(folder), []);
  });
});

describe('the lock of a scope', { skip: process.platform !== 'linux' }, () => {
  const scopeIn = (name: string): string => join(folder, name);
  beforeEach(() => {
    writeFileSync(scopeIn('scope.yaml'), '');
    symlinkSync('scope.yaml', scopeIn('link.yaml'));
    writeFileSync(scopeIn('other.yaml'), '');
  });

  it('is held by one, by whatever name the file goes, and free when its holder was killed', async () => {
    const child = await holding('scope', scopeIn('scope.yaml'));
    await assert.rejects(lockScope(scopeIn('link.yaml'), undefined, HOLDER), {
      name: 'UsageError',
      message:
        /another run of this scope is going on: run of another process, process \d+ on .*, since 2026-11-20/,
    });
    await (await lockScope(scopeIn('other.yaml'), undefined, HOLDER))?.release();
    await killed(child);
    const mine = await lockScope(scopeIn('link.yaml'), undefined, HOLDER);
    assert.ok(mine);
    await mine.release();
  });

  it('lets shards of one division go beside each other, and nothing else', async () => {
    const shard = (text: string | undefined): Promise<Lock | undefined> =>
      lockScope(scopeIn('scope.yaml'), text, HOLDER);
    const held = [await shard('1/3'), await shard('2/3')];
    for (const text of ['1/3', '1/2', undefined]) await assert.rejects(shard(text), { name: 'UsageError' });
    for (const each of held) await each?.release();
    await (await shard(undefined))?.release();
  });
});

function whyNoNamespace(): string | false {
  return spawnSync('unshare', ['--pid', '--fork', 'true']).status === 0
    ? false
    : 'needs PID namespaces of its own';
}
