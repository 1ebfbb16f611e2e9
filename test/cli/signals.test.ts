/** The first signal ends what a user can be waiting for, and a host that floods its answer is shown soon. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { cliPath, runCli, startCli } from './run-cli.js';
import { makeWorkspace, scopeText } from './workspace.js';

const workspace = makeWorkspace();
const scope = workspace.write('scope.yaml', scopeText());
const HOST = '127.9.0.7';
/** Nothing takes so long on the busiest machine: only what hangs is ended by it. */
const LONGEST_MS = 300_000;
const PORT = 27_000 + (process.pid % 1000);

describe('the first signal', () => {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    it(`${signal} ends a command that waits on standard input`, async () => {
      const child = spawn(process.execPath, [cliPath, 'plan', '--scope', scope, '--targets', '-'], {
        stdio: ['pipe', 'ignore', 'pipe'],
      });
      // Far more than a pipe holds, so that it is taken only by a command that reads: its listeners stand before.
      await new Promise((taken) => child.stdin.write('# a comment\n'.repeat(100_000), taken));
      child.kill(signal);
      assert.deepEqual(await once(child, 'close'), [code, null]);
    });

    it(`${signal} ends a command that waits on a named pipe without a writer`, async () => {
      const pipe = join(workspace.path, `pipe-${signal}`);
      const templates = join(workspace.path, `templates-${signal}`);
      mkdirSync(templates);
      const template = join(templates, 'notice.en.txt');
      execFileSync('mkfifo', [pipe, template]);
      const out = join(workspace.path, 'nothing');
      for (const args of [
        ['plan', '--scope', pipe],
        ['plan', '--scope', scope, '--targets', pipe],
        ['plan', '--scope', scope, '--exclude', `@${pipe}`],
        ['plan', '--scope', scope, '--config', pipe],
        ['config', 'check', pipe],
        ['scan', '--scope', scope, '--out', out, '--asn-map', pipe],
        ['scan', '--scope', scope, '--out', out, '--notice-templates', templates],
      ]) {
        const child = spawn(process.execPath, [cliPath, ...args], {
          stdio: ['ignore', 'ignore', 'pipe'],
        });
        await opened(child, args.includes(templates) ? template : pipe);
        child.kill(signal);
        assert.deepEqual(await once(child, 'close'), [code, null], args.join(' '));
      }
      assert.equal(existsSync(out), false);
    });
  }

  it('is not needed where the pipe is written to, late and in parts', async () => {
    const pipe = join(workspace.path, 'written');
    execFileSync('mkfifo', [pipe]);
    const command = startCli(['plan', '--scope', pipe]);
    const text = scopeText();
    const script = 'sleep 0.5; { head -c 40; sleep 0.2; cat; } > "$1"';
    execFileSync('sh', ['-c', script, 'sh', pipe], { input: text });
    const { code, stdout } = await command.done;
    assert.equal(code, 0);
    assert.match(stdout, /127\.9\.0\.0\/24|256/);
  });

  // <(true) ended before its first byte, and was waited for as a named pipe without a writer.
  it('is not needed where a pipe of the shell ends empty', async () => {
    const script = '"$0" "$1" plan --scope "$2" --exclude @<(true)';
    const child = spawn('bash', ['-c', script, process.execPath, cliPath, scope], {
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: LONGEST_MS,
    });
    let shown = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (shown += text));
    assert.deepEqual(await once(child, 'close'), [0, null]);
    assert.match(shown, /256/);
  });
});

describe('a list header that claims 4,095 items for no bytes', () => {
  /** The header of an answer to MON_GETLIST_1, once for the request and 1,999 times more. */
  const header = Buffer.from('d700032a0fff0048', 'hex');
  const args = ['inspect', HOST, '--scope', scope, '--probe', 'ntp-monlist', '--port', `ntp-monlist=${PORT}`];

  it('is shown 1,990 times within ten seconds, and the signal is heard meanwhile', async () => {
    const server = createSocket('udp4');
    server.bind(PORT, HOST);
    await once(server, 'listening');
    server.on('message', (_, from) => {
      for (let i = 0; i < 1990; i++) server.send(header, from.port, from.address);
    });
    try {
      const started = performance.now();
      const whole = await runCli([...args, '--all', '--quiet-gap', '1s']);
      const seconds = (performance.now() - started) / 1000;
      assert.equal(whole.code, 0);
      const shown = [...whole.stdout.matchAll(/^ {2}reply \d+ of (\d+): 8 bytes/gm)];
      assert.ok(shown.length > 1000, `${shown.length} replies`);
      assert.ok(seconds < 10, `${seconds} s`);

      const stopped = startCli([...args, '--all', '--quiet-gap', '1s']);
      await stopped.says('reply 1 of');
      const asked = performance.now();
      stopped.kill('SIGTERM');
      const { code } = await stopped.done;
      assert.equal(code, 143);
      assert.ok(performance.now() - asked < 5000);
    } finally {
      server.close();
    }
  });
});

/** Resolves when the command has opened a file: its listeners stand before it opens anything that a user names. */
async function opened({ pid = 0 }: ReturnType<typeof spawn>, path: string): Promise<void> {
  const deadline = Date.now() + LONGEST_MS;
  const isOpen = (): boolean =>
    readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`) === path;
      } catch {
        return false; // It was closed meanwhile.
      }
    });
  while (!isOpen()) {
    assert.ok(Date.now() < deadline, `${path} is not opened`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
