/**
 * The built command against real servers from Debian, each at an address of its own and on its standard port, in
 * two namespaces joined by a link of 1,500 bytes; every figure is compared with tcpdump's capture of the same run.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { sendOnce } from './ask-in.js';
import { bind9Authoritative, bind9Recursor } from './bind9.js';
import { startCapture } from './capture.js';
import { openbsdInetdChargen, xinetdChargen } from './chargen.js';
import { assertEqualToCapture, assertRowEqualsStrongest, findExchange } from './compare.js';
import { dnsmasq } from './dnsmasq.js';
import { whyNoServers } from './fetch.js';
import { makeLink, type Link } from './namespace.js';
import { chrony, ntpsec } from './ntp.js';
import type { CapturedDatagram, Pcap } from './pcap.js';
import { readRun, runCli, type CliResult, type FindingRecord, type RunFile } from './scan.js';
import { startServer, type PlanIn, type RunningServer } from './server.js';
import { snmpd } from './snmpd.js';
import { unbound } from './unbound.js';

const address = (host: number): string => `192.0.2.${host}`;
const SCANNER = address(1);
/** No server, and never to be probed: one excluded by the scope, one on the command line. */
const EXCLUDED_BY_SCOPE = address(26);
const EXCLUDED_BY_FLAG = address(27);
/** The broadcast address of the link's /24: the system refuses to send there. */
const BROADCAST = address(255);
/** RFC 5737, TEST-NET-3: what stands for the rest of the world. */
const ELSEWHERE = '203.0.113.9';

/** Where every recursing server gets its answers from. */
const UPSTREAM = address(10);

type Expected =
  /** A finding with these tags, this severity and at least this wire amplification. */
  | {
      readonly kind: 'exposed';
      readonly tags: readonly string[];
      readonly severity: string;
      readonly wire: number;
    }
  /** Answers, but no exposure: counted in run.json under this reason. */
  | { readonly kind: 'refuses'; readonly reason: string }
  /** Not a single datagram back. */
  | { readonly kind: 'silent' };

interface Case {
  readonly server: string;
  readonly address: string;
  readonly plan: PlanIn;
  readonly probe: string;
  readonly expected: Expected;
}

const [aa, ra] = ['authoritative', 'recursion-available'];
const community = ['snmp-v2c', 'default-community'];
const [open, closed] = [
  ['allow-recursion { any; }'],
  ['allow-recursion { none; }', 'allow-query-cache { none; }'],
];
const big = ['max-udp-size 4096', 'edns-udp-size 4096'];
const rrl = 'rate-limit { responses-per-second 5; window 5; slip 2; }';
type Plans = (at: string) => PlanIn;
const own =
  (...options: string[]): Plans =>
  (at) =>
    bind9Authoritative(at, options);
const recursing =
  (...options: string[]): Plans =>
  (at) =>
    bind9Recursor(at, { upstream: UPSTREAM, options });
const unboundWith =
  (access: 'allow' | 'refuse'): Plans =>
  (at) =>
    unbound(at, { upstream: UPSTREAM, access });
const forwarding: Plans = (at) => dnsmasq(at, { upstream: UPSTREAM });
const showing =
  (view: 'all' | 'systemonly'): Plans =>
  (at) =>
    snmpd(at, { view });

/** One server a line: its address, what it is asked, what is expected of it, how it is set up. */
const CASES: readonly Case[] = [
  row('bind9-authoritative', 10, 'dns-any', exposed([aa], 'medium', 35), own('minimal-any no')),
  row('bind9-open', 11, 'dns-any', exposed([ra], 'medium', 35), recursing(...open, ...big)),
  // Its 1,232 bytes make the large name worth nothing; the further name shows what it is.
  row('bind9-default-limits', 12, 'dns-any', exposed([ra], 'medium', 14), recursing(...open)),
  row('bind9-minimal-any', 13, 'dns-any', exposed([aa, 'minimal-any'], 'low', 1), own('minimal-any yes')),
  row('bind9-refused', 14, 'dns-any', refuses('refused'), recursing(...closed)),
  // Our requests are too far apart for its limit: it is the reflector it would be for a patient attacker.
  row('bind9-rrl', 15, 'dns-any', exposed([aa], 'medium', 35), own('minimal-any no', rrl)),
  row('unbound-open', 16, 'dns-any', exposed([ra], 'medium', 35), unboundWith('allow')),
  row('unbound-refuse', 17, 'dns-any', refuses('refused'), unboundWith('refuse')),
  row('dnsmasq', 18, 'dns-any', exposed([ra, aa], 'medium', 35), forwarding),
  row('snmpd-open', 20, 'snmp-getbulk', exposed(community, 'medium', 25), showing('all')),
  row('snmpd-debian', 21, 'snmp-getbulk', exposed(community, 'medium', 15), showing('systemonly')),
  row('xinetd-chargen', 22, 'chargen', exposed(['chargen'], 'medium', 16), xinetdChargen),
  row('openbsd-inetd-chargen', 23, 'chargen', exposed(['chargen'], 'low', 1.5), openbsdInetdChargen),
  row('ntpsec', 24, 'ntp-monlist', { kind: 'silent' }, ntpsec),
  row('chrony', 25, 'ntp-monlist', { kind: 'silent' }, chrony),
];

function row(server: string, host: number, probe: string, expected: Expected, plan: Plans): Case {
  return { server, address: address(host), probe, expected, plan: plan(address(host)) };
}

function exposed(tags: readonly string[], severity: string, wire: number): Expected {
  return { kind: 'exposed', tags, severity, wire };
}

function refuses(reason: string): Expected {
  return { kind: 'refuses', reason };
}

const SCOPE = `organisation: Test lab
authorised_by: the test itself
contact: noc@example.net
valid_until: 2099-12-31
networks:
  - prefix: 192.0.2.0/27
    asn: 64496
    as_name: TEST-AS
  - prefix: ${BROADCAST}/32
    asn: 64497
exclude: [192.0.2.0, ${SCANNER}, ${EXCLUDED_BY_SCOPE}]
dns: { names: [fat.test, mid.test] }
`;

const skip = whyNoServers() ?? false;

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
      // All of the /27 but the scanner: where no server listens, the host says so by ICMP.
      link = makeLink(
        SCANNER,
        Array.from({ length: 30 }, (_, i) => address(i + 2)),
      );
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
        '--cooldown',
        '3s',
        '--quiet',
      ]);
      pcap = await capture.stop();
      // 4, finished with losses, still has reports to compare; a test of its own wants 0.
      assert.ok([0, 4].includes(result.exitCode), `exit code ${result.exitCode}: ${result.stderr}`);
      ({ findings, run } = readRun(out));
    },
    { timeout: 180_000 },
  );

  after(async () => {
    await Promise.all(running.map((one) => one.stop()));
    link?.close();
    if (skip === false) rmSync(folder, { recursive: true, force: true });
  });

  for (const { server: name, address: at, probe, expected } of CASES) {
    it(`${name}: ${claimOf(probe, expected)}`, { skip }, (t) => {
      try {
        const here = findings.filter(({ ip }) => ip === at);
        if (expected.kind !== 'exposed') {
          assert.deepEqual(here, []);
          const asked = pcap.datagrams.filter(({ destination }) => destination === at);
          assert.ok(
            asked.some(({ destinationPort }) => destinationPort === portOf(probe)),
            'it was asked',
          );
          const answered = pcap.datagrams.filter(({ source }) => source === at).length;
          assert.equal(answered > 0, expected.kind === 'refuses', `${answered} datagrams came back`);
          return;
        }
        assert.deepEqual(
          here.map((finding) => [finding.probe, finding.severity, finding.basis, tagsOf(finding)]),
          [[probe, expected.severity, 'measurement', expected.tags]],
        );
        const [finding] = here;
        assert.ok(finding);
        assert.ok(finding.wire_amplification >= expected.wire, `${finding.wire_amplification} on the wire`);
        const measured = finding.exchanges.filter(({ seen_in }) => seen_in === 'measurement');
        assertRowEqualsStrongest(
          finding,
          measured.map((record) => findExchange(record, { address: at, port: finding.port }, pcap.datagrams)),
        );
        for (const record of finding.exchanges)
          assertEqualToCapture(
            record,
            findExchange(record, { address: at, port: finding.port }, pcap.datagrams),
          );
      } catch (error) {
        t.diagnostic(running.find((one) => one.name === name)?.output() ?? 'no output');
        throw error;
      }
    });
  }

  it('reports these servers and nobody else, by reason where there is no exposure', { skip }, () => {
    const exposed = CASES.filter(({ expected }) => expected.kind === 'exposed');
    assert.deepEqual(findings.map(({ ip }) => ip).sort(), exposed.map((one) => one.address).sort());
    const reasons = CASES.flatMap(({ expected }) => (expected.kind === 'refuses' ? [expected.reason] : []));
    for (const { id, not_exposed } of run.probes)
      assert.deepEqual(not_exposed, id === 'dns-any' ? countOf(reasons) : {}, id);
  });

  it('counts every datagram that left and came back, as the capture does', { skip }, () => {
    const out = pcap.datagrams.filter(({ source }) => source === SCANNER);
    const back = pcap.datagrams.filter(({ destination }) => destination === SCANNER);
    const { sweep_packets, measurement_requests, received_datagrams, received_bytes } = run.counts;
    assert.equal(sweep_packets + measurement_requests, out.length, 'requests');
    assert.equal(received_datagrams, back.length, 'replies');
    assert.equal(received_bytes, bytesOf(back), 'reply bytes');
    for (const { id, port, sent } of run.probes) {
      const first = new Set(out.filter((one) => one.destinationPort === port).map((one) => one.destination));
      assert.ok(
        sent >= first.size && first.size === 28,
        `${id} was asked of each of 28 hosts: ${first.size}`,
      );
    }
  });

  it('asks each host no faster than once a second', { skip }, () => {
    const last = new Map<string, number>();
    for (const { source, destination, tsMicros } of pcap.datagrams) {
      if (source !== SCANNER) continue;
      const gapMs = (tsMicros - (last.get(destination) ?? -Infinity)) / 1000;
      assert.ok(gapMs >= 900, `${destination} was asked again after ${gapMs} ms`);
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
      assert.ok(asked.has(address(28)), 'the neighbour that is not excluded was asked');
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

  it('has servers that ask nobody outside the link', { skip }, () => {
    const inside = (ip: string): boolean => ip.startsWith('192.0.2.');
    const outward = pcap.frames.filter(({ packet }) => packet !== undefined && !inside(packet.destination));
    assert.deepEqual(
      outward.map(({ packet }) => packet?.destination),
      [ELSEWHERE],
      'the one that the test itself sent',
    );
  });
});

/** The upstream first: the others ask it as soon as they are asked. */
async function startAll(link: Link, folder: string): Promise<readonly RunningServer[]> {
  const start = ({ server: name, plan }: Case): Promise<RunningServer> =>
    startServer(link, folder, name, plan);
  const first = await Promise.all(CASES.filter((one) => one.address === UPSTREAM).map(start));
  return [...first, ...(await Promise.all(CASES.filter((one) => one.address !== UPSTREAM).map(start)))];
}

function claimOf(probe: string, expected: Expected): string {
  if (expected.kind === 'silent') return `stays silent to ${probe} and is not reported`;
  if (expected.kind === 'refuses') return `answers ${probe} with ${expected.reason} and is not reported`;
  return `is exposed to ${probe}, datagram for datagram as captured`;
}

function portOf(probe: string): number | undefined {
  return { 'dns-any': 53, 'snmp-getbulk': 161, chargen: 19, 'ntp-monlist': 123 }[probe];
}

function tagsOf({ tag = '' }: FindingRecord): string[] {
  return tag.split(';').filter(Boolean);
}

function countOf(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

function bytesOf(datagrams: readonly CapturedDatagram[]): number {
  return datagrams.reduce((sum, { payload }) => sum + payload.length, 0);
}
