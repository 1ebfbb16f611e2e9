/**
 * All three probes of SNMP against snmpd in the set-ups that differ, on the built command and a link of their own;
 * every exchange is compared with tcpdump's capture of the same run.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readSnmpMessage } from '../../probes/snmp/message.js';
import { readV3Message } from '../../probes/snmp/v3-message.js';
import { startCapture } from './capture.js';
import { assertEqualToCapture, assertRowEqualsStrongest, findExchange } from './compare.js';
import { whyMissing } from '../packages/fetch.js';
import { makeLink, type Link } from './namespace.js';
import type { CapturedDatagram, Pcap } from './pcap.js';
import { readRun, runCli, type FindingRecord } from './scan.js';
import { startServer, type RunningServer } from './server.js';
import { snmpd, snmpdEngineId, type SnmpdView } from './snmpd.js';

const SCANNER = '192.0.2.1';

interface Expected {
  readonly probe: string;
  readonly severity: string;
  readonly tag: string;
  /** The form whose figures the row shows. */
  readonly strongest: string;
  /** At least so much on the wire. */
  readonly wire: number;
}

const V2C = { probe: 'snmp-getbulk', severity: 'high', tag: 'snmp-v2c;default-community' };
const V1 = { probe: 'snmp-v1-getnext', severity: 'high', tag: 'snmp-v1;default-community' };
/** 115 bytes for 64. */
const V3 = {
  probe: 'snmp-v3-discovery',
  severity: 'low',
  tag: 'snmp-v3',
  strongest: 'v3-discovery',
  wire: 1.3,
};

const CASES: readonly {
  readonly name: string;
  readonly address: string;
  readonly view: SnmpdView;
  readonly community?: string;
  readonly expected: readonly Expected[];
}[] = [
  {
    name: 'open',
    address: '192.0.2.10',
    view: 'all',
    expected: [
      { ...V2C, strongest: 'getbulk-100 public', wire: 25 },
      { ...V1, strongest: 'v1-getbulk-100 public', wire: 25 },
      V3,
    ],
  },
  {
    name: 'debian',
    address: '192.0.2.11',
    view: 'systemonly',
    expected: [
      // 50 repetitions reach the end of the view, which is an error in v1: 100 are not asked.
      { ...V2C, strongest: 'getbulk-50 public', wire: 15 },
      { ...V1, strongest: 'v1-getnext-10 public', wire: 3 },
      V3,
    ],
  },
  {
    name: 'unlimited',
    address: '192.0.2.12',
    view: 'unlimited',
    expected: [
      { ...V2C, strongest: 'getbulk-100 public', wire: 25 },
      { ...V1, strongest: 'v1-getbulk-100 public', wire: 25 },
      V3,
    ],
  },
  {
    name: 'v1-only',
    address: '192.0.2.13',
    view: 'v1-only',
    expected: [{ ...V1, strongest: 'v1-getbulk-100 public', wire: 25 }, V3],
  },
  { name: 'own-community', address: '192.0.2.14', view: 'all', community: 'only-the-noc', expected: [V3] },
  {
    name: 'name-only',
    address: '192.0.2.15',
    view: 'nameonly',
    expected: [
      { ...V2C, severity: 'medium', strongest: 'getbulk-10 public', wire: 1 },
      { ...V1, severity: 'medium', strongest: 'v1-getnext-10 public', wire: 1 },
      V3,
    ],
  },
];

const SCOPE = `organisation: Test lab
authorised_by: the test itself
contact: noc@example.net
valid_until: 2099-12-31
networks: [{ prefix: 192.0.2.0/28, asn: 64496 }]
exclude: [192.0.2.0, ${SCANNER}]
`;

const skip = whyMissing('servers') ?? false;

describe('the probes of SNMP against snmpd', () => {
  let folder: string;
  let link: Link | undefined;
  let running: readonly RunningServer[] = [];
  let findings: readonly FindingRecord[];
  let pcap: Pcap;
  const asked = (): readonly CapturedDatagram[] =>
    pcap.datagrams.filter(({ source, destinationPort }) => source === SCANNER && destinationPort === 161);

  before(
    async () => {
      if (skip !== false) return;
      folder = mkdtempSync(join(tmpdir(), 'ampscope-snmp-'));
      const servers = (link = makeLink(
        SCANNER,
        CASES.map(({ address }) => address),
      ));
      running = await Promise.all(
        CASES.map(({ name, address, ...setUp }) => startServer(servers, folder, name, snmpd(address, setUp))),
      );
      const capture = await startCapture(
        link.scanner,
        link.scanner.interface,
        CASES[0]?.address ?? '',
        join(folder, 'run.pcap'),
      );
      writeFileSync(join(folder, 'scope.yaml'), SCOPE);
      const out = join(folder, 'exposure');
      const probes = ['snmp-getbulk', 'snmp-v1-getnext', 'snmp-v3-discovery'].flatMap((id) => [
        '--probe',
        id,
      ]);
      const paths = ['--scope', join(folder, 'scope.yaml'), '--out', out];
      const result = await runCli(link.scanner, folder, [
        'scan',
        ...paths,
        ...probes,
        '--cooldown',
        '3s',
        '--quiet',
      ]);
      pcap = await capture.stop();
      assert.ok([0, 4].includes(result.exitCode), `exit code ${result.exitCode}: ${result.stderr}`);
      ({ findings } = readRun(out));
    },
    { timeout: 180_000 },
  );

  after(async () => {
    await Promise.all(running.map((one) => one.stop()));
    link?.close();
    if (skip === false) rmSync(folder, { recursive: true, force: true });
  });

  for (const { name, address, expected } of CASES)
    it(
      `${name}: ${expected.map(({ strongest }) => strongest).join(', ')}, datagram for datagram as captured`,
      {
        skip,
      },
      () => {
        const here = findings.filter(({ ip }) => ip === address);
        assert.deepEqual(
          here.map(({ probe, severity, basis, tag, exchanges }) => ({
            probe,
            severity,
            basis,
            tag,
            strongest: exchanges.find(({ reported }) => reported)?.form,
          })),
          expected.map(({ probe, severity, tag, strongest }) => ({
            probe,
            severity,
            basis: 'measurement',
            tag,
            strongest,
          })),
        );
        for (const [i, finding] of here.entries()) {
          assert.ok(
            finding.wire_amplification >= (expected[i]?.wire ?? Infinity),
            `${finding.wire_amplification}`,
          );
          const captured = finding.exchanges.map(
            (record) => [record, findExchange(record, { address, port: 161 }, pcap.datagrams)] as const,
          );
          for (const [record, exchange] of captured) assertEqualToCapture(record, exchange);
          const measured = captured.filter(
            ([{ seen_in, purpose }]) => seen_in === 'measurement' && purpose === 'measure',
          );
          assertRowEqualsStrongest(
            finding,
            measured.map(([, exchange]) => exchange),
          );
        }
      },
    );

  it('tells what the device is, also where only the Get of v1 told it', { skip }, () => {
    for (const { ip, probe, facts } of findings.filter(({ probe }) => probe !== 'snmp-v3-discovery')) {
      const { sysname, sysdesc, uptime, vendor, version, community } = facts as Record<string, unknown>;
      const where = `${ip} ${probe}`;
      assert.deepEqual([version, community], [probe === 'snmp-getbulk' ? 2 : 1, 'public'], where);
      assert.match(String(sysname), /./, where);
      if (ip === '192.0.2.15') continue;
      assert.match(String(sysdesc), /^Linux /, where);
      assert.equal(vendor, 'net-snmp', where);
      assert.ok(typeof uptime === 'number' && uptime < 180, where);
    }
  });

  it('tells the engine of each, whatever its communities, by what the report of snmpd says', { skip }, () => {
    const engines = findings.filter(({ probe }) => probe === 'snmp-v3-discovery');
    assert.deepEqual(
      engines.map(({ ip, facts }) => [ip, (facts as Record<string, unknown>)['engine_id']]),
      CASES.map(({ address }) => [address, snmpdEngineId(address).replaceAll(/..(?=.)/g, '$&:')]),
    );
  });

  it('is at least medium where a community is answered, however little that amplifies', { skip }, () => {
    const little = findings.filter(({ ip, wire_amplification: wire }) => ip === '192.0.2.15' && wire < 2);
    assert.equal(little.length, 3);
    const reasons = little.map(({ probe, severity, severity_reason }) => [probe, severity, severity_reason]);
    const [ofV2c, ofV1, ofV3] = reasons;
    for (const reason of [ofV2c, ofV1]) {
      assert.equal(reason?.[1], 'medium');
      assert.match(String(reason[2]), /^it answers a community/);
    }
    assert.deepEqual(ofV3?.slice(0, 2), ['snmp-v3-discovery', 'low']);
  });

  it('gets no answer in the name of another community than the agent’s own', { skip }, () => {
    const questions = asked().filter(({ destination }) => destination === '192.0.2.14');
    const inTheNameOfPublic = questions.filter(({ payload }) => readSnmpMessage(payload) !== undefined);
    assert.ok(inTheNameOfPublic.length >= 2);
    for (const { sourcePort } of inTheNameOfPublic)
      assert.ok(
        !pcap.datagrams.some(
          ({ source, destinationPort }) => source === '192.0.2.14' && destinationPort === sourcePort,
        ),
      );
  });

  it('asks for 100 repetitions at most, and never to write', { skip }, () => {
    const pdus = asked().map(({ payload }) => readSnmpMessage(payload) ?? readV3Message(payload));
    assert.ok(pdus.length > 60);
    for (const pdu of pdus) {
      assert.ok(pdu !== undefined && [0xa0, 0xa1, 0xa5].includes(pdu.pdu));
      assert.ok(pdu.fourth <= 100, `${pdu.fourth} repetitions`);
    }
  });
});
