/**
 * Hosts behind a slow line, through the built command with its usual timing: each request is answered exactly once,
 * 6 s later, so the second pass has asked before the answer to the first one comes.
 */
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { FindingRecord } from '../../src/domain/finding-record.js';
import { runCli } from './run-cli.js';
import { makeWorkspace, scopeText } from './workspace.js';

const SLOW_MS = 6000;
const PORT = 28_000 + (process.pid % 1000);
const workspace = makeWorkspace();
const scope = workspace.write('scope.yaml', scopeText({ networks: '[{ prefix: 127.9.9.32/30 }]' }));

/** Six entries of monlist, 440 bytes for 8 (ntp_request.h). */
function monlist(request: Buffer): Buffer | undefined {
  const [mode = 0, , implementation = 0, code = 0] = request;
  if ((mode & 7) !== 7) return undefined;
  const entries = Buffer.alloc(432, Buffer.of(10, 0, 0, 1));
  return Buffer.concat([Buffer.of(0x97, 0, implementation, code, 0, 6, 0, 72), entries]);
}

/** One address to whatever is asked (RFC 1035 §4.1.1). */
function dns(request: Buffer): Buffer {
  let end = 12;
  for (let label = request[end] ?? 0; label > 0; label = request[end] ?? 0) end += 1 + label;
  const answer = Buffer.from('c00c00010001000001f40004c6336450', 'hex');
  const head = Buffer.from('818000010001' + '00000000', 'hex');
  return Buffer.concat([request.subarray(0, 2), head, request.subarray(12, end + 5), answer]);
}

function chargen(): Buffer {
  return Buffer.from(Array.from({ length: 100 }, (_, index) => 32 + (index % 95)));
}

const HOSTS = [
  { probe: 'ntp-monlist', address: '127.9.9.32', port: PORT, answer: monlist },
  { probe: 'dns-any', address: '127.9.9.33', port: PORT + 1, answer: dns },
  { probe: 'chargen', address: '127.9.9.34', port: PORT + 2, answer: chargen },
] as const;

describe('a host that answers each request exactly once, six seconds later', () => {
  const asked = HOSTS.map(() => 0);
  const sockets = HOSTS.map(({ answer }, index) => {
    const socket = createSocket('udp4');
    socket.on('message', (request, from) => {
      asked[index] = (asked[index] ?? 0) + 1;
      const reply = answer(request);
      if (reply === undefined) return;
      setTimeout(() => {
        if (isOpen) socket.send(reply, from.port, from.address);
      }, SLOW_MS);
    });
    return socket;
  });
  let isOpen = true;
  let findings: readonly FindingRecord[] = [];
  before(async () => {
    for (const [index, { address, port }] of HOSTS.entries()) {
      sockets[index]?.bind(port, address);
      if (sockets[index]) await once(sockets[index], 'listening');
    }
    const out = join(workspace.path, 'slow');
    const { code, stderr } = await runCli([
      ...['scan', '--scope', scope, '--out', out],
      ...HOSTS.flatMap(({ probe, port }) => ['--probe', probe, '--port', `${probe}=${port}`]),
    ]);
    assert.equal(code, 0, stderr);
    const lines = readFileSync(join(out, 'latest', 'findings.jsonl'), 'utf8')
      .trim()
      .split('\n');
    findings = lines.map((line) => JSON.parse(line) as FindingRecord);
  });
  after(() => {
    isOpen = false;
    for (const socket of sockets) socket.close();
  });

  it('is asked by both passes before it answers, or this shows nothing', () => {
    for (const [index, { probe }] of HOSTS.entries()) assert.ok((asked[index] ?? 0) >= 3, probe);
  });

  it('has the factor of one request, measured alone', () => {
    const figures = findings.map(
      ({ probe, basis, request_packets: requests, packets, response_size: bytes, amplification }) => ({
        probe,
        basis,
        requests,
        packets,
        bytes,
        amplification,
      }),
    );
    const measured = { basis: 'measurement', requests: 1, packets: 1 };
    assert.deepEqual(
      figures.filter(({ probe }) => probe !== 'dns-any'),
      [
        { probe: 'ntp-monlist', ...measured, bytes: 440, amplification: 55 },
        { probe: 'chargen', ...measured, bytes: 100, amplification: 100 },
      ],
    );
    const [anyAnswer] = figures.filter(({ probe }) => probe === 'dns-any');
    assert.deepEqual([anyAnswer?.basis, anyAnswer?.packets], ['measurement', 1]);
    assert.ok((anyAnswer?.amplification ?? 9) < 2, `${anyAnswer?.amplification}`);
  });

  it('has the bytes of one request in the sweep too: by its nonce, or flagged where it has none', () => {
    for (const { probe, exchanges } of findings) {
      const [sighted] = exchanges;
      assert.equal(sighted?.seen_in, 'sweep');
      assert.equal(sighted.datagrams, 1, probe);
      assert.deepEqual(sighted.caveats ?? [], probe === 'dns-any' ? [] : ['undivided'], probe);
    }
  });
});
