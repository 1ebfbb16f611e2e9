/** The first signal ends what a user can be waiting for, and a host that floods its answer is shown soon. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { cliPath, runCli, startCli } from './run-cli.js';
import { makeWorkspace, scopeText } from './workspace.js';

const workspace = makeWorkspace();
const scope = workspace.write('scope.yaml', scopeText());
const HOST = '127.9.0.7';
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
      await signalWhenSilent(child, signal);
      assert.deepEqual(await once(child, 'close'), [code, null]);
    });

    it(`${signal} ends a command that waits on a named pipe nobody writes to`, async () => {
      const pipe = join(workspace.path, `pipe-${signal}`);
      execFileSync('mkfifo', [pipe]);
      for (const words of [
        ['--scope', pipe],
        ['--scope', scope, '--targets', pipe],
        ['--scope', scope, '--exclude', `@${pipe}`],
      ]) {
        const child = spawn(process.execPath, [cliPath, 'plan', ...words], {
          stdio: ['ignore', 'ignore', 'pipe'],
        });
        await signalWhenSilent(child, signal);
        assert.deepEqual(await once(child, 'close'), [code, null], words.join(' '));
      }
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
      timeout: 60_000,
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
  const words = [
    'inspect',
    HOST,
    '--scope',
    scope,
    '--probe',
    'ntp-monlist',
    '--port',
    `ntp-monlist=${PORT}`,
  ];

  it('is shown 1,990 times within ten seconds, and the signal is heard meanwhile', async () => {
    const server = createSocket('udp4');
    server.bind(PORT, HOST);
    await once(server, 'listening');
    server.on('message', (_, from) => {
      for (let i = 0; i < 1990; i++) server.send(header, from.port, from.address);
    });
    try {
      const started = performance.now();
      const whole = await runCli([...words, '--all', '--quiet-gap', '1s']);
      const seconds = (performance.now() - started) / 1000;
      assert.equal(whole.code, 0);
      const shown = [...whole.stdout.matchAll(/^ {2}reply \d+ of (\d+): 8 bytes/gm)];
      assert.ok(shown.length > 1000, `${shown.length} replies`);
      assert.ok(seconds < 10, `${seconds} s`);

      const stopped = startCli([...words, '--all', '--quiet-gap', '1s']);
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

/** As soon as the command has had the time to begin to wait: its listeners stand before it reads anything. */
async function signalWhenSilent(child: ReturnType<typeof spawn>, signal: NodeJS.Signals): Promise<void> {
  const deadline = Date.now() + 10_000;
  // A signal before its listeners stand would end it by the system's own rule, without an exit code.
  while (!handles(child.pid ?? 0, signal) && Date.now() < deadline)
    await new Promise((r) => setTimeout(r, 50));
  await new Promise((r) => setTimeout(r, 500));
  child.kill(signal);
}

/** Whether the process catches it, as /proc shows (proc(5), SigCgt). */
function handles(pid: number, signal: 'SIGINT' | 'SIGTERM' | NodeJS.Signals): boolean {
  const number = signal === 'SIGINT' ? 2 : 15;
  const status = execFileSync('grep', ['SigCgt', `/proc/${pid}/status`], { encoding: 'utf8' });
  return (BigInt(`0x${status.replace(/^.*:\s*/, '').trim()}`) & (1n << BigInt(number - 1))) !== 0n;
}
