import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Check } from '../../src/preflight/check.js';
import type { HostFacts, PlannedScan } from '../../src/preflight/facts.js';
import { preflight } from '../../src/preflight/preflight.js';
import { hostFacts, plannedScan, routeTo, targets } from './facts.js';

interface Case {
  readonly check: string;
  readonly when: string;
  readonly planned?: Partial<PlannedScan>;
  readonly facts?: Partial<HostFacts>;
  readonly status: Check['status'];
  readonly finding?: RegExp;
  readonly hint?: RegExp;
}

const source = (error?: string) => ({ target: '192.0.2.0', ...(error !== undefined && { error }) });
const direct = [routeTo('192.0.2.0/24', { direct: true }), routeTo('0.0.0.0/0', { direct: false })];
const wide = { targets: targets('10.0.0.0/16') };
const wideRoute = { routes: [routeTo('10.0.0.0/8', { direct: true })] };

const CASES: readonly Case[] = [
  {
    check: 'clock',
    when: 'a board without a battery says 1970',
    facts: { now: 86_400_000 },
    status: 'problem',
    hint: /timedatectl/,
  },
  { check: 'clock', when: 'it says 2106', facts: { now: Date.UTC(2106, 1, 7) }, status: 'problem' },
  {
    check: 'clock',
    when: 'a time service has not set it',
    facts: { clockSynchronised: false },
    status: 'warning',
    hint: /set-ntp/,
  },
  { check: 'clock', when: 'a time service has set it', status: 'ok', finding: /holds 41 more days/ },
  {
    check: 'clock',
    when: 'the system does not tell what sets it, on the last day',
    planned: { validUntilEnd: Date.UTC(2026, 10, 20, 23) },
    facts: { clockSynchronised: undefined },
    status: 'ok',
    finding: /ends today/,
  },
  { check: 'source address', when: 'there is a route', status: 'ok', finding: /198\.51\.100\.1 \(eth0\)/ },
  {
    check: 'source address',
    when: 'there is no route at all',
    facts: { sources: [source('ENETUNREACH')] },
    status: 'problem',
    finding: /no route to 192\.0\.2\.0: ENETUNREACH/,
    hint: /ip route get 192\.0\.2\.0/,
  },
  {
    check: 'source address',
    when: 'only some targets have no route',
    facts: { sources: [source('EHOSTUNREACH'), { target: '192.0.2.9', address: '198.51.100.1' }] },
    status: 'warning',
    finding: /no way to 192\.0\.2\.0: EHOSTUNREACH/,
    hint: /unreachable/,
  },
  {
    check: 'source address',
    when: 'it is not this machine that has it',
    planned: { sourceAddress: '192.0.2.1' },
    facts: { sources: [source('EADDRNOTAVAIL')] },
    status: 'problem',
    finding: /--source: cannot send from 192\.0\.2\.1: EADDRNOTAVAIL/,
    hint: /ip address/,
  },
  {
    check: 'source address',
    when: 'the one target is a local broadcast address',
    facts: { sources: [source()] },
    status: 'unknown',
  },
  { check: 'source ports', when: 'they begin at 32768', status: 'ok', finding: /32768 to 60999/ },
  {
    check: 'source ports',
    when: 'they begin below 1024',
    facts: { portRange: { first: 1023, last: 60_999 } },
    status: 'problem',
    hint: /sysctl -w net\.ipv4\.ip_local_port_range/,
  },
  {
    check: 'source ports',
    when: 'they begin at 1024',
    facts: { portRange: { first: 1024, last: 60_999 } },
    status: 'ok',
  },
  {
    check: 'source ports',
    when: 'they are fewer than the sockets',
    facts: { portRange: { first: 40_000, last: 40_130 } },
    status: 'warning',
    finding: /fewer than the 132/,
  },
  {
    check: 'source ports',
    when: 'the system does not tell',
    facts: { portRange: undefined },
    status: 'unknown',
  },
  { check: 'reports', when: 'the folder can be written', status: 'ok' },
  {
    check: 'reports',
    when: 'something else has the name of the link to the newest run',
    facts: { out: { folder: '/exposure', freeBytes: 1e9, latestIsTaken: true } },
    status: 'problem',
    finding: /\/exposure\/latest: is there, and is no link/,
    hint: /move away/,
  },
  {
    check: 'reports',
    when: 'the folder cannot be written',
    facts: { out: { folder: '/exposure', error: 'EACCES' } },
    status: 'problem',
    finding: /\/exposure: .*EACCES/,
    hint: /--out/,
  },
  { check: 'free disk', when: 'there is room', status: 'ok', finding: /10000 MB/ },
  {
    check: 'free disk',
    when: 'there is little room',
    facts: { out: { folder: 'exposure', freeBytes: 99_999_999 } },
    status: 'warning',
    finding: /99 MB/,
  },
  {
    check: 'free disk',
    when: 'the system does not tell',
    facts: { out: { folder: 'x' } },
    status: 'unknown',
  },
  { check: 'receive buffer', when: 'the kernel gives all that was asked', status: 'ok' },
  {
    check: 'receive buffer',
    when: 'Debian gives 425,984 bytes, and 20 Mbit/s fill 250,000 in 100 ms',
    facts: { receiveBuffer: { asked: 67_108_864, given: 425_984 } },
    status: 'ok',
    finding: /425,984 bytes/,
    hint: /sysctl -w net\.core\.rmem_max=67108864/,
  },
  {
    check: 'receive buffer',
    when: 'the same buffer faces 100 Mbit/s',
    planned: { replyBandwidthBps: 100_000_000 },
    facts: { receiveBuffer: { asked: 67_108_864, given: 425_984 } },
    status: 'warning',
    finding: /1,250,000/,
    hint: /rmem_max/,
  },
  {
    check: 'receive buffer',
    when: 'no more was asked for, and no sysctl would help',
    facts: { receiveBuffer: { asked: 2048, given: 4096 } },
    status: 'warning',
    hint: /--receive-buffer/,
  },
  {
    check: 'receive buffer',
    when: 'no socket can be opened',
    facts: { receiveBuffer: undefined },
    status: 'unknown',
  },
  {
    check: 'neighbour table',
    when: 'a gateway is between',
    status: 'ok',
    finding: /no target is directly connected/,
  },
  {
    check: 'neighbour table',
    when: 'a /24 is on the link and fits',
    facts: { routes: direct },
    status: 'ok',
    finding: /256 directly connected IPv4 targets, room for 1,024/,
  },
  {
    check: 'neighbour table',
    when: 'a /16 is on the link and does not fit',
    planned: wide,
    facts: wideRoute,
    status: 'warning',
    finding: /65,536/,
    hint: /net\.ipv4\.neigh\.default\.gc_thresh3=131072 /,
  },
  {
    check: 'neighbour table',
    when: 'an IPv6 /112 is on the link and does not fit, and the hint names the table of its family',
    planned: { targets: targets('2001:db8::/112') },
    facts: { routes: [routeTo('2001:db8::/64', { direct: true })] },
    status: 'warning',
    hint: /net\.ipv6\.neigh\.default\.gc_thresh3/,
  },
  {
    check: 'neighbour table',
    when: 'the namespace does not show its size',
    facts: { routes: direct, neighbourLimits: {} },
    status: 'unknown',
    hint: /outside this network namespace/,
  },
  { check: 'connection tracking', when: 'there is none', status: 'ok' },
  {
    check: 'connection tracking',
    when: 'its table holds the scan: 256 addresses × 4 probes',
    facts: { conntrack: { count: 10, most: 262_144 } },
    status: 'ok',
    finding: /needs 1,024 at once/,
  },
  {
    check: 'connection tracking',
    when: 'its table is too small for the flows of 30 s, and a rate that fits is named',
    planned: { ...wide, rate: 20_000 },
    facts: { conntrack: { count: 144, most: 262_144 } },
    status: 'warning',
    finding: /needs 262,144 at once/,
    hint: /notrack.*--rate 8733/,
  },
  { check: 'open files', when: 'the limit is high enough', status: 'ok' },
  {
    check: 'open files',
    when: 'the limit is too low for --parallel 1000',
    planned: { parallel: 1000 },
    status: 'warning',
    finding: /at most 1024/,
    hint: /ulimit -n 1068, or --parallel 956/,
  },
  { check: 'open files', when: 'the limit is not told', facts: { openFiles: undefined }, status: 'unknown' },
];

describe('the preflight', () => {
  for (const { check, when, planned, facts, status, finding, hint } of CASES)
    it(`${check}: ${status} when ${when}`, () => {
      const checks = preflight(plannedScan(planned), hostFacts(facts));
      const found = checks.find(({ name }) => name === check);
      assert.ok(found !== undefined);
      assert.equal(found.status, status, found.finding);
      if (finding !== undefined) assert.match(found.finding, finding);
      if (hint !== undefined) assert.match(found.hint ?? '', hint);
      if (status === 'warning' || status === 'problem') assert.ok(found.hint, 'it says what to do');
    });

  it('has nothing to complain of where everything is well', () => {
    for (const { name, status } of preflight(plannedScan(), hostFacts())) assert.equal(status, 'ok', name);
  });

  it('has a case for every check', () => {
    const names = preflight(plannedScan(), hostFacts()).map(({ name }) => name);
    assert.deepEqual([...new Set(CASES.map(({ check }) => check))].toSorted(), names.toSorted());
  });
});
