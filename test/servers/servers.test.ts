/**
 * The built command against real servers from Debian, each at an address of its own and on its standard port, in
 * two namespaces joined by a link of 1,500 bytes; every figure is compared with tcpdump's capture of the same run.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { probes } from '../../probes/list.js';
import { captures } from '../probes/captures.js';
import { sendOnce } from './ask-in.js';
import { bind9Upstream } from './bind9.js';
import { startCapture } from './capture.js';
import { assertEqualToCapture, assertRowEqualsStrongest, findExchange } from './compare.js';
import { unpacked, whyMissing } from '../packages/fetch.js';
import { makeLink, type Link } from './namespace.js';
import type { CapturedDatagram, Pcap } from './pcap.js';
import { address, REAL_SERVERS, UPSTREAM, type RealServer } from './real-servers.js';
import { builtProbes, capturedRows, rowsOf } from './rows.js';
import { readRun, runCli, type CliResult, type FindingRecord, type RunFile } from './scan.js';
import { startServer, type RunningServer } from './server.js';
import { assertOnPage, updateSection } from './table.js';
import { CHECK } from './zones.js';

const SCANNER = address(1);
/** No server, and never to be probed: one excluded by the scope, one on the command line. */
const EXCLUDED_BY_SCOPE = address(26);
const EXCLUDED_BY_FLAG = address(27);
/** No server listens here, and the host says so by ICMP. */
const CLOSED = address(28);
/** All of the scope's /25 but its first address, the scanner and those two. */
const ASKED = Array.from({ length: 127 }, (_, i) => address(i + 1)).filter(
  (ip) => ![SCANNER, EXCLUDED_BY_SCOPE, EXCLUDED_BY_FLAG].includes(ip),
);
/** The broadcast address of the link's /24: the system refuses to send there. */
const BROADCAST = address(255);
/** RFC 5737, TEST-NET-3: what stands for the rest of the world. */
const ELSEWHERE = '203.0.113.9';
const PER_HOST = 2;

const SETTINGS = { dns: { names: ['fat.test', 'mid.test'], check: CHECK } };

const SCOPE = `organisation: Test lab
authorised_by: the test itself
contact: noc@example.net
valid_until: 2099-12-31
networks:
  - prefix: 192.0.2.0/25
    asn: 64496
    as_name: TEST-AS
  - prefix: ${BROADCAST}/32
    asn: 64497
exclude: [192.0.2.0, ${SCANNER}, ${EXCLUDED_BY_SCOPE}]
limits: { per_host: ${PER_HOST} }
dns: ${JSON.stringify(SETTINGS.dns)}
`;

const PROBES = builtProbes(SETTINGS);

const skip = whyMissing('servers') ?? false;

describe('the built command against real servers', () => {
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
      folder = mkdtempSync(join(tmpdir(), 'ampscope-servers-'));
      link = makeLink(SCANNER, [...ASKED, EXCLUDED_BY_SCOPE, EXCLUDED_BY_FLAG, UPSTREAM]);
      running = await startAll(link, folder);
      const capture = await startCapture(
        link.scanner,
        link.scanner.interface,
        UPSTREAM,
        join(folder, 'run.pcap'),
      );
      // The capture must be able to show what it must not show.
      await sendOnce(link.servers, { address: ELSEWHERE, port: 9 }, Buffer.from('outward'));
      writeFileSync(join(folder, 'scope.yaml'), SCOPE);
      const out = join(folder, 'exposure');
      const paths = ['--scope', join(folder, 'scope.yaml'), '--out', out];
      const exclude = ['--exclude', EXCLUDED_BY_FLAG];
      result = await runCli(link.scanner, folder, [
        'scan',
        ...paths,
        ...exclude,
        // A seed: what a cache already holds when a question comes is then the same in every run.
        ...['--probe', 'all', '--seed', '1', '--cooldown', '3s', '--form-gap', '1s', '--quiet'],
      ]);
      pcap = await capture.stop();
      // 4, finished with losses, still has reports to compare; a test of its own wants 0.
      assert.ok([0, 4].includes(result.exitCode), `exit code ${result.exitCode}: ${result.stderr}`);
      ({ findings, run } = readRun(out));
    },
    { timeout: 600_000 },
  );

  after(async () => {
    await Promise.all(running.map((one) => one.stop()));
    link?.close();
    if (skip === false) rmSync(folder, { recursive: true, force: true });
  });

  for (const server of REAL_SERVERS)
    it(`${server.name}: every exchange is in the capture, datagram for datagram`, { skip }, (t) => {
      try {
        for (const { port } of PROBES.filter((probe) => server.ports.includes(probe.port)))
          assert.ok(
            pcap.datagrams.some((one) => one.destination === server.address && one.destinationPort === port),
            `it was asked on port ${port}`,
          );
        for (const finding of findings.filter(({ ip }) => ip === server.address))
          assertEqualsCapture(finding, pcap.datagrams);
      } catch (error) {
        t.diagnostic(running.find(({ name }) => name === server.name)?.output() ?? 'no output');
        throw error;
      }
    });

  it('docs/servers.md shows what each answers, how it is judged, and its factors', { skip }, async () => {
    const rows = REAL_SERVERS.flatMap((server) => rowsOf(server, PROBES, findings, pcap.datagrams));
    await assertOnPage('servers', rows);
    // Debian's versions are for the reader: a new one is no reason to fail.
    await updateSection(
      'configurations',
      REAL_SERVERS.filter(({ ports }) => ports.length > 0).map(({ name, configured, plan }) => ({
        server: name,
        version: unpacked(plan('').packages).version,
        configuration: configured,
      })),
    );
    for (const { id, not_exposed } of run.probes) {
      const verdicts = rows.filter(({ probe }) => probe === id).map(({ verdict }) => verdict);
      const counted = Object.entries(not_exposed).map(([reason, count]) => [`refuses: ${reason}`, count]);
      const shown = verdicts.filter((verdict) => verdict.startsWith('refuses: '));
      assert.deepEqual(
        Object.fromEntries(counted),
        countOf(shown),
        `${id}: run.json counts the same refusals`,
      );
    }
  });

  it('reports these servers and no other', { skip }, () => {
    for (const { ip, probe } of findings) {
      const port = PROBES.find(({ id }) => id === probe)?.port ?? NaN;
      assert.ok(
        REAL_SERVERS.some((server) => server.address === ip && server.ports.includes(port)),
        `${ip} ${probe}`,
      );
    }
    assert.ok(findings.length > REAL_SERVERS.length / 2);
  });

  it(
    'counts apart what a Jamulus directory makes its four servers send, and finds none of them',
    { skip },
    () => {
      const [directory, ...more] = findings.filter(({ probe }) => probe === 'jamulus');
      assert.deepEqual(more, []);
      const measured = directory?.exchanges.filter(({ seen_in }) => seen_in === 'measurement') ?? [];
      assert.deepEqual(
        measured.map(({ datagrams, elsewhere }) => [datagrams, elsewhere]),
        [[2, { datagrams: 4, bytes: 36, addresses: 4 }]],
      );
    },
  );

  it('counts every datagram that left and came back, as the capture does', { skip }, () => {
    const out = pcap.datagrams.filter(({ source }) => source === SCANNER);
    const asking = new Set(out.map(({ sourcePort }) => sourcePort));
    // osmo-ggsn says that it does not know GTP version 2 to the port of GTP, where nothing listens.
    const back = pcap.datagrams.filter(
      ({ destination, destinationPort }) => destination === SCANNER && asking.has(destinationPort),
    );
    const {
      sweep_packets,
      measurement_requests,
      farewells = 0,
      received_datagrams,
      received_bytes,
    } = run.counts;
    assert.equal(sweep_packets + measurement_requests + farewells, out.length, 'requests');
    assert.equal(received_datagrams, back.length, 'replies');
    assert.equal(received_bytes, bytesOf(back), 'reply bytes');
    for (const { id, port, sent } of run.probes) {
      const first = new Set(out.filter((one) => one.destinationPort === port).map((one) => one.destination));
      assert.ok(
        sent >= first.size && first.size === ASKED.length,
        `${id} was asked of each of ${ASKED.length} hosts: ${first.size}`,
      );
    }
  });

  it('asks each host no faster than the scope allows', { skip }, () => {
    const last = new Map<string, number>();
    for (const { source, destination, tsMicros } of pcap.datagrams) {
      if (source !== SCANNER) continue;
      const gapMs = (tsMicros - (last.get(destination) ?? -Infinity)) / 1000;
      assert.ok(gapMs >= 900 / PER_HOST, `${destination} was asked again after ${gapMs} ms`);
      last.set(destination, tsMicros);
    }
  });

  it(
    'never sends to what is excluded, and lists the broadcast address without calling it a loss',
    { skip },
    () => {
      const asked = new Set(
        pcap.frames.flatMap(({ packet }) => (packet?.source === SCANNER ? [packet.destination] : [])),
      );
      assert.ok(asked.has(CLOSED), 'the neighbour that is not excluded was asked');
      for (const excluded of [address(0), EXCLUDED_BY_SCOPE, EXCLUDED_BY_FLAG, BROADCAST])
        assert.ok(!asked.has(excluded), excluded);
      const { any, send_errors } = run.losses;
      assert.deepEqual(
        send_errors.map(({ code, meaning, addresses }) => ({ code, meaning, addresses })),
        [{ code: 'EACCES', meaning: 'not_probed', addresses: [BROADCAST] }],
      );
      assert.equal(any, false);
    },
  );

  it('ends with exit code 0 and a complete run', { skip }, () => {
    assert.equal(result.exitCode, 0, result.stderr);
    assert.equal(run.complete, true);
  });

  it('has servers that ask nothing outside the link', { skip }, () => {
    const inside = (ip: string): boolean => ip.startsWith('192.0.2.');
    const outward = pcap.frames.filter(({ packet }) => packet !== undefined && !inside(packet.destination));
    assert.deepEqual(
      outward.map(({ packet }) => packet?.destination),
      [ELSEWHERE],
      'the one that the test itself sent',
    );
  });
});

async function startAll(link: Link, folder: string): Promise<readonly RunningServer[]> {
  const upstream = { name: 'upstream', plan: bind9Upstream(UPSTREAM) };
  const start = (servers: readonly Pick<RealServer, 'name' | 'plan'>[]): Promise<readonly RunningServer[]> =>
    Promise.all(servers.map(({ name, plan }) => startServer(link, folder, name, plan)));
  const running = await start([upstream, ...REAL_SERVERS.filter(({ joins }) => joins !== true)]);
  return [...running, ...(await start(REAL_SERVERS.filter(({ joins }) => joins === true)))];
}

/** Captures of the ntpd of ntp.org, which is no Debian package any more. */
const CLASSIC_NTPD = [
  ['4.2.6p5, 600 clients', 'ntp-ntpd426-mru600.json'],
  ['4.2.6p5, 60 clients', 'ntp-ntpd426-mru60.json'],
  ['4.2.6p5, just started', 'ntp-ntpd426-fresh.json'],
  ['4.2.6p5, no client yet', 'ntp-classic-ntpd-mru0.json'],
  ['4.2.6p5, `disable monitor`', 'ntp-classic-ntpd-nomonitor.json'],
  ['4.2.6p5, `restrict default noquery`', 'ntp-classic-ntpd-noquery.json'],
  ["4.2.6p5, Debian's `restrict` lines", 'ntp-classic-ntpd-debian-remote.json'],
  ['4.2.8p6, as it comes', 'ntp-classic-ntpd-428p6-default.json'],
  ['4.2.8p6, `enable mode7`', 'ntp-classic-ntpd-428p6-mode7.json'],
] as const;

it('docs/servers.md shows what each configuration of the classic ntpd means to the probes', async () => {
  await assertOnPage(
    'classic-ntpd',
    CLASSIC_NTPD.flatMap(([server, file]) => capturedRows(server, file)),
  );
});

it('docs/servers.md shows what probes make of published answers that no real server could be had for', async () => {
  const unmeasured = probes.filter(({ measuredOn }) => measuredOn !== undefined);
  const own = captures.filter(({ protocol }) => unmeasured.some((probe) => probe.protocol === protocol));
  const files = [...new Set(own.map(({ file }) => file))];
  await assertOnPage(
    'published-figures',
    files.flatMap((file) => capturedRows(file.replace('.json', ''), file)),
  );
});

/** Point-to-point mode, which goes on for half a minute: longer than the scan above shall take. */
it('docs/servers.md shows what openvpn sends again in point-to-point mode', async () => {
  await assertOnPage('openvpn', capturedRows('2.6.14, `tls-server` alone', 'openvpn-openvpn-120s.json'));
});

/** It has one handshake at a time, and this one goes on for 40 s. */
it('docs/servers.md shows what a DTLS server sends that asks for no cookie', async () => {
  await assertOnPage('dtls', capturedRows('gnutls-serv, `--nocookie`', 'dtls-gnutls-nocookie.json'));
});

/** The row and every exchange of a finding, against the capture. */
function assertEqualsCapture(finding: FindingRecord, capture: readonly CapturedDatagram[]): void {
  const probe = PROBES.find(({ id }) => id === finding.probe);
  const exchanges = finding.exchanges.map((record) => {
    const isAtNamedPort =
      probe?.portFrom !== undefined && record.purpose === 'measure' && record.seen_in === 'measurement';
    const to = { address: finding.ip, port: isAtNamedPort ? finding.port : finding.probed_port };
    return { record, captured: findExchange(record, to, capture, probe) };
  });
  for (const { record, captured } of exchanges) assertEqualToCapture(record, captured);
  assertRowEqualsStrongest(
    finding,
    exchanges
      .filter(({ record }) => record.purpose === 'measure' && record.seen_in === finding.basis)
      .map(({ captured }) => captured),
  );
}

function countOf(args: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of args) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

function bytesOf(datagrams: readonly CapturedDatagram[]): number {
  return datagrams.reduce((sum, { payload }) => sum + payload.length, 0);
}
