import assert from 'node:assert/strict';
import type { FindingRecord } from '../../src/domain/finding-record.js';
import { sortRecords } from '../../src/domain/sort-records.js';
import { severityOf } from '../../src/domain/finding.js';
import type { RunRecord, TrendPoint } from '../../src/domain/run-record.js';
import type { Status } from '../../src/domain/status.js';
import { isExposed } from '../../src/domain/status.js';
import { probes } from '../../probes/list.js';
import { isInDefault } from '../../probes/probe.js';
import { findingId } from '../../reports/record.js';
import { sampleRun } from './sample-run.js';

/** Answers as servers give them: probe, request and answer in payload bytes, datagrams, software; by their share. */
const KINDS: readonly (readonly [share: number, string, number, number, number, string?])[] = [
  [30, 'dns-resolver', 40, 512, 1, 'dnsmasq-2.80'],
  [16, 'dns-any', 40, 3843, 1, '9.18.28-1~deb12u2-Debian'],
  [22, 'ntp-readvar', 12, 372, 1, 'ntpd 4.2.6p5@1.2349-o Mon Feb  6 07:22:46 UTC 2017 (1)'],
  [10, 'ntp-monlist', 8, 44_000, 100, 'ntpd 4.2.6p5'],
  [12, 'snmp-getbulk', 40, 1412, 1, 'RouterOS RB951Ui-2HnD'],
  [6, 'chargen', 1, 74, 1],
  [4, 'qotd', 1, 180, 1],
];

const NAMES = ['EXAMPLE-AS', 'HARBOUR-NET', '例示ネットワーク株式会社', 'NORTH-CAMPUS', 'METRO-FIBRE'];

/**
 * A run with so many findings, the same ones every time: 16 ASes, 640 customers, all statuses and severities, and the
 * trend of eight runs before. Its addresses are those of 198.18.0.0/15, the network of benchmarks (RFC 2544).
 */
export function largeRun(count: number): {
  readonly run: RunRecord;
  readonly records: readonly FindingRecord[];
} {
  const draw = drawer(count);
  const records = Array.from({ length: count }, (_, index) =>
    recordOf(Math.floor((index * 131_072) / count), draw),
  );
  const asked = probes.filter((each) => isInDefault(each) || KINDS.some(([, probe]) => probe === each.id));
  const run: RunRecord = {
    ...sampleRun,
    authorisation: {
      ...sampleRun.authorisation,
      networks: Array.from({ length: 16 }, (_, block) => ({ prefix: prefixOf(block), ...asOf(block) })),
      exclude: ['198.18.7.0/24'],
    },
    targets: {
      given: [],
      networks: ['198.18.0.0/15'],
      addresses: 130_816,
      excluded_addresses: 256,
      left_out: [],
    },
    probes: asked.map(({ id, protocol, report, port, standard }) => ({
      id,
      protocol,
      report,
      port,
      standard,
      forms: [{ name: 'usual', request_hex: '1700032a00000000', request_size: 8 }],
      sent: 130_816,
      sent_bytes: 1_046_528,
      responders: records.filter(({ probe }) => probe === id).length,
      exposures: records.filter(({ probe, status }) => probe === id && isExposed(status)).length,
      not_exposed: { refused: 7 },
    })),
    counts: { ...sampleRun.counts, sweep_packets: 130_816 * asked.length, findings: count },
    history: { earlier_runs: 8, not_targeted: 2, trend: trendBefore(count) },
    asn_sources: [{ file: 'origins.csv', format: 'operator', prefixes: 16 }],
  };
  return { run, records: sortRecords(records) };
}

function recordOf(place: number, draw: () => number): FindingRecord {
  const block = Math.floor(place / 8192);
  const ip = `198.${18 + (place >> 16)}.${(place >> 8) & 255}.${place & 255}`;
  const [, probe, request_size, answer, packets, version] = pick(draw);
  const { protocol, report, port } = probes.find(({ id }) => id === probe) ?? assert.fail(probe);
  const response_size = packets === 1 ? Math.max(1, Math.round(answer * (0.3 + draw()))) : answer;
  const amplification = Number((response_size / request_size).toFixed(2));
  const wire_amplification = Number(
    ((response_size + 46 * packets) / Math.max(64, request_size + 46)).toFixed(2),
  );
  const { level, reason } = severityOf({}, wire_amplification, 'medium');
  const chance = draw();
  const status: Status =
    chance < 0.05
      ? 'new'
      : chance < 0.07
        ? 'reopened'
        : chance < 0.13
          ? 'fixed'
          : chance < 0.14
            ? 'unknown'
            : 'persisting';
  return {
    timestamp: '2026-11-20T03:01:00Z',
    report,
    severity: level,
    status,
    ip,
    port,
    transport: 'udp',
    protocol,
    probe,
    probed_ip: ip,
    probed_port: port,
    ...asOf(block),
    prefix: prefixOf(block),
    customer: `C-${1000 + Math.floor(place / 205)}`,
    request_size,
    request_packets: 1,
    response_size,
    packets,
    amplification,
    packet_amplification: packets,
    wire_amplification,
    ...(draw() < 0.02 && { lower_bound: true as const }),
    basis: draw() < 0.03 ? 'sweep' : 'measurement',
    rtt_ms: 12.3,
    first_seen: status === 'new' ? '2026-11-20T03:01:00Z' : '2026-10-02T03:01:00Z',
    last_seen: '2026-11-20T03:01:00Z',
    times_seen: status === 'new' ? 1 : 7,
    days_open: status === 'new' ? 0 : Math.floor(draw() * 49),
    tag: probe,
    ...(version !== undefined && { version }),
    scan_id: sampleRun.scan_id,
    finding_id: findingId(ip, port, protocol, probe),
    severity_reason: reason,
    exchanges: [],
  };
}

function pick(draw: () => number): (typeof KINDS)[number] {
  let left = draw() * KINDS.reduce((sum, [share]) => sum + share, 0);
  return KINDS.find(([share]) => (left -= share) < 0) ?? KINDS[0] ?? [1, 'chargen', 1, 74, 1];
}

function prefixOf(block: number): string {
  return `198.${18 + (block >> 3)}.${(block & 7) * 32}.0/19`;
}

function asOf(block: number): { asn: number; as_name: string } {
  return { asn: 64496 + block, as_name: `${NAMES[block % NAMES.length] ?? ''} ${block + 1}` };
}

/** Slowly fewer, as after good letters. */
function trendBefore(count: number): readonly TrendPoint[] {
  return Array.from({ length: 8 }, (_, week) => {
    const at = new Date(Date.UTC(2026, 8, 25 + 7 * week, 3)).toISOString().replace('.000Z', 'Z');
    const of = (share: number): number => Math.round((count * share * (16 - week)) / 1000);
    return {
      scan_id: at.replaceAll(':', ''),
      at,
      statuses: {
        'ntp-monlist': { new: of(1), persisting: of(9), fixed: of(2) },
        'dns-resolver': { new: of(3), persisting: of(25), reopened: of(1), fixed: of(3) },
        'dns-any': { new: of(1), persisting: of(12) },
        'snmp-getbulk': { new: of(2), persisting: of(10), unknown: of(1) },
      },
    };
  });
}

/** Numbers from 0 to 1 that only look drawn (LCG of Numerical Recipes). */
function drawer(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
