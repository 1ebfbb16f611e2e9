import assert from 'node:assert/strict';
import type { Socket } from 'node:dgram';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { probes } from '../../probes/list.js';
import type { Lab } from '../../src/lab/lab.js';
import { startLab } from '../../src/lab/lab.js';
import { labHosts } from '../../src/lab/layout.js';
import { permute } from '../../src/sweep/keyed-permutation.js';
import { runCli, startCli } from './run-cli.js';
import type { RunResult } from './stopped-run.js';
import { begunRun, resultOf, runOf } from './stopped-run.js';
import { makeWorkspace, scopeText } from './workspace.js';

const BASE_PORT = 23_000;
const PORTS = [
  'chargen=23019',
  'dns-any=23053',
  'dns-resolver=23053',
  'ntp-monlist=23123',
  'snmp-getbulk=23161',
].flatMap((port) => ['--port', port]);
const FAST = ['--cooldown', '300ms', '--form-gap', '100ms', '--quiet-gap', '200ms', '--checkpoint', '200ms'];
/** Most runs here do without the second pass: it would double their time. */
const ONE_PASS = ['--retries', '0'];
/** Of eight runs a few differ from the whole one in what must not change the result. */
const VARIATIONS = [
  ['--stretch', '250ms'],
  ['--retries', '1'],
  ['--threads', '2', ...ONE_PASS],
  ['--threads', '2', '--stretch', '250ms'],
];
const KILLS = 50;
const AT_ONCE = 4;
/** Draws the moments: the same ones in every run of this test. */
const KEY = new Uint32Array([20, 27, 3, 31, 5, 8, 13, 21]);

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
let slow: readonly Socket[];
before(async () => {
  lab = await startLab(labHosts(probes, { basePort: BASE_PORT, hasIpv6: false }));
  slow = await startSlowHosts();
});
after(() => {
  for (const socket of slow) socket.close();
  return lab.close();
});

describe('a run that was killed and went on', () => {
  let whole: RunResult;
  let tookMs = 0;
  before(async () => {
    const begun = performance.now();
    const { code, stderr } = await runCli(words('whole', ...ONE_PASS), { cwd: workspace.path });
    tookMs = performance.now() - begun;
    assert.equal(code, 0, stderr);
    whole = resultOf(join(workspace.path, 'whole', 'latest'));
    assert.ok(whole.findings.length >= 10);
  });

  it(`has the responders and findings of one that was not, at ${KILLS} random moments`, async () => {
    let interrupted = 0;
    const kill = async (index: number): Promise<void> => {
      const out = `kill-${index}`;
      const more = VARIATIONS[index % 8] ?? ONE_PASS;
      const run = startCli(words(out, ...more), { cwd: workspace.path });
      const directory = await begunRun(join(workspace.path, out));
      // Permuted, so that the moments are spread over the whole run.
      await setTimeout((permute(KILLS, KEY, 0, index) / KILLS) * (tookMs - 200));
      run.kill(index % 3 === 0 ? 'SIGINT' : 'SIGKILL');
      await run.done;
      if (existsSync(join(directory, 'checkpoint'))) {
        interrupted++;
        const { code, stderr } = await runCli(['scan', '--resume', directory], { cwd: workspace.path });
        assert.equal(code, 0, `kill ${index}: ${stderr}`);
        assert.equal(runOf(directory).sessions?.length, 2);
      }
      assert.deepEqual(resultOf(directory), whole, `kill ${index}`);
      assert.ok(!existsSync(join(directory, 'checkpoint')), 'a complete run has no checkpoint');
      rmSync(join(workspace.path, out), { recursive: true });
    };
    const indices = Array.from({ length: KILLS }, (_, index) => index).values();
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (const index of indices) await kill(index);
      }),
    );
    assert.ok(interrupted > 0.8 * KILLS, `${interrupted} were interrupted`);
  });
});

/**
 * Hosts that take their time, so that many a kill comes between a request and its answer: a run that went on
 * behind them would never hear of them.
 */
function startSlowHosts(): Promise<readonly Socket[]> {
  const twin = probes.find(({ id }) => id === 'chargen')?.twins[0];
  assert.ok(twin);
  const hosts = [1, 2, 3].flatMap((network) =>
    [20, 22, 24, 26, 28, 30].map((host) => `127.64.${network}.${host}`),
  );
  return Promise.all(
    hosts.map(async (address) => {
      const socket = createSocket('udp4');
      socket.on('message', (request, { port, address: sender }) => {
        void setTimeout(100).then(() => {
          for (const reply of twin.reply(request)) socket.send(reply, port, sender, () => undefined);
        });
      });
      socket.bind(BASE_PORT + 19, address);
      await once(socket, 'listening');
      return socket;
    }),
  );
}
