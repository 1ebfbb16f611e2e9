/** Hosts that answer every probe with real servers' answers, broken: a scan of them ends, and its files hold together. */
import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { RunRecord } from '../../src/domain/run-record.js';
import { mutated } from '../fuzz/mutate.js';
import { randomFrom } from '../fuzz/random.js';
import { subjects } from '../fuzz/subjects.js';
import { runCli } from './run-cli.js';
import { makeWorkspace, scopeText } from './workspace.js';

const HOSTS = Array.from({ length: 8 }, (_, i) => `127.94.1.${i}`);
const FIRST_PORT = 23_500;
const ports = subjects.map(({ probe }, index) => `${probe.id}=${FIRST_PORT + index}`);
const random = randomFrom(20_261_130);

describe('hosts that answer with whatever', () => {
  const workspace = makeWorkspace();
  const sockets: Socket[] = [];
  let answers = 0;
  before(async () => {
    for (const address of HOSTS)
      for (const [index, { own: seeds }] of subjects.entries()) {
        const socket = createSocket('udp4');
        socket.on('message', (request, { port, address: to }) => {
          for (let left = 1 + random.below(3); left > 0; left--) {
            const payload = Buffer.from(mutated(random.pick(seeds), seeds, random));
            // The nonce, wherever the protocol has it, so that the answer is taken for one.
            if (random.oneIn(2)) request.copy(payload, 0, 0, Math.min(2, payload.length));
            answers++;
            socket.send(payload, port, to, () => undefined);
          }
        });
        socket.bind(FIRST_PORT + index, address);
        await once(socket, 'listening');
        sockets.push(socket);
      }
  });
  after(() => {
    for (const socket of sockets) socket.close();
  });

  it('are scanned to the end, with every report', async () => {
    const scope = workspace.write(
      'scope.yaml',
      scopeText({
        networks: '[{ prefix: 127.94.1.0/29, asn: 64496, customer: C-1 }]',
        limits: '{ rate: 1000, per_subnet: 400, per_host: 20, reply_bandwidth: 100M }',
        dns: '{ names: [fat.test], check: { name: small.fat.test, address: 192.0.2.1 } }',
      }),
    );
    const out = join(workspace.path, 'out');
    const { code, stderr } = await runCli([
      ...[
        'scan',
        '--scope',
        scope,
        '--out',
        out,
        '--retries',
        '0',
        '--notice-format',
        'eml',
        '--dns-version',
      ],
      ...['--cooldown', '1s', '--form-gap', '50ms', '--quiet-gap', '300ms', '--parallel', '100'],
      ...ports.flatMap((port) => ['--probe', port.split('=')[0] ?? '', '--port', port]),
    ]);
    assert.ok(code === 0 || code === 4, `${code}: ${stderr}`);
    const run = JSON.parse(readFileSync(join(out, 'latest', 'run.json'), 'utf8')) as RunRecord;
    assert.equal(run.complete, true);
    assert.ok(answers > 500, String(answers));
    assert.ok(run.counts.findings > 20, String(run.counts.findings));
    assert.ok(run.counts.alien_datagrams > 0);
  });
});
