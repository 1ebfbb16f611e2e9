import assert from 'node:assert/strict';
import type { Socket } from 'node:dgram';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { probes } from '../../probes/list.js';
import { labHosts } from '../../src/lab/layout.js';
import { permute } from '../../src/sweep/keyed-permutation.js';
import { runCli, startCli } from './run-cli.js';
import { ONE_PASS, scanOfLab } from './scan-of-lab.js';
import type { RunResult } from './stopped-run.js';
import { begunRun, resultOf, runOf } from './stopped-run.js';
import { makeWorkspace } from './workspace.js';

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
const { args, basePort } = scanOfLab(workspace);
let slow: readonly Socket[];
before(async () => {
  slow = await startSlowHosts();
});
after(() => {
  for (const socket of slow) socket.close();
});

describe('a run that was killed and went on', () => {
  let whole: RunResult;
  let tookMs = 0;
  before(async () => {
    const begun = performance.now();
    const { code, stderr } = await runCli(args('whole', ...ONE_PASS), { cwd: workspace.path });
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
      const begun = performance.now();
      const run = startCli(args(out, ...more), { cwd: workspace.path });
      const directory = await begunRun(join(workspace.path, out));
      // Permuted, so that the moments are spread over the whole run.
      await setTimeout((permute(KILLS, KEY, 0, index % KILLS) / KILLS) * tookMs);
      run.kill(index % 3 === 0 ? 'SIGINT' : 'SIGKILL');
      await run.done;
      if (existsSync(join(directory, 'checkpoint'))) {
        interrupted++;
        const { code, stderr } = await runCli(['scan', '--resume', directory], { cwd: workspace.path });
        assert.equal(code, 0, `kill ${index}: ${stderr}`);
        assert.equal(runOf(directory).sessions?.length, 2);
      } else {
        // It was over before: the whole run, by which the moments are drawn, had met a busy machine.
        tookMs = Math.min(tookMs, performance.now() - begun);
      }
      assert.deepEqual(resultOf(directory), whole, `kill ${index}`);
      assert.ok(!existsSync(join(directory, 'checkpoint')), 'a complete run has no checkpoint');
      rmSync(join(workspace.path, out), { recursive: true });
    };
    let next = 0;
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        while (interrupted < KILLS && next < 2 * KILLS) await kill(next++);
      }),
    );
    assert.ok(interrupted >= KILLS, `${interrupted} were interrupted`);
  });
});

/**
 * Hosts that take their time, so that many a kill comes between a request and its answer: a run that went on
 * behind them would never hear of them.
 */
function startSlowHosts(): Promise<readonly Socket[]> {
  const emulated = probes.find(({ id }) => id === 'chargen')?.emulatedServers[0];
  assert.ok(emulated);
  const hosts = [1, 2, 3].flatMap((network) =>
    [20, 22, 24, 26, 28, 30].map((host) => `127.64.${network}.${host}`),
  );
  const taken = labHosts(probes, { basePort: 0, hasIpv6: false }).map(({ address }) => address);
  return Promise.all(
    hosts
      .filter((address) => !taken.includes(address))
      .map(async (address) => {
        const socket = createSocket('udp4');
        socket.on('message', (request, { port, address: sender }) => {
          void setTimeout(100).then(() => {
            for (const reply of emulated.reply(request)) socket.send(reply, port, sender, () => undefined);
          });
        });
        const listening = once(socket, 'listening');
        socket.bind(basePort() + 19, address);
        await listening;
        return socket;
      }),
  );
}
