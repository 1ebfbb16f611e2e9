import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { cpSync, lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { probes } from '../../probes/list.js';
import type { Lab } from '../../src/lab/lab.js';
import { startLab } from '../../src/lab/lab.js';
import { labHosts } from '../../src/lab/layout.js';
import { runCli, startCli } from './run-cli.js';
import { begunRun, resultOf, runOf } from './stopped-run.js';
import { makeWorkspace, scopeText } from './workspace.js';

const BASE_PORT = 26_000;
const PORTS = [
  'chargen=26019',
  'dns-any=26053',
  'dns-resolver=26053',
  'ntp-monlist=26123',
  'snmp-getbulk=26161',
].flatMap((port) => ['--port', port]);
const FAST = ['--cooldown', '200ms', '--form-gap', '100ms', '--quiet-gap', '200ms', '--checkpoint', '200ms'];
/** Most runs here do without the second pass: it would double their time. */
const ONE_PASS = ['--retries', '0'];

const workspace = makeWorkspace();
const scope = workspace.write(
  'scope.yaml',
  scopeText({
    networks:
      '[{ prefix: 127.64.1.0/27, asn: 64496 }, { prefix: 127.64.2.0/27, asn: 64497 }, { prefix: 127.64.3.0/27, asn: 64498 }]',
    limits: '{ rate: 1000, per_subnet: 400, per_host: 10, reply_bandwidth: 100M }',
    dns: '{ names: [fat.test] }',
  }),
);
const words = (out: string, ...more: string[]): string[] => [
  'scan',
  ...['--scope', scope, '--out', out, '--seed', 'kill', '--quiet'],
  ...PORTS,
  ...FAST,
  ...more,
];

let lab: Lab;
before(async () => {
  lab = await startLab(labHosts(probes, { basePort: BASE_PORT, hasIpv6: false }));
});
after(() => lab.close());

describe('a run that goes on', () => {
  it('asks at most rate × (cooldown + time between checkpoints) addresses again', async () => {
    let requests = 0;
    // Every address of 127.0.0.0/8 at once, and nobody answers.
    const counter = createSocket('udp4');
    counter.on('message', () => requests++);
    counter.bind(26_500);
    await once(counter, 'listening');
    try {
      const silent = workspace.write(
        'silent.yaml',
        scopeText({
          networks: '[{ prefix: 127.65.0.0/21 }]',
          limits: '{ rate: 1000, per_subnet: 1000, per_host: 10 }',
        }),
      );
      const arguments_ = [
        'scan',
        '--scope',
        silent,
        '--probe',
        'chargen',
        '--port',
        'chargen=26500',
        '--quiet',
      ];
      const timing = ['--cooldown', '400ms', '--checkpoint', '600ms', '--retries', '0'];
      const run = startCli([...arguments_, '--out', 'silent', ...timing], { cwd: workspace.path });
      const directory = await begunRun(join(workspace.path, 'silent'));
      await setTimeout(1350);
      run.kill('SIGKILL');
      await run.done;
      const first = requests;
      assert.ok(first > 700 && first < 2048, `killed after ${first} requests`);
      const resumed = await runCli(['scan', '--resume', directory], { cwd: workspace.path });
      assert.equal(resumed.code, 0, resumed.stderr);
      const again = requests - 2048;
      assert.ok(again > 0 && again <= 1000 * (0.4 + 0.6), `${again} addresses were asked again`);
    } finally {
      counter.close();
    }
  });
});

describe('--resume', () => {
  let directory: string;
  before(async () => {
    const run = startCli(words('cut', ...ONE_PASS), { cwd: workspace.path });
    directory = await begunRun(join(workspace.path, 'cut'));
    await setTimeout(300);
    run.kill('SIGKILL');
    await run.done;
  });
  const resume = (...more: string[]): ReturnType<typeof runCli> =>
    runCli(['scan', '--resume', directory, ...more], { cwd: workspace.path });

  it('is what report proposes for a run without run.json, and latest never leads to one', async () => {
    const { code, stderr } = await runCli(['report', directory]);
    assert.equal(code, 2);
    assert.match(stderr, /no finished run: it was stopped/);
    assert.match(stderr, new RegExp(`hint: go on with it: ampscope scan --resume ${directory}`));
    assert.throws(() => lstatSync(join(workspace.path, 'cut', 'latest')));
  });

  it('refuses every other option of a scan, and targets', async () => {
    for (const word of ['--rate=5', '--seed=x', '--quiet', '--out=x', '--shard=1/2', '127.64.1.1']) {
      const { code, stderr } = await resume(word);
      assert.equal(code, 2, word);
      assert.match(stderr, /cannot stand beside --resume/);
    }
  });

  it('refuses a scope that grew, and names what is new', async () => {
    const text = readFileSync(scope, 'utf8').replace('127.64.3.0/27', '127.64.3.0/26');
    const { code, stderr } = await resume('--scope', workspace.write('grown.yaml', text));
    assert.equal(code, 2);
    assert.match(stderr, /the scope grew since the run began: 127\.64\.3\.32\/27/);
  });

  it('refuses a run that is going on', async () => {
    const run = startCli(words('going'), { cwd: workspace.path });
    const going = await begunRun(join(workspace.path, 'going'));
    const { code, stderr } = await runCli(['scan', '--resume', going]);
    assert.equal(code, 2);
    assert.match(stderr, /this run is going on, in process \d+/);
    run.kill('SIGKILL');
    await run.done;
  });

  it('honours a scope that shrank: nobody whom it leaves out is asked or reported', async () => {
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

  it('goes on, says so in run.json, moves latest, and has nothing to go on with after that', async () => {
    const { code, stderr } = await resume();
    assert.equal(code, 0, stderr);
    const run = runOf(directory);
    assert.equal(run.complete, true);
    assert.equal(run.sessions?.length, 2);
    assert.equal(run.sessions[0]?.from_position, 0);
    assert.ok(lstatSync(join(workspace.path, 'cut', 'latest')).isSymbolicLink());
    const again = await resume();
    assert.equal(again.code, 2);
    assert.match(again.stderr, /nothing to go on from/);
  });
});
