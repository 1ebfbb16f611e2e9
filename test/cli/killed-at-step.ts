import { AsyncLocalStorage } from 'node:async_hooks';
import { spawnSync } from 'node:child_process';
import { Socket } from 'node:dgram';
import { readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { Server } from 'node:net';
import { basename, join } from 'node:path';
import type { DiskStep } from '../../src/archive/disk.js';
import { onDiskStep } from '../../src/archive/disk.js';
import { forEver } from './hurried-io.js';

/** What `killedAtStep` tells of a command. */
export type Killed<T> =
  { readonly kind: 'killed'; readonly at: DiskStep } | { readonly kind: 'ended'; readonly value: T };

/**
 * Runs a command and ends it before its k-th step on the disk, the first being 1: nothing of it reaches the disk from
 * then on, and nothing of it is cleaned up, as with kill -9. It is not ended where it takes fewer steps. Counted are those
 * that change what stands under a name: one that syncs changes nothing for a killed process, and what a temporary file
 * holds is the same to the next command. With KILL_AT_ALL=1 the latter are counted too, which takes three times as long.
 * @param isCounted from the first step for which this is true on, all are counted.
 */
export async function killedAtStep<T>(
  k: number,
  command: () => Promise<T>,
  isCounted: (step: DiskStep) => boolean = () => true,
): Promise<Killed<T>> {
  let steps = 0;
  let isDead = false;
  // Once, for all: what goes on beside a command that is dead, such as its timers, is dead too.
  onDiskStep((step) => commands.getStore()?.(step));
  return new Promise((resolve, reject) => {
    const beforeStep = (step: DiskStep): Promise<void> | undefined => {
      if (changesAName(step) && (steps > 0 || isCounted(step))) steps++;
      if (steps === k && !isDead) {
        isDead = true;
        resolve({ kind: 'killed', at: step });
      }
      return isDead ? forEver : undefined;
    };
    commands.run(beforeStep, () => {
      command().then((value) => {
        resolve({ kind: 'ended', value });
      }, reject);
    });
  });
}

function changesAName({ what, path }: DiskStep): boolean {
  if (what.startsWith('sync')) return false;
  if (process.env['KILL_AT_ALL'] === '1') return true;
  return !(['open', 'write', 'chmod'].includes(what) && path.endsWith('.ampscope-tmp'));
}

/** By the command that a step belongs to, whatever began it. */
const commands = new AsyncLocalStorage<(step: DiskStep) => Promise<void> | undefined>();

/** Makes what a command of this process left behind that of a process that is no more. */
export async function abandon(folder: string): Promise<void> {
  const { pid } = spawnSync('true');
  await closeServers();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.name === 'state.json')
      writeFileSync(path, readFileSync(path, 'utf8').replace(`"pid":${process.pid},`, `"pid":${pid},`));
    // A socket whose process is gone refuses, as a file does.
    if (basename(entry.parentPath) === '.ampscope-lock' && entry.name.endsWith('.json')) {
      rmSync(path.replace(/\.json$/, ''), { force: true });
      writeFileSync(path.replace(/\.json$/, ''), '');
    }
  }
  // Folders last: the paths of what is in them were read before.
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }).reverse())
    if (entry.name.endsWith('.ampscope-tmp'))
      renameSync(
        join(entry.parentPath, entry.name),
        join(entry.parentPath, entry.name.replace(`.${process.pid}-`, `.${pid}-`)),
      );
}

/** The hosts of a test are servers of another kind. */
function closeServers(): Promise<void> {
  return closeAll(Server);
}

/** Closes every UDP socket of this process. */
export function abandonSockets(): Promise<void> {
  return closeAll(Socket);
}

/** Node has no other way to what a command that is never continued holds open. */
async function closeAll(kind: typeof Server | typeof Socket): Promise<void> {
  const { _getActiveHandles: handles } = process as unknown as {
    _getActiveHandles: () => readonly unknown[];
  };
  const open = handles().filter((handle): handle is Server | Socket => handle instanceof kind);
  await Promise.all(
    open.map(
      (handle) =>
        new Promise<void>((resolve) => {
          try {
            handle.close(() => {
              resolve();
            });
          } catch {
            resolve(); // It is closing already.
          }
        }),
    ),
  );
}
