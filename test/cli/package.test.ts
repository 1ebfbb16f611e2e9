import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { repositoryRoot } from '../repository.js';
import { makeWorkspace } from './workspace.js';

const workspace = makeWorkspace();

describe('the npm package', () => {
  it('holds all that the demo needs, and no test', () => {
    const packed = run(
      'npm',
      ['pack', '--ignore-scripts', '--json', '--pack-destination', workspace.path],
      repositoryRoot,
    );
    const [{ filename, files } = { filename: '', files: [] }] = JSON.parse(packed) as {
      filename: string;
      files: { path: string }[];
    }[];
    assert.deepEqual(
      files.filter(({ path }) => /\.test\.|(?:^|\/)(?:test|captures)\//.test(path)),
      [],
    );
    run('tar', ['-xzf', join(workspace.path, filename)], workspace.path);
    // What npm would install beside it: the dependencies that its own shrinkwrap pins.
    symlinkSync(join(repositoryRoot, 'node_modules'), join(workspace.path, 'node_modules'));

    // Below 32,768, where the system gives ports to whatever socket asks for any.
    const basePort = String(30_000 + (process.pid % 12) * 200);
    const cli = join(workspace.path, 'package', 'dist', 'src', 'cli.js');
    const shown = run(process.execPath, [cli, 'demo', '--base-port', basePort], workspace.path);
    // Minetest and the full monlist server, and both once more where the machine has IPv6.
    assert.match(shown, /\d+ findings: [24] critical/);
    assert.match(
      readFileSync(join(workspace.path, 'exposure', 'latest', 'findings.csv'), 'utf8'),
      /,5500\.00,/,
    );
  });
});

function run(command: string, args: readonly string[], cwd: string): string {
  const env = { ...process.env, NODE_V8_COVERAGE: '' };
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    timeout: 90_000,
    env,
  });
  assert.equal(status, 0, `${command} ${args.join(' ')}: ${stderr}`);
  return stdout;
}
