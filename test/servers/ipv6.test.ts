/**
 * The built command against real servers over IPv6, each at an address of its own on a link of 1,500 bytes; every
 * figure, fragment headers included, is compared with tcpdump's capture of the same run.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { bind9Authoritative } from './bind9.js';
import { startCapture } from './capture.js';
import { assertEqualToCapture, assertRowEqualsStrongest, findExchange } from './compare.js';
import { dnsmasq } from './dnsmasq.js';
import { whyMissing } from '../packages/fetch.js';
import { makeLink, type Link } from './namespace.js';
import type { Pcap } from './pcap.js';
import { readRun, runCli, type CliResult, type FindingRecord, type RunFile } from './scan.js';
import { startServer, type RunningServer } from './server.js';

const SCANNER = '2001:db8:53::1';
const BIND9 = '2001:db8:53::10';
const DNSMASQ = '2001:db8:53::11';
/** A host without a server, which says so by ICMPv6. */
const CLOSED = '2001:db8:53::12';
const EXCLUDED = '2001:db8:53::13';
/** The capture's own marker datagrams and the forwarder's questions are IPv4: the scan has the rest to itself. */
const SCANNER_IPV4 = '192.0.2.1';
const BIND9_IPV4 = '192.0.2.10';

const SCOPE = `organisation: Test lab
authorised_by: the test itself
contact: noc@example.net
valid_until: 2099-12-31
networks:
  - prefix: 2001:db8:53::/64
    asn: 64496
    as_name: TEST-AS
exclude: [${EXCLUDED}]
dns: { names: [fat.test, mid.test] }
`;

const skip =
  whyMissing('servers') ?? (existsSync('/proc/sys/net/ipv6') ? false : 'this system was built without IPv6');

describe('the built command against real servers over IPv6', () => {
  let folder: string;
  let link: Link | undefined;
  let running: readonly RunningServer[] = [];
  let result: CliResult;
  let findings: readonly FindingRecord[];
  let run: RunFile;
  let pcap: Pcap;

  before(
    async () => {
      if (skip !== false) return;
      folder = mkdtempSync(join(tmpdir(), 'ampscope-ipv6-'));
      link = makeLink(SCANNER_IPV4, [BIND9_IPV4], {
        scanner: SCANNER,
        servers: [BIND9, DNSMASQ, CLOSED, EXCLUDED],
      });
      const plans = [
        ['bind9-upstream', bind9Authoritative(BIND9_IPV4, ['minimal-any no'])],
        ['bind9', bind9Authoritative(BIND9, ['minimal-any no'])],
        ['dnsmasq', dnsmasq(DNSMASQ, { upstream: BIND9_IPV4 })],
      ] as const;
      for (const [name, plan] of plans) running = [...running, await startServer(link, folder, name, plan)];
      const capture = await startCapture(
        link.scanner,
        link.scanner.interface,
        BIND9_IPV4,
        join(folder, 'run.pcap'),
      );
      writeFileSync(join(folder, 'scope.yaml'), SCOPE);
      const out = join(folder, 'exposure');
      const paths = ['--scope', join(folder, 'scope.yaml'), '--out', out];
      // Sixteen addresses: the four hosts and twelve that no host has.
      result = await runCli(link.scanner, folder, [
        'scan',
        ...paths,
        ...['--probe', 'dns-any', '--cooldown', '3s', '--quiet', `${BIND9}/124`],
      ]);
      pcap = await capture.stop();
      assert.ok([0, 4].includes(result.exitCode), `exit code ${result.exitCode}: ${result.stderr}`);
      ({ findings, run } = readRun(out));
    },
    { timeout: 120_000 },
  );

  after(async () => {
    await Promise.all(running.map((one) => one.stop()));
    link?.close();
    if (skip === false) rmSync(folder, { recursive: true, force: true });
  });

  for (const [name, address, tags] of [
    ['bind9', BIND9, 'authoritative'],
    ['dnsmasq', DNSMASQ, 'recursion-available;authoritative'],
  ] as const)
    it(`${name}: is exposed to dns-any as the capture shows it, fragment by fragment`, { skip }, () => {
      const [finding, ...more] = findings.filter(({ ip }) => ip === address);
      assert.ok(finding);
      assert.deepEqual(more, []);
      assert.deepEqual([finding.probe, finding.basis, finding.tag], ['dns-any', 'measurement', tags]);
      const captured = finding.exchanges.map((record) => ({
        record,
        exchange: findExchange(record, { address, port: 53 }, pcap.datagrams),
      }));
      for (const { record, exchange } of captured) assertEqualToCapture(record, exchange);
      const measured = captured.filter(({ record }) => record.seen_in === 'measurement');
      assertRowEqualsStrongest(
        finding,
        measured.map(({ exchange }) => exchange),
      );
      // Otherwise nothing above would have compared a fragment header.
      assert.ok(measured.some(({ exchange }) => exchange.replies.some(({ ipPackets }) => ipPackets === 3)));
    });

  it('reports these servers and no other, without a loss', { skip }, () => {
    assert.deepEqual(
      findings.map(({ ip }) => ip),
      [BIND9, DNSMASQ],
    );
    assert.equal(result.exitCode, 0, result.stderr);
    assert.equal(run.losses.any, false);
  });

  it('counts every datagram that came back, and asks each address but the excluded one', { skip }, () => {
    const back = pcap.datagrams.filter(({ destination }) => destination === SCANNER);
    assert.equal(run.counts.received_datagrams, back.length);
    assert.equal(
      run.counts.received_bytes,
      back.reduce((sum, { payload }) => sum + payload.length, 0),
    );
    // Where no host has an address, the kernel asks for its neighbour and no datagram follows.
    const sought = new Set(
      pcap.frames.flatMap(({ packet }) =>
        packet?.kind === 'ipv6' && packet.source === SCANNER
          ? [packet.destination.replace('ff02::1:ff00:', '2001:db8:53::')]
          : [],
      ),
    );
    assert.deepEqual(
      [...sought].sort(),
      Array.from({ length: 16 }, (_, i) => `2001:db8:53::${(0x10 + i).toString(16)}`).filter(
        (address) => address !== EXCLUDED,
      ),
    );
  });

  it('asks each host no faster than once a second', { skip }, () => {
    const last = new Map<string, number>();
    for (const { source, destination, tsMicros } of pcap.datagrams) {
      if (source !== SCANNER) continue;
      const gapMs = (tsMicros - (last.get(destination) ?? -Infinity)) / 1000;
      assert.ok(gapMs >= 900, `${destination} was asked again after ${gapMs} ms`);
      last.set(destination, tsMicros);
    }
    assert.ok(last.has(CLOSED));
  });
});
