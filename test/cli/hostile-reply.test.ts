/**
 * One small reply that once kept a run for ever, and whatever it was to report of others: through the built command, for
 * no signal reached it there.
 */
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunRecord } from '../../src/domain/run-record.js';
import { type CliResult, type CliRun, runCli, startCli } from './run-cli.js';
import { makeWorkspace, scopeText } from './workspace.js';

const HOST = '127.9.5.1';
const PORT = 26_000 + (process.pid % 1000);
const workspace = makeWorkspace();
const scope = workspace.write('scope.yaml', scopeText({ networks: '[{ prefix: 127.9.5.0/30 }]' }));
const PROBE = ['--probe', 'ntp-readvar', '--port', `ntp-readvar=${PORT}`];
const outOf = (name: string): string => join(workspace.path, name);
const scan = (name: string, cooldown = '1s'): string[] => [
  ...['scan', '--scope', scope, '--out', outOf(name), '--cooldown', cooldown, '--retries', '0'],
  ...['--checkpoint', '100ms', ...PROBE],
];

/** One that hangs would keep the whole file: it is ended, so that its exit code is none. */
async function endOf(run: CliRun, seconds = 40): Promise<CliResult> {
  const timer = setTimeout(() => {
    run.kill('SIGKILL');
  }, seconds * 1000);
  return run.done.finally(() => {
    clearTimeout(timer);
  });
}

describe('a reply of 95 bytes of quotes without a comma', () => {
  const server = createSocket('udp4');
  before(async () => {
    server.on('message', (request, from) => {
      if (((request[0] ?? 0) & 7) === 6) server.send(replyTo(request), from.port, from.address);
    });
    server.bind(PORT, HOST);
    await once(server, 'listening');
  });
  after(() => {
    server.close();
  });

  it('is a finding like any other of a scan, which ends', async () => {
    const { code, stderr } = await endOf(startCli(scan('whole')));
    assert.equal(code, 0, stderr);
    const findings = readFileSync(join(outOf('whole'), 'latest', 'findings.jsonl'), 'utf8');
    assert.match(findings, new RegExp(`"ip":"${HOST}"`));
  });

  it('is shown by inspect', async () => {
    const { code, stdout } = await endOf(startCli(['inspect', HOST, '--scope', scope, ...PROBE]));
    assert.equal(code, 0);
    assert.match(stdout, /reply 1 of 1: 95 bytes/);
  });

  it('keeps no scan from SIGTERM after it came, nor from going on', async () => {
    const run = startCli(scan('stopped', '6s'));
    await run.says('sweep: 100 %');
    // The measurement has its reply by then.
    await sleep(1500);
    run.kill('SIGTERM');
    assert.equal((await endOf(run)).code, 143);
    const [name = ''] = readdirSync(outOf('stopped')).filter((entry) => /^\d/.test(entry));
    const directory = join(outOf('stopped'), name);
    assert.ok(!existsSync(join(outOf('stopped'), 'latest')));
    const { code, stderr } = await endOf(startCli(['scan', '--resume', directory]), 60);
    assert.equal(code, 0, stderr);
    assert.match(readFileSync(join(directory, 'findings.csv'), 'utf8'), new RegExp(HOST));
  });
});

/** An answer to READVAR (RFC 9327 §2): the request's own version, opcode, sequence and association. */
function replyTo(request: Buffer): Buffer {
  const text = `a="${'x"'.repeat(40)}`;
  const reply = Buffer.alloc(12 + text.length);
  request.copy(reply, 0, 0, 12);
  reply.writeUInt8(0x82, 1);
  reply.writeUInt16BE(0, 8);
  reply.writeUInt16BE(text.length, 10);
  reply.write(text, 12, 'latin1');
  return reply;
}

describe('a flood that pushes datagrams out of a socket of the sweep, once', () => {
  it('is no loss that remains where what it may have silenced was asked again: counted, and exit code 0', async () => {
    const host = createSocket('udp4').bind(PORT + 2, HOST);
    const other = createSocket('udp4').bind(0, '127.9.77.77');
    let floods = 0;
    host.on('message', (_, from) => {
      host.send(Buffer.alloc(148, 'ab\r\n'), from.port, from.address);
      if (floods++ > 0) return;
      for (let left = 3000; left > 0; left--)
        other.send(Buffer.alloc(1000), from.port, from.address, () => undefined);
    });
    try {
      const { code, stderr } = await runCli([
        ...['scan', '--scope', scope, '--out', outOf('flood'), '--probe', 'chargen', '--retries', '0'],
        ...['--port', `chargen=${PORT + 2}`, '--cooldown', '2s', '--receive-buffer', '2048'],
      ]);
      const run = JSON.parse(readFileSync(join(outOf('flood'), 'latest', 'run.json'), 'utf8')) as RunRecord;
      assert.ok((run.losses.sweep_socket_drops ?? 0) > 0);
      assert.ok((run.counts.asked_again ?? 0) >= 3, 'the three that were silent');
      assert.deepEqual([run.losses.any, run.losses.unknown, code], [false, [], 0], stderr);
      assert.equal(run.counts.findings, 1);
    } finally {
      host.close();
      other.close();
    }
  });
});

describe('texts of a scope that an attacker chose', () => {
  const formula = `=cmd|'/C calc'!A0`;
  const networks = [
    `{ prefix: 127.9.5.0/32, customer: "${formula}" }`,
    `{ prefix: 127.9.5.2/32, customer: "-rf" }`,
    `{ prefix: 127.9.5.3/32, as_name: "gnp.\\u202eexe" }`,
  ];
  it('are no formula in any CSV file, and turn no writing, run.json included', async () => {
    const sockets = ['127.9.5.0', '127.9.5.2', '127.9.5.3'].map((address) => {
      const socket = createSocket('udp4').bind(PORT + 1, address);
      return socket.on('message', (_, from) => {
        socket.send(Buffer.alloc(500, 'ab\r\n'), from.port, from.address);
      });
    });
    const other = workspace.write('texts.yaml', scopeText({ networks: `[${networks.join(', ')}]` }));
    try {
      const { code, stderr } = await runCli([
        ...['scan', '--scope', other, '--out', outOf('texts'), '--probe', 'chargen', '--retries', '0'],
        ...['--port', `chargen=${PORT + 1}`, '--cooldown', '1s', '--notice-format', 'eml'],
      ]);
      assert.equal(code, 0, stderr);
    } finally {
      for (const socket of sockets) socket.close();
    }
    const files = filesIn(join(outOf('texts'), 'latest'));
    const holding = (text: string): string[] =>
      [...files].filter(([path, held]) => path.endsWith('.csv') && held.includes(text)).map(([path]) => path);
    for (const text of [formula, '-rf']) {
      const guarded = holding(`,'${text}`);
      for (const name of ['findings.csv', 'changes.csv', 'prefixes.csv', 'notices/'])
        assert.ok(
          guarded.some((path) => path.startsWith(name)),
          `${text} in ${name}: ${guarded.join()}`,
        );
      assert.deepEqual(
        holding(text).filter((path) => !path.startsWith('shadowserver/') && !guarded.includes(path)),
        [],
      );
      assert.deepEqual(
        holding(`,${text}`).filter((path) => !path.startsWith('shadowserver/')),
        [],
      );
    }
    assert.ok(files.get('run.json')?.includes('gnp.exe'));
    for (const [path, text] of files) assert.doesNotMatch(text, /[\u202a-\u202e\u2066-\u2069]|\\u202e/, path);
  });
});

function filesIn(folder: string): ReadonlyMap<string, string> {
  return new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]),
  );
}
