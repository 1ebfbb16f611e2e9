import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Lab } from '../../src/lab/lab.js';
import { cliPath, runCli, startCli } from './run-cli.js';
import { startFreeLab } from './scan-of-lab.js';
import { begunRun } from './stopped-run.js';
import { makeWorkspace, scopeText } from './workspace.js';

const workspace = makeWorkspace();
const disk = join(workspace.path, 'disk');
const scope = workspace.write(
  'scope.yaml',
  scopeText({
    networks: '[{ prefix: 127.64.1.0/26 }, { prefix: 127.64.2.0/26 }]',
    limits: '{ rate: 300, per_subnet: 400, per_host: 10, reply_bandwidth: 90M }',
  }),
);
const scan = (out: string): string[] => [
  'scan',
  ...['--scope', scope, '--out', out, '--quiet', '--probe', 'chargen', '--probe', 'ntp-monlist'],
  ...['--port', `chargen=${basePort + 19}`, '--port', `ntp-monlist=${basePort + 123}`, '--retries', '0'],
  ...['--checkpoint', '200ms'],
  ...['--cooldown', '300ms', '--form-gap', '100ms', '--quiet-gap', '200ms'],
];
let lab: Lab;
let basePort: number;
before(async () => {
  ({ lab, basePort } = await startFreeLab());
});
after(() => lab.close());

describe('a disk that fills up', { skip: whyNoMount() }, () => {
  before(() => {
    mkdirSync(disk);
    mount('-t', 'tmpfs', '-o', 'size=512k,mode=0700', 'tmpfs', disk);
  });
  after(() => {
    spawnSync('umount', [disk]);
  });
  const fill = (): void => {
    for (const size of [65_536, 4096])
      for (let i = 0; i < 1000; i++)
        try {
          writeFileSync(join(disk, `filler-${size}-${i}`), Buffer.alloc(size));
        } catch {
          break;
        }
  };
  const empty = (): void => {
    for (const name of readdirSync(disk)) if (name.startsWith('filler')) rmSync(join(disk, name));
  };
  it('ends the run with 1 and says how to go on, and going on ends it well', async () => {
    const run = startCli(scan(join(disk, 'out')));
    const directory = await begunRun(join(disk, 'out'));
    fill();
    const { code, stderr } = await run.done;
    assert.equal(code, 1, stderr);
    assert.match(stderr, /error: .*: cannot be written: the disk is full \(ENOSPC\)\n/);
    assert.match(stderr, /hint: .*make room, then go on with: ampscope scan --resume /);
    assert.doesNotMatch(stderr, /fault of ampscope itself/);
    // What the run gave back when it could not write.
    fill();
    const stillFull = await runCli(['scan', '--resume', directory]);
    assert.equal(stillFull.code, 1, stillFull.stderr);
    empty();
    const resumed = await runCli(['scan', '--resume', directory]);
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.match(resumed.stdout, /findings/);
  });

  it('before the first packet: ends with 2, and leaves no run behind', async () => {
    mkdirSync(join(disk, 'full'));
    fill();
    const { code, stderr } = await runCli(scan(join(disk, 'full')));
    empty();
    assert.equal(code, 2, stderr);
    assert.match(stderr, /ENOSPC|disk is full/);
    assert.deepEqual(readdirSync(join(disk, 'full')), []);
  });
});

describe('standard output that is closed', () => {
  it('is said on stderr with exit code 1, and the reports are whole', async () => {
    const out = join(workspace.path, 'closed');
    const child = spawn(process.execPath, [cliPath, ...scan(out), '--json'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
    const [code] = (await once(child, 'close')) as [number];
    assert.match(stderr, /error: standard output is cut short: its reader has closed it \(EPIPE\)/);
    assert.equal(code, 1);
    assert.equal((await runCli(['report', join(out, 'latest')])).code, 0);
  });

  it('and standard error closed too: the run ends and its reports are whole', async () => {
    const out = join(workspace.path, 'deaf');
    const args = scan(out).filter((word) => word !== '--quiet');
    const child = spawn(process.execPath, [cliPath, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.destroy();
    await once(child, 'close');
    assert.equal((await runCli(['report', join(out, 'latest')])).code, 0);
  });
});

describe('a folder that cannot be written', () => {
  it('ends the scan with 2 before the first packet', async () => {
    const file = workspace.write('file', '');
    const { code, stderr } = await runCli(scan(join(file, 'out')));
    assert.equal(code, 2);
    assert.match(stderr, /ENOTDIR|not a directory|cannot/);
  });
});

function mount(...args: string[]): void {
  const { status, stderr } = spawnSync('mount', args, { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
}

/** A file system of its own needs root, and a container that may mount. */
function whyNoMount(): string | false {
  if (process.getuid?.() !== 0) return 'needs root';
  const { status } = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']);
  return status === 0 ? false : 'mounting is not allowed here';
}
