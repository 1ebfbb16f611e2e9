/** A host that answers once, late, and is silent when it is measured: its row rests on the sweep. */
import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { FindingRecord } from '../../src/domain/finding-record.js';
import { readCsv } from '../reports/read-csv.js';
import { runCli } from './run-cli.js';
import { makeWorkspace, scopeText } from './workspace.js';

const workspace = makeWorkspace();
const ANSWER = Buffer.alloc(200, ' !"#$%&\'()*+,-./0123456789');
const ANSWERS_AFTER_MS = 1500;

describe('the row of a host that answers the sweep late and the measurement not at all', () => {
  const sockets: Socket[] = [];
  /** When the request of the sweep came to it. */
  let askedAt = NaN;
  let record: FindingRecord | undefined;
  let cells: Readonly<Record<string, string>> = {};

  const listen = async (
    address: string,
    port: number,
    onRequest: (reply: () => void) => void,
  ): Promise<number> => {
    const socket = createSocket('udp4');
    sockets.push(socket);
    socket.on('message', (_, { port: from, address: to }) => {
      onRequest(() => {
        socket.send(ANSWER, from, to);
      });
    });
    socket.bind(port, address);
    await once(socket, 'listening');
    return socket.address().port;
  };

  before(
    async () => {
      // It is measured for longer than the late answer takes, so that the run still hears that one.
      const port = await listen('127.9.10.1', 0, (reply) => {
        reply();
      });
      await listen('127.9.10.2', port, (reply) => {
        if (!Number.isNaN(askedAt)) return;
        askedAt = Date.now();
        setTimeout(reply, ANSWERS_AFTER_MS);
      });
      const scope = workspace.write('scope.yaml', scopeText({ networks: '[{ prefix: 127.9.10.0/30 }]' }));
      const out = join(workspace.path, 'out');
      const { code, stderr } = await runCli(
        [
          ...['scan', '--scope', scope, '--out', out, '--quiet'],
          ...['--probe', 'chargen', '--port', `chargen=${port}`],
          ...['--cooldown', '1s', '--retries', '0', '--quiet-gap', '8s'],
        ],
        { cwd: workspace.path },
      );
      assert.equal(code, 0, stderr);
      const read = (name: string): string => readFileSync(join(out, 'latest', name), 'utf8');
      record = read('findings.jsonl')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as FindingRecord)
        .find(({ ip }) => ip === '127.9.10.2');
      const [names = [], ...rows] = readCsv(read('findings.csv'));
      const row = rows.find((each) => each[names.indexOf('ip')] === '127.9.10.2') ?? [];
      cells = Object.fromEntries(names.map((name, i) => [name, row[i] ?? '']));
    },
    { timeout: 120_000 },
  );

  after(() => {
    for (const socket of sockets) socket.close();
  });

  it('rests on the sweep', () => {
    assert.equal(record?.basis, 'sweep');
    assert.equal(cells['basis'], 'sweep');
  });

  it('says when the request left, which was before it came there, and not when the answer came', () => {
    const requestedAt = Date.parse(record?.exchanges[0]?.requested_at ?? '');
    assert.ok(requestedAt <= askedAt, `${requestedAt}, and it came at ${askedAt}`);
    const started = Date.parse(cells['timestamp'] ?? '');
    assert.equal(cells['timestamp'], record?.timestamp);
    assert.equal(started, Math.floor(requestedAt / 1000) * 1000);
  });
});
