import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { commands } from '../../src/commands/index.js';
import { helpOf } from '../../src/settings/help.js';
import { repositoryRoot } from '../repository.js';
import { makeWorkspace, scopeText } from './workspace.js';

const workspace = makeWorkspace();
const WITHOUT_COVERAGE = { ...process.env, NODE_V8_COVERAGE: '' };

describe('the npm package', () => {
  const cli = join(workspace.path, 'package', 'dist', 'bundle', 'cli.js');
  before(() => {
    run(process.execPath, [join(import.meta.dirname, '..', 'bundle.js')], repositoryRoot);
    const packed = run(
      'npm',
      ['pack', '--ignore-scripts', '--json', '--pack-destination', workspace.path],
      repositoryRoot,
    );
    const [{ filename } = { filename: '' }] = JSON.parse(packed) as { readonly filename: string }[];
    run('tar', ['-xzf', join(workspace.path, filename)], workspace.path);
  });

  it('holds the program with its licences, and no test', () => {
    const files = readdirSync(join(workspace.path, 'package'), { recursive: true, encoding: 'utf8' });
    assert.ok(files.includes('dist/bundle/LICENSES.txt'));
    assert.deepEqual(
      files.filter((path) => /\.test\.|(?:^|\/)(?:test|captures)\//.test(path)),
      [],
    );
  });

  it('has every command', async () => {
    for (const [name, { describe, load }] of Object.entries(commands))
      assert.equal(
        run(process.execPath, [cli, name, '--help'], workspace.path),
        await helpOf({ name, describe, ...(await load()) }),
      );
  });

  it('runs the demo with nothing beside it, and a sweep of two threads', () => {
    // Below 32,768, where the system gives ports to whatever socket asks for any.
    const basePort = String(30_000 + (process.pid % 12) * 200);
    const shown = run(process.execPath, [cli, 'demo', '--base-port', basePort], workspace.path);
    // Minetest and the full monlist server, and both once more where the machine has IPv6.
    assert.match(shown, /\d+ findings: [24] critical/);
    assert.match(
      readFileSync(join(workspace.path, 'exposure', 'latest', 'findings.csv'), 'utf8'),
      /,5500\.00,/,
    );
    workspace.write('scope.yaml', scopeText());
    const scan = ['scan', '--probe', 'chargen', '--threads', '2', '--cooldown', '1s', '--out', 'threads'];
    assert.match(run(process.execPath, [cli, ...scan], workspace.path), /no exposure found on 256 addresses/);
  });

  it('names the places of the sources where it has a fault', () => {
    const broken = "data:text/javascript,process.stdout.write=()=>{throw new Error('lost')}";
    const { status, stderr } = spawnSync(process.execPath, ['--import', broken, cli, '--version'], {
      encoding: 'utf8',
      env: WITHOUT_COVERAGE,
    });
    assert.equal(status, 1);
    assert.match(stderr, /a fault of ampscope itself: Error: lost[^]+\(src\/command-line\.ts:\d+:\d+/);
    assert.doesNotMatch(stderr, /bundle/);
  });
});

function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    timeout: 240_000,
    env: WITHOUT_COVERAGE,
  });
  assert.equal(status, 0, `${command} ${args.join(' ')}: ${stderr}`);
  return stdout;
}
