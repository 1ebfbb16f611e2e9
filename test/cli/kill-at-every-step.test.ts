/**
 * A scan is killed before each step that it takes on the disk, from the end of its sweep on, and goes on: the result is
 * that of one that was not, in every file. The same for `merge` and `report`. They are killed within this process, so
 * that nothing depends on a moment: resume.test.ts and atomic-file.test.ts have the system do it.
 */
import assert from 'node:assert/strict';
import { cpSync, readFileSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { runCommandLine } from '../../src/command-line.js';
import { hurriedIo } from './hurried-io.js';
import { abandon, killedAtStep } from './killed-at-step.js';
import { CHARGEN, weeklyHosts } from './weekly-hosts.js';
import { makeWorkspace, scopeText } from './workspace.js';

const PORT = 24_319;
const FIRST_WEEK = Date.UTC(2026, 10, 20, 3);
const WEEK_MS = 7 * 86_400_000;
const workspace = makeWorkspace();
const hosts = weeklyHosts();
after(() => hosts.close());
const scope = workspace.write(
  'scope.yaml',
  scopeText({
    networks: '[{ prefix: 127.74.0.0/30, asn: 64496, customer: C-1 }]',
    limits: '{ per_host: 20 }',
  }),
);

interface Ended {
  readonly code: number;
  readonly said: string;
}

async function command(words: readonly string[], { io, said }: ReturnType<typeof hurriedIo>): Promise<Ended> {
  const code = await runCommandLine(words, io);
  return { code, said: said() };
}

/** Asks hosts, so it cannot be hurried as what follows can. */
const scan = (out: string, week: number, ...more: readonly string[]): Promise<Ended> =>
  command(
    [
      ...['scan', '--scope', scope, '--out', out, '--probe', 'chargen', '--port', `chargen=${PORT}`],
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
/** Its wall clock stands, so that no time in the reports differs. */
const later = (...words: readonly string[]): Promise<Ended> =>
  command(words, hurriedIo(2000, { when: FIRST_WEEK + 8 * WEEK_MS, stands: true }));

const alive = (...last: readonly number[]): Promise<void> =>
  hosts.are(last.map((host) => ({ address: `127.74.0.${host}`, port: PORT, does: CHARGEN })));

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
  const { code: wholeCode, said: wholeSaid } = await run(whole);
  assert.equal(wholeCode, 0, wholeSaid);
  const expected = treeOf(whole);
  for (let k = 1; ; k++) {
    const out = copied();
    const outcome = await killedAtStep(k, () => run(out));
    if (outcome.kind === 'ended') return k - 1;
    await abandon(out);
    const { code, said } = await again(out);
    const where = `killed at step ${k}: ${outcome.at.what} ${relative(out, outcome.at.path)}`;
    assert.equal(code, 0, `${where}\n${said}`);
    const actual = treeOf(out);
    const names = new Set([...Object.keys(actual), ...Object.keys(expected)]);
    assert.deepEqual(
      [...names].filter((name) => actual[name] !== expected[name]),
      [],
      where,
    );
  }
}

describe('a scan that is killed before any step on the disk', () => {
  const template = join(workspace.path, 'template');
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

  it('ends, when it goes on, as one that was not', async () => {
    const resume = (out: string): Promise<Ended> => later('scan', '--resume', newestIn(out));
    const steps = await killAtEachStep(template, resume, async (out) => {
      const ended = await resume(out).catch((error: unknown) => ({ code: 2, said: String(error) }));
      // Of one that was killed when its checkpoint was gone, nothing is left to be done.
      return ended.said.includes('it has no checkpoint') ? { ...ended, code: 0 } : ended;
    });
    // Otherwise it would not have been killed while it wrote its reports.
    assert.ok(steps > 40, String(steps));
  });
});

describe('a report and a merge that are killed before any step on the disk', () => {
  const reported = join(workspace.path, 'reported');
  const merged = join(workspace.path, 'merged');
  before(async () => {
    await alive(0, 1);
    assert.equal((await scan(reported, 0)).code, 0);
    for (const part of [1, 2])
      assert.equal((await scan(join(merged, `part${part}`), 0, '--shard', `${part}/2`)).code, 0);
  });

  it('make the same files when they are asked for again: report', async () => {
    const steps = await killAtEachStep(reported, (out) => later('report', newestIn(out)));
    assert.ok(steps > 20, String(steps));
  });

  it('make the same one run when they are asked for again: merge', async () => {
    const merge = (out: string): Promise<Ended> =>
      later('merge', join(out, 'part1', 'latest'), join(out, 'part2', 'latest'), '--out', join(out, 'all'));
    const steps = await killAtEachStep(merged, merge);
    assert.ok(steps > 25, String(steps));
  });
});

function newestIn(out: string): string {
  const runs = readdirSync(out).filter((name) => /^\d/.test(name));
  return join(out, runs.sort().at(-1) ?? '');
}

/** Every file by its path. Of run.json without `sessions` and `sockets`: each time that it goes on it has more of them. */
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
      return [name, entry.name === 'run.json' ? withoutVolatile(content.toString()) : content.toString()];
    }),
  );
}

function withoutVolatile(text: string): string {
  return JSON.stringify(JSON.parse(text), (key, value: unknown) =>
    key === 'sessions' || key === 'sockets' ? undefined : value,
  );
}
