import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { cpSync, lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { runCli, startCli } from './run-cli.js';
import { ONE_PASS, scanOfLab } from './scan-of-lab.js';
import { begunRun, resultOf, runOf } from './stopped-run.js';
import { makeWorkspace, scopeText } from './workspace.js';

const workspace = makeWorkspace();
const { scope, args } = scanOfLab(workspace);

describe('a run that goes on', () => {
  it('asks again the hosts whose cooldown was not over at the last save, and those asked later, and no others', async () => {
    const ADDRESSES = 2048;
    const COOLDOWN_MS = 400;
    const askedAt: number[] = [];
    let stop = (): void => undefined;
    // Every address of 127.0.0.0/8 at once, and none answers.
    const counter = createSocket('udp4');
    counter.on('message', () => {
      askedAt.push(Date.now());
      if (askedAt.length === ADDRESSES / 2) stop();
    });
    const listening = once(counter, 'listening');
    counter.bind();
    await listening;
    try {
      const silent = workspace.write(
        'silent.yaml',
        scopeText({
          networks: '[{ prefix: 127.65.0.0/21 }]',
          limits: '{ rate: 400, per_subnet: 1000, per_host: 10 }',
        }),
      );
      const probe = ['--probe', 'chargen', '--port', `chargen=${counter.address().port}`, ...ONE_PASS];
      const timing = ['--cooldown', `${COOLDOWN_MS}ms`, '--checkpoint', '600ms'];
      const run = startCli(['scan', '--scope', silent, '--quiet', '--out', 'silent', ...probe, ...timing], {
        cwd: workspace.path,
      });
      stop = () => {
        run.kill('SIGKILL');
      };
      const directory = await begunRun(join(workspace.path, 'silent'));
      await run.done;
      const first = askedAt.length;
      assert.ok(first < ADDRESSES, 'it was killed on its way');
      const state = readFileSync(join(directory, 'checkpoint', 'state.json'), 'utf8');
      const { saved_at, sweep } = JSON.parse(state) as {
        readonly saved_at: number;
        readonly sweep: { readonly parts: readonly { readonly position: number }[] };
      };
      const position = sweep.parts[0]?.position ?? 0;
      // A moment passes between the look at the sweep and the file, and requests are seen here after they left.
      const long = askedAt.filter((time) => time < saved_at - COOLDOWN_MS - 1000).length;
      assert.ok(position >= long, `${position} are through, ${long} were asked long ago`);
      const resumed = await runCli(['scan', '--resume', directory], { cwd: workspace.path });
      assert.equal(resumed.code, 0, resumed.stderr);
      assert.equal(askedAt.length - first, ADDRESSES - position);
    } finally {
      counter.close();
    }
  });
});

describe('--resume', () => {
  let directory: string;
  before(async () => {
    const run = startCli(args('cut', ...ONE_PASS, '--rate', '300'), {
      cwd: workspace.path,
      environment: { AMPSCOPE_PARALLEL: '77' },
    });
    directory = await begunRun(join(workspace.path, 'cut'));
    await setTimeout(300);
    run.kill('SIGKILL');
    await run.done;
  });
  const resume = (...more: string[]): ReturnType<typeof runCli> =>
    runCli(['scan', '--resume', directory, ...more], {
      cwd: workspace.path,
      environment: {
        AMPSCOPE_PARALLEL: '3',
        AMPSCOPE_BOM: 'true',
        AMPSCOPE_SHARD: '1/2',
        AMPSCOPE_SEED: 'x',
      },
    });

  it('is what report proposes for a run without run.json, and latest never leads to one', async () => {
    const { code, stderr } = await runCli(['report', directory]);
    assert.equal(code, 2);
    assert.match(stderr, /no finished run: it was stopped/);
    assert.match(stderr, new RegExp(`hint: go on with it: ampscope scan --resume ${directory}`));
    assert.throws(() => lstatSync(join(workspace.path, 'cut', 'latest')));
  });

  it('refuses every other option of a scan, and targets', async () => {
    for (const word of ['--rate=5', '--seed=x', '--fail-on=low', '--out=x', '--parallel=2', '127.64.1.1']) {
      const { code, stderr } = await resume(word);
      assert.equal(code, 2, word);
      assert.match(stderr, /cannot stand beside --resume/);
    }
  });

  it('refuses a checkpoint whose settings cannot be read, and names the one', async () => {
    const copy = join(workspace.path, 'damaged');
    cpSync(directory, copy, { recursive: true });
    const plan = join(copy, 'checkpoint', 'plan.json');
    writeFileSync(plan, readFileSync(plan, 'utf8').replace('"parallel":77', '"parallel":"many"'));
    const { code, stderr } = await runCli(['scan', '--resume', copy], { cwd: workspace.path });
    assert.equal(code, 2);
    assert.match(stderr, /damaged: its checkpoint is damaged: parallel cannot be read/);
  });

  it('refuses a checkpoint of another shape, and names the file and the key', async () => {
    const copy = join(workspace.path, 'reshaped');
    cpSync(directory, copy, { recursive: true });
    const path = join(copy, 'checkpoint', 'state.json');
    const state = readFileSync(path, 'utf8');
    for (const [from, to, problem] of [
      ['"sessions":', '"session":', '"sessions" is missing'],
      [/"debtMs":[\d.]+/, '"debtMs":-1', '"sweep.debtMs" is below 0'],
      [
        '"measurementLosses":',
        '"measurementLosses":0.5,"was":',
        '"counters.measurementLosses" is no whole number',
      ],
      [/"sightings":\[[^]*/, '"sightings":[{}]}', '"sightings.0.probed" is missing'],
    ] as const) {
      const reshaped = state.replace(from, to);
      assert.notEqual(reshaped, state);
      writeFileSync(path, reshaped);
      const { code, stderr } = await runCli(['scan', '--resume', copy], { cwd: workspace.path });
      assert.equal(code, 2);
      const [error = '', hint = '', ...more] = stderr.trimEnd().split('\n');
      assert.ok(error.endsWith(`reshaped/checkpoint/state.json: damaged: ${problem}`), error);
      assert.match(hint, /hint: scan anew: /);
      assert.deepEqual(more, []);
    }
  });

  it('refuses a scope that grew, and names what is new', async () => {
    const text = readFileSync(scope, 'utf8').replace('127.64.3.0/27', '127.64.3.0/26');
    const { code, stderr } = await resume('--scope', workspace.write('grown.yaml', text));
    assert.equal(code, 2);
    assert.match(stderr, /the scope grew since the run began: 127\.64\.3\.32\/27/);
  });

  it('refuses a run that is going on', async () => {
    const run = startCli(args('going', '--rate', '20'), { cwd: workspace.path });
    const going = await begunRun(join(workspace.path, 'going'));
    const { code, stderr } = await runCli(['scan', '--resume', going]);
    assert.equal(code, 2);
    assert.match(stderr, /another run is going on here: run .*, process \d+ on /);
    run.kill('SIGKILL');
    await run.done;
  });

  it('honours a scope that shrank: an address that it leaves out is neither asked nor reported', async () => {
    const copy = join(workspace.path, 'shrunk');
    cpSync(directory, copy, { recursive: true });
    const text = readFileSync(scope, 'utf8').replace(/, \{ prefix: 127\.64\.3[^}]*\}/, '');
    const { code, stderr } = await runCli(
      ['scan', '--resume', copy, '--scope', workspace.write('shrunk.yaml', text)],
      { cwd: workspace.path },
    );
    assert.ok(code === 0 || code === 4, stderr);
    const rows = resultOf(copy).findings.map(({ ip }) => String(ip));
    assert.ok(rows.some((ip) => ip.startsWith('127.64.2.')));
    assert.deepEqual(
      rows.filter((ip) => ip.startsWith('127.64.3.')),
      [],
    );
  });

  it('goes on with its own settings, says so in run.json, moves latest, and has nothing to go on with after that', async () => {
    // Where a new run would go to is no matter.
    workspace.write('exposure', 'a file');
    const { code, stderr } = await resume();
    assert.equal(code, 0, stderr);
    const run = runOf(directory);
    assert.equal(run.complete, true);
    assert.deepEqual([run.settings.parallel, run.settings.bom, run.settings.shard], [77, false, undefined]);
    assert.equal(run.sessions?.length, 2);
    assert.equal(run.sessions[0]?.from_position, 0);
    assert.ok(lstatSync(join(workspace.path, 'cut', 'latest')).isSymbolicLink());
    const again = await resume();
    assert.equal(again.code, 2);
    assert.match(again.stderr, /nothing to go on from/);
  });
});
