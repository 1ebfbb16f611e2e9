/**
 * The built command against forwarders that rewrite nothing but the destination, and against a host that answers
 * from another of its own addresses: a router between the two, a stateless rewrite by nftables, real resolvers.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { bind9Authoritative } from './bind9.js';
import { startCapture } from './capture.js';
import { unpacked, whyMissing } from '../packages/fetch.js';
import { makeLink, type Link } from './namespace.js';
import { PACKAGE_SETS } from '../packages/packages.js';
import type { Pcap } from './pcap.js';
import { readRun, runCli, type FindingRecord } from './scan.js';
import { startServer, type RunningServer } from './server.js';
import { unbound } from './unbound.js';

const at = (host: number): string => `192.0.2.${host}`;
const SCANNER = at(1);
/** Where the resolvers look the names up. */
const UPSTREAM = at(10);
/** A customer's router, whose queries go to the resolver of the ISP: both in the scope. */
const TO_INSIDE = at(33);
const INSIDE = at(17);
/** Two that go to resolvers outside the scope: one in an AS that the map knows, one in none. */
const TO_OUTSIDE = at(18);
const OUTSIDE = at(70);
const TO_UNKNOWN = at(19);
const UNKNOWN = at(71);
/** A host that is asked here, answers from there, and is silent when asked there. */
const ASKED_HERE = at(20);
const ANSWERS_THERE = at(21);

const SCOPE = `organisation: Test lab
authorised_by: the test itself
contact: noc@example.net
valid_until: 2099-12-31
networks:
  - { prefix: 192.0.2.0/27, asn: 64496, customer: ISP }
  - { prefix: 192.0.2.32/27, asn: 64496, customer: C-1001 }
exclude: [${SCANNER}, ${UPSTREAM}]
dns: { names: [fat.test], check: { name: ns1.fat.test, address: 127.0.0.53 } }
`;

/** Destination only, and no connection tracking: the resolver sees the scanner's address and answers it directly. */
const RULES = `table ip forwarders {
  chain rewrite {
    type filter hook prerouting priority raw; policy accept;
    ip daddr ${TO_INSIDE} udp dport 53 notrack ip daddr set ${INSIDE}
    ip daddr ${TO_OUTSIDE} udp dport 53 notrack ip daddr set ${OUTSIDE}
    ip daddr ${TO_UNKNOWN} udp dport 53 notrack ip daddr set ${UNKNOWN}
    ip daddr ${ANSWERS_THERE} udp dport 53 drop
    ip daddr ${ASKED_HERE} udp dport 53 notrack ip daddr set ${ANSWERS_THERE}
  }
}
`;

const skip = whyMissing('servers') ?? false;

describe('an answer from another address', () => {
  let folder: string;
  let out: string;
  let link: Link | undefined;
  let running: readonly RunningServer[] = [];
  let findings: readonly FindingRecord[];
  let pcap: Pcap;

  before(
    async () => {
      if (skip !== false) return;
      folder = mkdtempSync(join(tmpdir(), 'ampscope-forwarders-'));
      const hosts = [
        UPSTREAM,
        TO_INSIDE,
        INSIDE,
        TO_OUTSIDE,
        OUTSIDE,
        TO_UNKNOWN,
        UNKNOWN,
        ASKED_HERE,
        ANSWERS_THERE,
      ];
      link = makeLink(SCANNER, hosts);
      for (const [name, plan] of [
        ['upstream', bind9Authoritative(UPSTREAM, ['minimal-any no'])],
        ...[INSIDE, OUTSIDE, UNKNOWN, ANSWERS_THERE].map(
          (host) =>
            [
              `resolver-${host}`,
              unbound(host, { upstream: UPSTREAM, access: 'allow', options: [] }),
            ] as const,
        ),
      ] as const)
        running = [...running, await startServer(link, folder, name, plan)];
      const nft = unpacked(PACKAGE_SETS.nftables);
      const [program, ...enter] = link.servers.enter;
      const variables = Object.entries(nft.environment).map(([key, value]) => `${key}=${value}`);
      const command = ['env', ...variables, nft.path(PACKAGE_SETS.nftables.proof), '-f', '-'];
      execFileSync(program, [...enter, ...command], { input: RULES, stdio: ['pipe', 'ignore', 'pipe'] });
      const capture = await startCapture(
        link.scanner,
        link.scanner.interface,
        UPSTREAM,
        join(folder, 'run.pcap'),
      );
      writeFileSync(join(folder, 'scope.yaml'), SCOPE);
      writeFileSync(join(folder, 'asn.csv'), `prefix,asn,as_name\n${OUTSIDE}/32,64511,EXAMPLE-DNS\n`);
      out = join(folder, 'exposure');
      const { exitCode, stderr } = await runCli(link.scanner, folder, [
        'scan',
        ...['--scope', join(folder, 'scope.yaml'), '--asn-map', join(folder, 'asn.csv'), '--out', out],
        ...['--probe', 'dns-resolver', '--retries', '0', '--cooldown', '3s', '--quiet'],
        ...[`${at(16)}/29`, TO_INSIDE],
      ]);
      pcap = await capture.stop();
      assert.equal(exitCode, 0, stderr);
      ({ findings } = readRun(out));
    },
    { timeout: 120_000 },
  );

  after(async () => {
    await Promise.all(running.map((one) => one.stop()));
    link?.close();
    if (skip === false) rmSync(folder, { recursive: true, force: true });
  });

  const finding = (probed: string): FindingRecord => {
    const found = findings.filter(({ probed_ip }) => probed_ip === probed);
    assert.equal(found.length, 1, `one finding for ${probed}`);
    return found[0] as FindingRecord;
  };

  it('comes from the resolver itself: the rewrite leaves the source alone', { skip }, () => {
    const answered = new Set(
      pcap.datagrams.filter(({ destination }) => destination === SCANNER).map(({ source }) => source),
    );
    assert.deepEqual([...answered].sort(), [INSIDE, ANSWERS_THERE, OUTSIDE, UNKNOWN].sort());
  });

  it(
    "is a transparent forwarder's where a customer's host hands on to the ISP's resolver, which is named",
    { skip },
    () => {
      const { ip, tag, detail, severity, answered_by } = finding(TO_INSIDE);
      assert.equal(ip, TO_INSIDE);
      assert.equal(tag, 'openresolver;transparent-forwarder;off-address');
      assert.match(String(detail), new RegExp(`answered by ${INSIDE}$`));
      assert.deepEqual(answered_by, { ip: INSIDE, asn: 64496 });
      assert.equal(severity, 'high');
      assert.equal(finding(INSIDE).tag, 'openresolver');
    },
  );

  it(
    'is told by its AS where the resolver lies outside the scope, and by that none is known',
    { skip },
    () => {
      for (const [probed, whose] of [
        [TO_OUTSIDE, 'AS64511 EXAMPLE-DNS'],
        [TO_UNKNOWN, 'its AS is unknown'],
      ] as const) {
        const { ip, tag, detail } = finding(probed);
        assert.equal(ip, probed);
        assert.equal(tag, 'openresolver;transparent-forwarder;off-address');
        assert.ok(
          String(detail).endsWith(`answered from an address outside the scope: ${whose}`),
          String(detail),
        );
      }
    },
  );

  it("is the same host's where the other address is silent when asked itself", { skip }, () => {
    const { ip, tag, detail } = finding(ASKED_HERE);
    assert.equal(ip, ANSWERS_THERE);
    assert.equal(tag, 'openresolver;other-address;off-address');
    assert.match(String(detail), new RegExp(`answered a request to ${ASKED_HERE}$`));
  });

  it('never makes the outside resolver a target, nor names it in any file', { skip }, () => {
    const asked = new Set(
      pcap.datagrams.filter(({ source }) => source === SCANNER).map(({ destination }) => destination),
    );
    assert.ok(asked.has(TO_OUTSIDE) && !asked.has(OUTSIDE) && !asked.has(UNKNOWN));
    const files = readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    assert.ok(files.length > 5);
    let naming = 0;
    for (const { parentPath, name } of files) {
      const text = readFileSync(join(parentPath, name), 'utf8');
      if (text.includes(TO_OUTSIDE)) naming++;
      for (const outside of [OUTSIDE, UNKNOWN])
        assert.ok(
          !new RegExp(`${outside.replaceAll('.', '\\.')}(?!\\d)`).test(text),
          `${name} names ${outside}`,
        );
    }
    assert.ok(naming > 2, 'what may be named is');
  });
});
