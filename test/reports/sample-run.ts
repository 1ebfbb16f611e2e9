import type { Address } from '../../src/domain/address.js';
import { familyOf, parseAddress } from '../../src/domain/address.js';
import type { Exchange, Reply, Traffic } from '../../src/domain/exchange.js';
import { addTraffic, NO_TRAFFIC, trafficOf } from '../../src/domain/exchange.js';
import type { Exposure, Finding, Origin } from '../../src/domain/finding.js';
import { severityOf } from '../../src/domain/finding.js';
import { factorsOf } from '../../src/domain/factors.js';
import type { RunRecord } from '../../src/domain/run-record.js';

/** 2026-11-20T03:00:00Z. */
const STARTED = Date.UTC(2026, 10, 20, 3);

export const sampleRun: RunRecord = {
  format: 1,
  scan_id: '2026-11-20T030000Z',
  ampscope_version: '0.1.0',
  started: '2026-11-20T03:00:00Z',
  ended: '2026-11-20T03:02:10Z',
  complete: true,
  authorisation: {
    organisation: 'Example ISP',
    authorised_by: 'NOC manager, ticket 4711',
    contact: 'noc@example.net',
    valid_until: '2027-03-31',
    scope_sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    networks: [
      { prefix: '192.0.2.0/24', asn: 64496, as_name: 'EXAMPLE-AS', customer: 'C-1001' },
      { prefix: '198.51.100.0/24', asn: 64500, as_name: '例示ネットワーク株式会社' },
      { prefix: '203.0.113.0/25', asn: 64501, as_name: 'CLEAN-AS' },
      { prefix: '203.0.113.128/25', asn: 64502, as_name: 'NOT-ASKED-AS' },
    ],
    exclude: ['192.0.2.7/32'],
  },
  targets: {
    given: ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/26'],
    networks: ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/26'],
    addresses: 575,
    excluded_addresses: 1,
    left_out: [],
  },
  settings: {
    rate: 1000,
    per_subnet: 200,
    per_host: 1,
    reply_bandwidth_bps: 20_000_000,
    parallel: 128,
    cooldown_ms: 8000,
    form_gap_ms: 2000,
    seed: '0123456789abcdef',
    bom: false,
    file_mode: '0600',
  },
  probes: ['chargen', 'dns-any', 'ntp-monlist'].map((id) => ({
    id,
    protocol: id.split('-')[0] ?? id,
    report: { chargen: 'scan_chargen', 'dns-any': 'x_dns_any' }[id] ?? 'scan_ntpmonitor',
    port: { chargen: 19, 'dns-any': 53 }[id] ?? 123,
    standard: 'RFC 0',
    forms: [],
    sent: 575,
    sent_bytes: 575,
    responders: 1,
    exposures: 1,
    not_exposed: {},
  })),
  sockets: [],
  counts: {
    sweep_packets: 1725,
    measurement_requests: 12,
    responders: 6,
    measured: 6,
    findings: 6,
    received_datagrams: 120,
    received_bytes: 50_000,
    unsolicited_datagrams: 0,
    ambiguous_datagrams: 0,
    alien_datagrams: 0,
    late_responders: 0,
  },
  losses: {
    send_errors: [],
    sweep_socket_drops: 0,
    measurement_socket_drops: 0,
    send_buffer_drops: 0,
    capped_measurements: 1,
    any: false,
  },
  asn_sources: [],
};

export function address(text: string): Address {
  const value = parseAddress(text);
  if (value === undefined) throw new RangeError(text);
  return value;
}

/** One exchange with these datagrams in answer. */
export function exchange(
  target: string,
  port: number,
  request: Uint8Array,
  sizes: readonly number[],
  more: Partial<Exchange> = {},
): Exchange {
  const asked = address(target);
  const family = familyOf(asked);
  const received = sizes.reduce<Traffic>((sum, size) => addTraffic(sum, trafficOf(size, family)), NO_TRAFFIC);
  const replies = sizes.map((payloadBytes, index): Reply => ({
    afterMs: 12.34 + index,
    payloadBytes,
    reading: { kind: 'answer', facts: {} },
  }));
  return {
    form: 'usual',
    purpose: 'measure',
    seenIn: 'measurement',
    request,
    requestedAt: STARTED + 60_123,
    end: sizes.length === 0 ? 'silent' : 'quiet',
    sent: trafficOf(request.length, family),
    received,
    replies,
    ...(sizes.length > 0 && { responder: { address: asked, port } }),
    offPath: NO_TRAFFIC,
    caveats: [],
    ...more,
  };
}

/** A finding of these exchanges, the strongest first. */
export function finding(
  given: Pick<Finding, 'probe' | 'protocol' | 'report'> & {
    readonly ip: string;
    readonly probed?: string;
    readonly probedPort: number;
    readonly exchanges: readonly [Exchange, ...Exchange[]];
    readonly exposure?: Partial<Exposure>;
    readonly origin?: Origin;
    readonly answeredBy?: Finding['answeredBy'];
  },
): Finding {
  const [reported] = given.exchanges;
  const severity = severityOf({}, factorsOf(reported).wireAmplification, 'medium');
  return {
    probe: given.probe,
    protocol: given.protocol,
    report: given.report,
    ip: address(given.ip),
    port: reported.responder?.port ?? given.probedPort,
    measurement: {
      probed: address(given.probed ?? given.ip),
      probedPort: given.probedPort,
      exchanges: given.exchanges,
    },
    reported,
    exposure: { kind: 'exposure', tags: [], ...given.exposure },
    ...(given.answeredBy && { answeredBy: given.answeredBy }),
    severity: severity.level,
    severityReason: severity.reason,
    origin: given.origin ?? {},
  };
}

const MONLIST_REQUEST = Uint8Array.of(0x17, 0, 3, 42, 0, 0, 0, 0);
const chargen = { probe: 'chargen', protocol: 'chargen', report: 'scan_chargen', probedPort: 19 };
const dns = { probe: 'dns-any', protocol: 'dns', report: 'x_dns_any', probedPort: 53 };
const ntp = { probe: 'ntp-monlist', protocol: 'ntp', report: 'scan_ntpmonitor', probedPort: 123 };
const example = { asn: 64496, asName: 'EXAMPLE-AS', customer: 'C-1001', prefix: '192.0.2.0/24' };
const japanese = { asn: 64500, asName: '例示ネットワーク株式会社', prefix: '198.51.100.0/24' };

/** A banner as an attacker would write it: a formula, a line end, a turned direction of writing, 64 KB. */
export const hostileBanner = `\u0000=cmd|'/C calc'!A0\r\n\u202e"evil", \u200bname\ud800 ${'A'.repeat(65_536)}`;

/** Six findings that between them have everything a row can have, in no order. */
export const sampleFindings: readonly Finding[] = [
  finding({
    ...ntp,
    ip: '192.0.2.10',
    origin: example,
    exposure: {
      tags: ['monlist'],
      detail: '600 entries in 100 datagrams',
      facts: { entries: 600, implementation: 3 },
      equivalentRequests: [
        { name: '48 bytes', bytes: 48 },
        { name: '192 bytes', bytes: 192 },
      ],
    },
    exchanges: [exchange('192.0.2.10', 123, MONLIST_REQUEST, Array<number>(100).fill(440))],
  }),
  finding({
    ...chargen,
    ip: '192.0.2.9',
    origin: { ...example, asns: [64496, 64511] },
    exposure: { tags: ['chargen'] },
    exchanges: [
      exchange('192.0.2.9', 19, Uint8Array.of(10), [74], {
        seenIn: 'sweep',
        replies: [{ payloadBytes: 74, reading: { kind: 'answer', facts: {} } }],
      }),
      exchange('192.0.2.9', 19, Uint8Array.of(10), []),
    ],
  }),
  finding({
    ...dns,
    ip: '198.51.100.1',
    origin: japanese,
    exposure: { tags: ['dns-any'], version: hostileBanner, detail: '-2+3', facts: { banner: hostileBanner } },
    exchanges: [
      exchange('198.51.100.1', 53, new Uint8Array(40), [3843], { form: 'any-edns4096-do example.net' }),
      exchange('198.51.100.1', 53, new Uint8Array(40), [12], {
        form: 'any-edns1232-do example.net',
        replies: [{ afterMs: 9, payloadBytes: 12, reading: { kind: 'refusal', reason: 'refused' } }],
      }),
      exchange('198.51.100.1', 53, new Uint8Array(29), [], {
        form: 'any example.net',
        end: 'unsent',
        sendError: 'ENOBUFS',
      }),
    ],
  }),
  finding({
    ...chargen,
    ip: '198.51.100.200',
    origin: japanese,
    exposure: { tags: ['chargen'], version: '@SUM(1+1)' },
    exchanges: [
      exchange('198.51.100.200', 19, Uint8Array.of(10), Array<number>(2000).fill(1024), {
        end: 'capped',
        caveats: ['capped', 'duplicated'],
      }),
    ],
  }),
  finding({
    ...dns,
    ip: '198.51.100.20',
    origin: japanese,
    exposure: { tags: ['dns-any', 'transparent-forwarder'] },
    answeredBy: { origin: { asn: 64511, asName: 'EXAMPLE-DNS' } },
    exchanges: [
      exchange('198.51.100.20', 53, new Uint8Array(40), [1200], {
        responder: { address: address('233.252.0.99'), port: 53 },
        caveats: ['off-address'],
        offPath: trafficOf(90, 4),
      }),
    ],
  }),
  finding({
    ...ntp,
    ip: '198.51.100.3',
    exchanges: [exchange('198.51.100.3', 123, MONLIST_REQUEST, [8])],
    origin: { prefix: '198.51.100.0/24' },
    exposure: { tags: ['mode7-open'], detail: 'answers mode 7; -1 is no formula' },
  }),
];
