import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Check } from '../../src/preflight/check.js';
import { makeNamespace } from '../servers/namespace.js';
import { cliPath, runCli } from './run-cli.js';
import type { CliResult } from './run-cli.js';
import { makeWorkspace, scopeText } from './workspace.js';

const workspace = makeWorkspace();
const scope = workspace.write('scope.yaml', scopeText());

describe('ampscope doctor', () => {
  it('says line by line what was found, and that a scan would work', async () => {
    const { code, stdout, stderr } = await runCli(['doctor', '--scope', scope], { cwd: workspace.path });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^ok +scope +\S*scope\.yaml: 256 addresses to probe, until 2099-12-31/m);
    assert.match(stdout, /^ok +source address +packets leave from 127\.0\.0\.1 \(lo\)$/m);
    assert.match(stdout, /^ok +reports +exposure can be written$/m);
    assert.match(stdout, /^(ready to scan|a scan would work, .*)$/m);
    assert.equal(existsSync(join(workspace.path, 'exposure')), false, 'it makes nothing');
  });

  it('remarks on an exclusion that excludes no target, for it may be mistyped', async () => {
    const excluding = (text: string): Promise<CliResult> =>
      runCli(['doctor', '--scope', scope, '--exclude', text], { cwd: workspace.path });
    assert.match(
      (await excluding('127.99.0.0/16')).stdout,
      /the exclusion 127\.99\.0\.0\/16 is outside the networks of the scope, and without effect/,
    );
    assert.doesNotMatch((await excluding('127.9.0.0/29')).stdout, /without effect/);
  });

  it('--json gives the same checks to programs', async () => {
    const { stdout } = await runCli(['doctor', '--scope', scope, '--json'], { cwd: workspace.path });
    const { checks } = JSON.parse(stdout) as { readonly checks: readonly Check[] };
    assert.deepEqual(
      checks.map(({ name }) => name),
      [
        'scope',
        'clock',
        'source address',
        'source ports',
        'reports',
        'free disk',
        'receive buffer',
        'neighbour table',
        'connection tracking',
        'open files',
      ],
    );
    for (const { name, status } of checks)
      assert.ok(['ok', 'warning', 'problem', 'unknown'].includes(status), name);
  });

  it('without a scope names the first thing to do', async () => {
    const { code, stdout } = await runCli(['doctor', '--scope', 'none.yaml'], { cwd: workspace.path });
    assert.equal(code, 2);
    assert.match(
      stdout,
      /^PROBLEM +scope +none\.yaml: no such file\n +-> write one with ampscope init, or name a readable file with --scope$/m,
    );
    assert.match(stdout, /^a scan would refuse: 1 problem$/m);
  });

  it('finds a file where the folder of the reports should be, and scan refuses with the same words', async () => {
    workspace.write('taken', '');
    const args = ['--scope', scope, '--out', 'taken'];
    const doctor = await runCli(['doctor', ...args], { cwd: workspace.path });
    assert.equal(doctor.code, 2);
    assert.match(doctor.stdout, /^PROBLEM +reports +taken: cannot hold a run's directory: ENOTDIR$/m);
    const scan = await runCli(['scan', ...args], { cwd: workspace.path });
    assert.equal(scan.code, 2);
    assert.match(scan.stderr, /^ampscope: error: taken: cannot hold a run's directory: ENOTDIR\n/);
  });

  it('finds something that has the name of the link to the newest run, before the first packet', async () => {
    mkdirSync(join(workspace.path, 'mine', 'latest'), { recursive: true });
    const args = ['--scope', scope, '--out', 'mine'];
    const doctor = await runCli(['doctor', ...args], { cwd: workspace.path });
    assert.equal(doctor.code, 2);
    assert.match(
      doctor.stdout,
      /^PROBLEM +reports +mine\/latest: is there, and is no link to the newest run\n +-> /m,
    );
    const scan = await runCli(['scan', ...args], { cwd: workspace.path });
    assert.equal(scan.code, 2);
    assert.match(scan.stderr, /^ampscope: error: mine\/latest: is there/);
    assert.deepEqual(readdirSync(join(workspace.path, 'mine')), ['latest'], 'no run was begun');
  });
});

const whyNot = whyNoNamespace();

describe('in a namespace, as a user without privileges', { skip: whyNot ?? false }, () => {
  const NOBODY = 65_534;
  const FAST = ['--probe', 'chargen', '--cooldown', '300ms', '--retries', '0'];
  const namespace = whyNot === undefined ? makeNamespace('doctor') : undefined;
  let home: string;

  before(() => {
    home = mkdtempSync(join(tmpdir(), 'ampscope-doctor-'));
    writeFileSync(
      join(home, 'scope.yaml'),
      scopeText({ networks: '[{ prefix: 192.0.2.0/28 }]', limits: '{ rate: 1000, per_host: 10 }' }),
    );
    mkdirSync(join(home, 'exposure'));
    chmodSync(home, 0o755);
    chmodSync(join(home, 'scope.yaml'), 0o644);
    chmodSync(join(home, 'exposure'), 0o777);
  });
  after(() => {
    namespace?.close();
    rmSync(home, { recursive: true, force: true });
  });

  /** Runs the command as nobody, in the namespace. */
  const runAsNobody = (...args: readonly string[]): Promise<CliResult> => {
    assert.ok(namespace);
    const drop = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--no-new-privs'];
    return runCli(args, { cwd: home, within: [...namespace.enter, ...drop] });
  };
  const ip = (...args: readonly string[]): void => {
    assert.ok(namespace);
    execFileSync('ip', ['-n', namespace.name, ...args]);
  };

  const sysctl = (key: string, value: string): void => {
    assert.ok(namespace);
    const [program, ...rest] = namespace.enter;
    execFileSync(program, [...rest, 'sh', '-c', `echo "${value}" > /proc/sys/net/${key}`]);
  };
  /** OutDatagrams of UDP in /proc/net/snmp. */
  const datagramsSent = (): number => {
    assert.ok(namespace);
    const [program, ...rest] = namespace.enter;
    const table = execFileSync(program, [...rest, 'cat', '/proc/net/snmp'], { encoding: 'utf8' });
    return Number(/^Udp: \d+ \d+ \d+ (\d+)/m.exec(table)?.[1]);
  };

  it('without a route, doctor says so and what to look at, and scan refuses with that reason', async () => {
    const doctor = await runAsNobody('doctor');
    assert.equal(doctor.code, 2, doctor.stderr);
    assert.match(
      doctor.stdout,
      /^PROBLEM +source address +no route to 192\.0\.2\.0: ENETUNREACH\n +-> .*"ip route get 192\.0\.2\.0"/m,
    );
    const scan = await runAsNobody('scan');
    assert.equal(scan.code, 2);
    assert.match(
      scan.stderr,
      /^ampscope: error: no route to 192\.0\.2\.0: ENETUNREACH\nampscope: hint: \S.*\n$/,
    );
  });

  it('in a folder that is not writable, both say so', async () => {
    ip('addr', 'add', '192.0.2.14/28', 'dev', 'lo');
    for (const command of ['doctor', 'scan']) {
      const { code, stdout, stderr } = await runAsNobody(command, '--out', 'closed');
      assert.equal(code, 2, stdout);
      assert.match(stdout + stderr, /closed: cannot hold a run's directory: EACCES/);
    }
  });

  it('with a route it works without any right, and the scan too', async () => {
    const doctor = await runAsNobody('doctor');
    assert.equal(doctor.code, 0, doctor.stdout);
    assert.match(doctor.stdout, /^ok +source address +packets leave from 192\.0\.2\.14 \(lo\)$/m);
    const scan = await runAsNobody('scan', ...FAST);
    assert.equal(scan.code, 0, scan.stderr);
    assert.match(scan.stderr, /reports are in exposure\//);
  });

  it('sends nothing, as the counters of the namespace tell; a scan sends', async () => {
    const before = datagramsSent();
    assert.equal((await runAsNobody('doctor')).code, 0);
    assert.equal(datagramsSent(), before);
    await runAsNobody('scan', ...FAST);
    assert.ok(datagramsSent() >= before + 14);
  });

  it('warns of what may be lost, unless --quiet, and keeps it in run.json', async () => {
    sysctl('ipv4/ip_local_port_range', '40000 40100');
    const scan = await runAsNobody('scan', ...FAST, '--out', 'exposure/warned');
    assert.equal(scan.code, 0, scan.stderr);
    assert.match(
      scan.stderr,
      /^ampscope: warning: source ports: .*40000 to 40100, fewer than the \d+ sockets.*\nampscope: hint: sudo sysctl/m,
    );
    const text = readFileSync(join(home, 'exposure/warned/latest/run.json'), 'utf8');
    const { preflight } = JSON.parse(text) as { readonly preflight: readonly Check[] };
    assert.equal(preflight.find(({ name }) => name === 'source ports')?.status, 'warning');
    const quiet = await runAsNobody('scan', ...FAST, '--quiet');
    assert.doesNotMatch(quiet.stderr, /warning/);
  });

  it('refuses to send from ports below 1024', async () => {
    // Unprivileged users may be given them: then the range may reach down there.
    sysctl('ipv4/ip_unprivileged_port_start', '0');
    sysctl('ipv4/ip_local_port_range', '500 60999');
    const scan = await runAsNobody('scan', ...FAST);
    assert.equal(scan.code, 2);
    assert.match(scan.stderr, /500 to 60999, and nothing is sent from below 1024/);
  });
});

function whyNoNamespace(): string | undefined {
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  try {
    execFileSync('setpriv', ['--version'], { stdio: 'ignore' });
    execFileSync('ip', ['netns', 'list'], { stdio: 'ignore' });
    execFileSync('setpriv', ['--reuid=65534', '--regid=65534', '--clear-groups', 'cat', cliPath], {
      stdio: 'ignore',
    });
    accessSync(tmpdir(), constants.W_OK);
    return undefined;
  } catch (error) {
    return `the command cannot be run as nobody here: ${error instanceof Error ? error.message : String(error)}`;
  }
}
