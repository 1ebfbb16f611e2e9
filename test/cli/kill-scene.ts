import assert from 'node:assert/strict';
import { cpSync, readFileSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { after } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { runCommandLine } from '../../src/command-line.js';
import type { HurriedIo } from './hurried-io.js';
import { hurriedIo } from './hurried-io.js';
import { abandon, abandonSockets, killedAtStep } from './killed-at-step.js';
import { CHARGEN, weeklyHosts } from './weekly-hosts.js';
import { makeWorkspace, scopeText } from './workspace.js';

const FIRST_WEEK = Date.UTC(2026, 10, 20, 3);
const WEEK_MS = 7 * 86_400_000;

export interface Ended {
  readonly code: number;
  readonly printed: string;
}

/**
 * Hosts, a scope and the commands that are killed: within this process, so that nothing depends on a moment;
 * resume.test.ts and atomic-file.test.ts have the system do it.
 * @param network such as `127.74.0`: each file of tests has its own, for files run beside each other.
 */
export function killScene(network: string, port: number) {
  const workspace = makeWorkspace();
  const hosts = weeklyHosts();
  after(async () => {
    await hosts.close();
    killStarted();
    await abandonSockets();
  });
  const scope = workspace.write(
    'scope.yaml',
    scopeText({
      networks: `[{ prefix: ${network}.0/30, asn: 64496, customer: C-1 }]`,
      limits: '{ per_host: 20 }',
    }),
  );
  /** Asks hosts, so it cannot be hurried as what follows can. */
  const scan = (out: string, week: number, ...more: readonly string[]): Promise<Ended> =>
    command(
      [
        ...['scan', '--scope', scope, '--out', out, '--probe', 'chargen', '--port', `chargen=${port}`],
        ...[
          '--cooldown',
          '2s',
          '--form-gap',
          '500ms',
          '--retries',
          '0',
          '--checkpoint',
          '10m',
          '--seed',
          'kill',
        ],
        ...more,
      ],
      hurriedIo(10, { when: FIRST_WEEK + week * WEEK_MS }),
    );
  const alive = (...last: readonly number[]): Promise<void> =>
    hosts.are(last.map((host) => ({ address: `${network}.${host}`, port, does: CHARGEN })));

  /**
   * Kills a command at its first step, its second, and so on, each time in a copy of the same folder, until it takes no
   * more; each time it is run again to its end, and its folder then held against that of one that was never killed.
   * @returns how many steps it takes.
   */
  async function killAtEachStep(
    template: string,
    run: (out: string) => Promise<Ended>,
    again: (out: string) => Promise<Ended> = run,
  ): Promise<number> {
    const copied = (): string => {
      const out = join(workspace.path, 'case');
      rmSync(out, { recursive: true, force: true });
      cpSync(template, out, { recursive: true, verbatimSymlinks: true });
      return out;
    };
    const whole = copied();
    const { code: wholeCode, printed: wholeSaid } = await run(whole);
    assert.equal(wholeCode, 0, wholeSaid);
    const expected = treeOf(whole);
    for (let k = 1; ; k++) {
      const out = copied();
      const outcome = await killedAtStep(k, () => run(out));
      if (outcome.kind === 'ended') return k - 1;
      await abandon(out);
      killStarted();
      const { code, printed } = await again(out);
      const where = `killed at step ${k}: ${outcome.at.what} ${relative(out, outcome.at.path)}`;
      assert.equal(code, 0, `${where}\n${printed}`);
      const actual = treeOf(out);
      const names = new Set([...Object.keys(actual), ...Object.keys(expected)]);
      assert.deepEqual(
        [...names].filter((name) => actual[name] !== expected[name]),
        [],
        where,
      );
    }
  }

  return { folder: workspace.path, scan, alive, killAtEachStep };
}

/** Its wall clock stands, so that no time in the reports differs. */
export const later = (...args: readonly string[]): Promise<Ended> =>
  command(args, hurriedIo(200, { when: FIRST_WEEK + 8 * WEEK_MS, stands: true }));

const started: HurriedIo[] = [];

/**
 * What was killed in the middle of a scan would go on looking at its sockets: they keep this process, and hundreds of them
 * in a hurry take its memory.
 */
function killStarted(): void {
  for (const { kill } of started.splice(0)) kill();
}

async function command(args: readonly string[], machine: HurriedIo): Promise<Ended> {
  started.push(machine);
  const code = await runCommandLine(args, machine.io);
  return { code, printed: machine.printed() };
}

export function newestIn(out: string): string {
  const runs = readdirSync(out).filter((name) => /^\d/.test(name));
  return join(out, runs.sort().at(-1) ?? '');
}

/**
 * Every file by its path. Of run.json without `sessions` and `sockets`: each time that it goes on it has more of them. What
 * is measured anew listens for another time, by a clock that hurries.
 */
function treeOf(out: string): Readonly<Record<string, string>> {
  const entries = readdirSync(out, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const name = relative(out, path);
      if (entry.isSymbolicLink()) return [name, `-> ${readlinkSync(path)}`];
      if (entry.isDirectory()) return [name, 'folder'];
      const content = readFileSync(path);
      if (name.endsWith('.gz')) return [name, gunzipSync(content).toString()];
      if (entry.name === 'run.json') return [name, withoutVolatile(content.toString())];
      return [name, content.toString().replaceAll(/"listened_ms": ?\d+/g, '"listened_ms":0')];
    }),
  );
}

function withoutVolatile(text: string): string {
  return JSON.stringify(JSON.parse(text), (key, value: unknown) =>
    key === 'sessions' || key === 'sockets' ? undefined : value,
  );
}
