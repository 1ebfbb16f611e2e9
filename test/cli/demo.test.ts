import assert from 'node:assert/strict';
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { runCli } from './run-cli.js';
import { makeWorkspace, scopeText } from './workspace.js';

const workspace = makeWorkspace();

describe('ampscope demo', () => {
  it('writes nothing into a folder with runs of a network, wherever that was named', async () => {
    workspace.write('scope.yaml', scopeText({ networks: '[{ prefix: 127.9.6.0/32 }]' }));
    workspace.write('ampscope.yaml', 'out: production\n');
    const at = { cwd: workspace.path };
    const args = ['--probe', 'chargen', '--port', 'chargen=26999', '--cooldown', '100ms', '--retries', '0'];
    const scan = await runCli(['scan', '--scope', 'scope.yaml', ...args], at);
    assert.equal(scan.code, 0, scan.stderr);
    const production = join(workspace.path, 'production');
    const elsewhere = join(workspace.path, 'elsewhere');
    cpSync(production, elsewhere, { recursive: true, verbatimSymlinks: true });
    const before = readdirSync(production, { recursive: true });
    const inFile = await runCli(['demo'], at);
    rmSync(join(workspace.path, 'ampscope.yaml'));
    const inVariable = await runCli(['demo'], { ...at, environment: { AMPSCOPE_OUT: elsewhere } });
    for (const { code, stderr } of [inFile, inVariable]) {
      assert.equal(code, 2, stderr);
      assert.match(
        stderr,
        /error: .*: the demo writes into no folder with runs of a network: \d\S*Z is one\n/,
      );
      assert.match(stderr, /hint: give it a folder of its own: ampscope demo --out demo\n/);
    }
    for (const folder of [production, elsewhere])
      assert.deepEqual(readdirSync(folder, { recursive: true }), before);
  });
});
