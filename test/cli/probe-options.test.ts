import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { RunRecord } from '../../src/domain/run-record.js';
import { runCli } from './run-cli.js';
import { makeWorkspace, scopeText } from './workspace.js';

const workspace = makeWorkspace();
workspace.write('scope.yaml', scopeText({ networks: '[{ prefix: 127.9.3.0/30 }]' }));
const run = (...args: readonly string[]): ReturnType<typeof runCli> => runCli(args, { cwd: workspace.path });

describe('an option of a probe', () => {
  it('stands in the help of scan, plan and inspect, and with its probe', async () => {
    for (const command of ['scan', 'plan', 'inspect']) {
      const { stdout } = await run(command, '--help');
      assert.match(stdout, /^ +--rrl-check +\S/m, command);
    }
    assert.match((await run('probes', 'dns-any')).stdout, /^option: --rrl-check: \S/m);
  });

  it('is shown by plan with the burst that it costs, and nothing bursts without it', async () => {
    const args = ['plan', '--probe', 'dns-any'];
    assert.doesNotMatch((await run(...args)).stdout, /burst/);
    assert.match(
      (await run(...args, '--rrl-check')).stdout,
      /^burst +dns-any: \d+ requests within \S+ s to each responder, beyond per_host$/m,
    );
  });

  it('is a setting of the run: run.json names it', async () => {
    const args = ['scan', '--probe', 'dns-any', '--probe', 'chargen', '--rrl-check', '--cooldown', '100ms'];
    const { code, stderr } = await run(
      ...args,
      '--retries',
      '0',
      '--port',
      'dns-any=5399',
      '--port',
      'chargen=5398',
    );
    assert.equal(code, 0, stderr);
    const record = JSON.parse(
      readFileSync(join(workspace.path, 'exposure', 'latest', 'run.json'), 'utf8'),
    ) as RunRecord;
    assert.deepEqual(
      record.probes.map(({ id, options }) => [id, options]),
      [
        ['chargen', undefined],
        ['dns-any', ['rrl-check']],
      ],
    );
  });

  it('is refused where no probe that knows it is selected, before the first packet', async () => {
    const { code, stdout, stderr } = await run('scan', '--probe', 'chargen', '--rrl-check');
    assert.equal(code, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /--rrl-check: no probe that knows it is selected/);
    assert.match(stderr, /hint: add --probe dns-any/);
  });
});
