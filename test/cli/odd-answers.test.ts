/** Hosts whose answers deviate from the standard, and are reflectors all the same, through the built command. */
import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { dnsResolver } from '../../probes/dns/resolver.js';
import { snmpGetBulk } from '../../probes/snmp/getbulk.js';
import type { SnmpHeader } from '../../probes/snmp/message.js';
import { PDU, encodeSnmpMessage, encodeVarBind, readSnmpMessage } from '../../probes/snmp/message.js';
import { BER, berElement } from '../../probes/wire/ber.js';
import { runCli } from './run-cli.js';
import { makeWorkspace, scopeText } from './workspace.js';

const workspace = makeWorkspace();

/** A device of 300 letters, as an agent would say it that changes this much of its header. */
function agent(
  change: (asked: SnmpHeader) => Partial<SnmpHeader>,
): (request: Uint8Array) => Uint8Array | undefined {
  const sysDescr = encodeVarBind(
    '1.3.6.1.2.1.1.1.0',
    berElement(BER.octetString, new TextEncoder().encode('Example switch '.padEnd(300, '.'))),
  );
  return (request) => {
    const asked = readSnmpMessage(request);
    if (asked === undefined) return undefined;
    const { version, community, requestId } = asked;
    const header = {
      version,
      community,
      requestId,
      pdu: PDU.response,
      third: 0,
      fourth: 0,
      ...change(asked),
    };
    return encodeSnmpMessage(header, header.third === 0 ? [sysDescr] : []);
  };
}

/** A server with the right answer to any A question: 192.0.2.80. */
function resolver(flags: number, withQuestion: boolean): (request: Uint8Array) => Uint8Array {
  return (request) => {
    const end = request.indexOf(0, 12) + 1;
    const header = Buffer.from(request.subarray(0, 12));
    header.writeUInt16BE(flags, 2);
    header.writeUInt16BE(withQuestion ? 1 : 0, 4);
    header.writeUInt16BE(1, 6);
    const record = Buffer.from('000100010000012c0004c0000250', 'hex');
    return Buffer.concat([
      header,
      ...(withQuestion ? [request.subarray(12, end + 4)] : []),
      request.subarray(12, end),
      record,
    ]);
  };
}

const AGENTS = {
  '127.9.9.1': ['repeats everything', agent(() => ({}))],
  '127.9.9.2': [
    '16 bits of the request-id',
    agent(({ requestId }) => ({ requestId: (requestId << 16) >> 16 })),
  ],
  '127.9.9.3': ['an empty community', agent(() => ({ community: new Uint8Array() }))],
  '127.9.9.4': ['version 1', agent(() => ({ version: 0 }))],
  '127.9.9.5': ['tooBig to every GetBulk', agent(({ pdu }) => (pdu === PDU.getBulk ? { third: 1 } : {}))],
} as const;

const RESOLVERS = {
  '127.9.9.11': ['RA', resolver(0x8180, true)],
  '127.9.9.12': ['RA and AA', resolver(0x8580, true)],
  '127.9.9.13': ['no question section', resolver(0x8180, false)],
} as const;

describe('a scan of hosts with odd answers', () => {
  const sockets: Socket[] = [];
  let rows: readonly Readonly<Record<string, unknown>>[] = [];

  const listen = async (
    servers: Readonly<Record<string, readonly [string, (request: Uint8Array) => Uint8Array | undefined]>>,
  ): Promise<number> => {
    let port = 0;
    for (const [address, [, answer]] of Object.entries(servers)) {
      const socket = createSocket('udp4');
      socket.on('message', (request, { port: from, address: to }) => {
        const reply = answer(request);
        if (reply !== undefined) socket.send(reply, from, to);
      });
      socket.bind(port, address);
      await once(socket, 'listening');
      ({ port } = socket.address());
      sockets.push(socket);
    }
    return port;
  };

  before(
    async () => {
      const ports = { [snmpGetBulk.id]: await listen(AGENTS), [dnsResolver.id]: await listen(RESOLVERS) };
      const scope = workspace.write(
        'scope.yaml',
        scopeText({
          networks: '[{ prefix: 127.9.9.0/28 }]',
          dns: '{ check: { name: www.example.net, address: 192.0.2.80 } }',
        }),
      );
      const out = join(workspace.path, 'out');
      const args = Object.entries(ports).flatMap(([id, port]) => ['--probe', id, '--port', `${id}=${port}`]);
      const { code, stderr } = await runCli(
        [
          'scan',
          '--scope',
          scope,
          '--out',
          out,
          '--cooldown',
          '1s',
          '--retries',
          '0',
          '--form-gap',
          '1s',
          ...args,
          '--quiet',
        ],
        { cwd: workspace.path },
      );
      assert.equal(code, 0, stderr);
      rows = readFileSync(join(out, 'latest', 'findings.jsonl'), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    },
    { timeout: 120_000 },
  );

  after(() => {
    for (const socket of sockets) socket.close();
  });

  for (const [address, [what]] of Object.entries(AGENTS))
    it(`reports an SNMP agent that answers with ${what}`, () => {
      const found = rows.filter(({ ip }) => ip === address);
      assert.deepEqual(
        found.map(({ report, version }) => ({ report, version })),
        [{ report: 'scan_snmp', version: undefined }],
      );
      assert.match(String(found[0]?.['severity']), /^(critical|high|medium)$/);
      assert.match(String(found[0]?.['detail']), /Example switch/);
    });

  for (const [address, [what]] of Object.entries(RESOLVERS))
    it(`reports an open resolver that answers with ${what}`, () => {
      const found = rows.filter(({ ip }) => ip === address);
      assert.deepEqual(
        found.map(({ report, tag }) => ({ report, tag })),
        [{ report: 'scan_dns', tag: 'openresolver' }],
      );
    });
});
