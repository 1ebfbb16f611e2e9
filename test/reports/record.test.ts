import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { probes } from '../../probes/list.js';
import { columns } from '../../reports/columns.js';
import { consoleSummary, hasNews } from '../../reports/console-summary.js';
import { groupByAs } from '../../reports/by-as.js';
import { renderReports } from '../../reports/index.js';
import { findingId, toRecord } from '../../reports/record.js';
import { summaryRows } from '../../reports/summary.js';
import { cutToWidth, textWidth } from '../../reports/text-width.js';
import { formatAddress } from '../../src/domain/address.js';
import type { Finding } from '../../src/domain/finding.js';
import type { FindingRecord } from '../../src/domain/finding-record.js';
import { sortRecords } from '../../src/domain/sort-records.js';
import type { Exchange } from '../../src/domain/exchange.js';
import { addTraffic, trafficOf } from '../../src/domain/exchange.js';
import type { RunRecord } from '../../src/domain/run-record.js';
import { readCsv } from './read-csv.js';
import { address, exchange, finding, sampleFindings, sampleRun } from './sample-run.js';

const records = sampleFindings.map((each) => toRecord(each, { scanId: sampleRun.scan_id }));
const chargen = { probe: 'chargen', protocol: 'chargen', report: 'scan_chargen', probedPort: 19 };

function recordOf(ip: string): FindingRecord {
  const record = records.find((each) => each.ip === ip);
  assert.ok(record, ip);
  return record;
}

describe('a finding as JSON', () => {
  it('has the columns first and in their order', () => {
    const order: readonly string[] = columns.map(({ name }) => name);
    for (const record of records) {
      const keys = Object.keys(record);
      const known = keys.filter((key) => order.includes(key));
      assert.deepEqual(keys.slice(0, known.length), known);
      assert.deepEqual(
        known,
        order.filter((name) => name in record),
      );
    }
  });

  it('has the factors of the exchange that is reported', () => {
    const { amplification, packet_amplification, wire_amplification } = recordOf('192.0.2.10');
    assert.deepEqual([amplification, packet_amplification, wire_amplification], [5500, 100, 759.38]);
  });

  it('labels as computed what a full-length request would bring', () => {
    assert.deepEqual(
      recordOf('192.0.2.10').computed?.map(({ request_size, amplification, wire_amplification }) => [
        request_size,
        amplification,
        wire_amplification,
      ]),
      [
        [48, 916.67, 517.02],
        [192, 229.17, 204.2],
      ],
    );
  });

  it('leaves out a ratio to a request of no bytes, for JSON has no infinity', () => {
    const empty = finding({
      ...chargen,
      ip: '192.0.2.1',
      exchanges: [exchange('192.0.2.1', 19, new Uint8Array(0), [74])],
    });
    const record = toRecord(empty, { scanId: 'x' });
    assert.ok(!('amplification' in record));
    assert.equal(record.wire_amplification, 1.88);
  });

  it('gives factors for exchanges that measure, and none for one that was never sent or proves something', () => {
    const prove = exchange('192.0.2.1', 19, Uint8Array.of(1), [9], { purpose: 'prove' });
    const both = finding({
      ...chargen,
      ip: '192.0.2.1',
      exchanges: [exchange('192.0.2.1', 19, Uint8Array.of(1), [74]), prove],
    });
    const [measured, proved] = toRecord(both, { scanId: 'x' }).exchanges;
    assert.equal(measured?.amplification, 74);
    assert.ok(proved && !('amplification' in proved));
    const unsent = recordOf('198.51.100.1').exchanges[2];
    assert.equal(unsent?.send_error, 'ENOBUFS');
    assert.ok(!('wire_amplification' in unsent));
  });

  it('keeps the size of each datagram of a measurement, and none of a sighting', () => {
    assert.deepEqual(recordOf('192.0.2.10').exchanges[0]?.sizes, Array(100).fill(440));
    const [sighting, silent] = recordOf('192.0.2.9').exchanges;
    assert.ok(sighting && !('sizes' in sighting) && !('rtt_ms' in sighting));
    assert.deepEqual(silent?.sizes, []);
  });

  it('names the responder where it lies inside the scope, and says so where its AS is unknown', () => {
    const off = sampleFindings.find(({ answeredBy }) => answeredBy !== undefined);
    const responder = off?.reported.responder?.address;
    assert.ok(off && responder !== undefined);
    const record = (answeredBy: Finding['answeredBy']) =>
      toRecord({ ...off, ...(answeredBy && { answeredBy }) }, { scanId: 'x' });
    const inside = record({ address: responder, origin: {} });
    assert.equal(inside.detail, `answered by ${formatAddress(responder)}`);
    assert.equal(inside.exchanges[0]?.replies_from, formatAddress(responder));
    const unknown = record({ origin: { asn: 0 } });
    assert.equal(unknown.detail, 'answered from an address outside the scope: its AS is unknown');
    assert.deepEqual(unknown.answered_by, {});
  });

  it('names no address but the finding and the probed one, in any file', () => {
    const outside = '233.252.0.99';
    const given = sampleFindings.some(({ reported }) => reported.responder?.address === address(outside));
    assert.ok(given, 'the sample holds an answer from outside the scope');
    const record = recordOf('198.51.100.20');
    assert.equal(record.exchanges[0]?.replies_from, 'elsewhere');
    assert.match(record.tag ?? '', /off-address/);
    assert.equal(record.detail, 'answered from an address outside the scope: AS64511 EXAMPLE-DNS');
    assert.deepEqual(record.answered_by, { asn: 64511, as_name: 'EXAMPLE-DNS' });
    assert.deepEqual(record.elicited_elsewhere, { datagrams: 1, bytes: 90 });
    assert.ok(!JSON.stringify(records).includes(outside));
    for (const { chunks } of renderReports(sampleRun, records, { bom: false }))
      assert.ok(![...chunks].join('').includes(outside));
  });

  it('has both figures of an answer that lasted, and its window in the detail', () => {
    const [given] = sampleFindings;
    assert.ok(given !== undefined);
    const reading = { kind: 'answer', facts: {} } as const;
    const times = [6, 1011, 3019, 7022, 15_063, 31_144];
    const reported: Exchange = {
      ...given.reported,
      end: 'capped',
      caveats: ['capped'],
      listenedMs: 40_000,
      request: new Uint8Array(17),
      sent: trafficOf(17, 4),
      received: times.map(() => trafficOf(516, 4)).reduce(addTraffic),
      replies: times.map((afterMs) => ({ afterMs, payloadBytes: 516, reading })),
      responder: { address: given.measurement.probed, port: 40_123 },
      offPath: { datagrams: 2, payloadBytes: 18 },
      offPathAddresses: 2,
      askedBack: { datagrams: 1, payloadBytes: 94 },
      farewellBytes: 5,
    };
    const record = toRecord(
      {
        ...given,
        reported,
        port: 40_123,
        measurement: { ...given.measurement, exchanges: [reported] },
      },
      { scanId: sampleRun.scan_id },
    );
    assert.equal(record.amplification, 182.12);
    assert.match(
      record.detail ?? '',
      /6 datagrams within 31\.1 s, still sending then; within 2 s 2 datagrams, 60\.71x$/,
    );
    assert.deepEqual(record.remarks, [
      {
        code: 'long-answer',
        data: {
          datagrams: 6,
          seconds: 31.1,
          still_sending: true,
          datagrams_within_2s: 2,
          amplification_within_2s: 60.71,
        },
      },
    ]);
    assert.equal(record.response_port, 40_123);
    assert.deepEqual(record.elicited_elsewhere, { datagrams: 2, bytes: 18, addresses: 2 });
    const [exchange] = record.exchanges;
    assert.deepEqual(exchange?.within_2s, {
      datagrams: 2,
      response_size: 1032,
      ip_packets: 2,
      wire_bytes: 1124,
      amplification: 60.71,
      packet_amplification: 2,
      wire_amplification: 17.56,
    });
    assert.deepEqual(
      [exchange.window_ms, exchange.listened_ms, exchange.still_sending, exchange.farewell_size],
      [31_144, 40_000, true, 5],
    );
    assert.deepEqual(exchange.asked_back, { datagrams: 1, bytes: 94 });
  });

  it('says of a lower bound that it is one, and why', () => {
    const record = recordOf('198.51.100.200');
    assert.equal(record.lower_bound, true);
    assert.equal(record.tag, 'chargen;capped;duplicated');
    assert.ok(!('lower_bound' in recordOf('192.0.2.10')));
  });

  it('takes AS 0 for unknown', () => {
    const record = toRecord(
      finding({
        ...chargen,
        ip: '192.0.2.1',
        origin: { asn: 0 },
        exchanges: [exchange('192.0.2.1', 19, Uint8Array.of(1), [74])],
      }),
      { scanId: 'x' },
    );
    assert.ok(!('asn' in record));
  });
});

describe('a finding id', () => {
  it('is the same in every run, whatever port the answer came from', () => {
    assert.equal(findingId('192.0.2.10', 123, 'ntp', 'ntp-monlist'), 'f-a46580a8e1207937');
    const again = toRecord(
      finding({
        ...chargen,
        ip: '192.0.2.9',
        exchanges: [
          exchange('192.0.2.9', 19, Uint8Array.of(1), [74], {
            responder: { address: address('192.0.2.9'), port: 40000 },
          }),
        ],
      }),
      { scanId: 'another' },
    );
    assert.equal(again.port, 40000);
    assert.equal(again.finding_id, recordOf('192.0.2.9').finding_id);
  });

  it('differs with address, port, protocol and probe, also where they run together', () => {
    const ids = [
      findingId('192.0.2.1', 23, 'ntp', 'ntp-monlist'),
      findingId('192.0.2.12', 3, 'ntp', 'ntp-monlist'),
      findingId('192.0.2.1', 23, 'ntp', 'ntp-version'),
      findingId('192.0.2.1', 24, 'ntp', 'ntp-monlist'),
      findingId('2001:db8::1', 23, 'ntp', 'ntp-monlist'),
    ];
    assert.equal(new Set(ids).size, ids.length);
  });
});

describe('the order of findings', () => {
  it('is AS number, address as a number, probe; unknown AS first, IPv4 before IPv6', () => {
    const make = (ip: string, asn: number | undefined, probe: string): FindingRecord =>
      toRecord(
        finding({
          ...chargen,
          probe,
          ip,
          origin: asn === undefined ? {} : { asn },
          exchanges: [exchange(ip, 19, Uint8Array.of(1), [74])],
        }),
        { scanId: 'x' },
      );
    const sorted = [
      make('192.0.2.200', undefined, 'b'),
      make('192.0.2.9', 64496, 'a'),
      make('192.0.2.9', 64496, 'b'),
      make('192.0.2.10', 64496, 'a'),
      make('2001:db8::9', 64496, 'a'),
      make('2001:db8::10', 64496, 'a'),
      make('10.0.0.1', 64497, 'a'),
    ];
    assert.deepEqual(sortRecords([...sorted].reverse()), sorted);
  });
});

describe('the files of an AS', () => {
  const asns = (run: RunRecord, list: readonly FindingRecord[]): (number | undefined)[] =>
    groupByAs(run, list).map(({ asn }) => asn);
  const withScope = (
    networks: RunRecord['authorisation']['networks'],
    targets: readonly string[],
  ): RunRecord => ({
    ...sampleRun,
    authorisation: { ...sampleRun.authorisation, networks },
    targets: { ...sampleRun.targets, networks: targets },
  });

  it('are there for each AS of the scope that was probed and is clean, and for none that was not', () => {
    assert.deepEqual(asns(sampleRun, []), [64496, 64500, 64501]);
    assert.deepEqual(asns(sampleRun, records), [undefined, 64496, 64500, 64501]);
  });

  it('go by the innermost network of what was probed', () => {
    const networks = [
      { prefix: '10.0.0.0/8', asn: 1 },
      { prefix: '10.1.0.0/16', asn: 2 },
      { prefix: '10.1.2.0/24', asn: 3 },
      { prefix: '10.2.0.0/16' },
      { prefix: '2001:db8::/32', asn: 4 },
    ];
    assert.deepEqual(asns(withScope(networks, ['10.1.2.3/32']), []), [3]);
    assert.deepEqual(asns(withScope(networks, ['10.1.0.0/17']), []), [2, 3]);
    assert.deepEqual(asns(withScope(networks, ['10.1.3.0/24', '10.200.0.0/16']), []), [1, 2]);
    assert.deepEqual(asns(withScope(networks, ['10.2.0.0/24']), []), []);
    assert.deepEqual(asns(withScope(networks, ['10.0.0.0/8']), []), [1, 2, 3]);
    assert.deepEqual(asns(withScope(networks, ['10.9.0.0/16', '2001:db8::/112']), []), [1, 4]);
    assert.deepEqual(asns(withScope(networks, ['9.0.0.0/16', '11.0.0.0/16']), []), []);
  });

  it('are a header and an empty list where nothing was found', () => {
    const files = new Map(
      [...renderReports(sampleRun, [], { bom: false })].map(({ path, chunks }) => [
        path,
        [...chunks].join(''),
      ]),
    );
    assert.equal(files.get('as64501/2026-11-20-as64501.csv'), files.get('findings.csv'));
    assert.equal(files.get('findings.csv'), `${columns.map(({ name }) => name).join(',')}\r\n`);
    const json = JSON.parse(files.get('as64501/2026-11-20-as64501.json') ?? '') as {
      asn: number;
      findings: unknown[];
    };
    assert.deepEqual([json.asn, json.findings], [64501, []]);
  });

  it('hold the same findings as findings.jsonl', () => {
    const file = [...renderReports(sampleRun, records, { bom: false })].find(({ path }) =>
      path.endsWith('as64500.json'),
    );
    const json = JSON.parse([...(file?.chunks ?? [])].join('')) as { as_name: string; findings: unknown[] };
    assert.equal(json.as_name, '例示ネットワーク株式会社');
    assert.deepEqual(
      json.findings,
      sortRecords(records).filter(({ asn }) => asn === 64500),
    );
  });
});

describe('the summary', () => {
  it('gives the largest, the median and the request beside them', () => {
    const row = summaryRows(sampleRun, sortRecords(records)).find(
      ({ asn, probe }) => asn === 64500 && probe === 'dns-any',
    );
    assert.deepEqual(row, {
      asn: 64500,
      as_name: '例示ネットワーク株式会社',
      probe: 'dns-any',
      exposed: 2,
      max_amplification: 96.08,
      request_size: 40,
      median_amplification: 63.04,
      max_wire_amplification: 46.1,
      worst_ip: '198.51.100.1',
      median_wire_amplification: 30.3,
      lower_bounds: 0,
    });
  });

  it('has a row of zero for each probe where the scope names no AS and nothing was found', () => {
    const run = {
      ...sampleRun,
      authorisation: { ...sampleRun.authorisation, networks: [{ prefix: '192.0.2.0/24' }] },
    };
    assert.deepEqual(
      summaryRows(run, []).map(({ asn, probe, exposed }) => [asn, probe, exposed]),
      [
        [undefined, 'chargen', 0],
        [undefined, 'dns-any', 0],
        [undefined, 'ntp-monlist', 0],
      ],
    );
  });

  it('is no news where nothing changed and all was asked, and says what was not in its targets or not scanned', () => {
    const records = sampleFindings.map((each) => toRecord(each, { scanId: sampleRun.scan_id }));
    const withAll = (status: 'new' | 'persisting' | 'unknown' | 'fixed'): readonly FindingRecord[] =>
      records.map((record) => ({ ...record, status }));
    for (const status of ['persisting', 'unknown'] as const)
      assert.equal(hasNews(sampleRun, withAll(status)), false, status);
    for (const status of ['new', 'fixed'] as const) assert.equal(hasNews(sampleRun, withAll(status)), true);
    assert.equal(hasNews({ ...sampleRun, losses: { ...sampleRun.losses, any: true } }, []), true);
    assert.equal(
      hasNews({ ...sampleRun, suspect: { reason: 'responders', expected: 2, answered: 0 } }, []),
      true,
    );
    const text = consoleSummary(
      {
        ...sampleRun,
        targets: { ...sampleRun.targets, left_out: [{ prefix: '2001:db8::/48', reason: 'wider than /112' }] },
        history: { earlier_runs: 2, not_targeted: 12 },
      },
      [],
    );
    assert.match(text, /^12 known exposures were not in this run's targets$/m);
    assert.match(text, /^NOT SCANNED: 2001:db8::\/48 \(wider than \/112\)$/m);
    assert.match(text, /nothing was open before, and nothing is now/);
  });

  it('on the terminal lines its columns up, Japanese names too', () => {
    const lines = consoleSummary(sampleRun, records).split('\n');
    const column = lines[0]?.indexOf('probe') ?? -1;
    const probes = lines.slice(1, 6).map((line) => /chargen|dns-any|ntp-monlist/.exec(line)?.index ?? -1);
    assert.equal(probes.length, 5);
    probes.forEach((index, row) => {
      assert.equal(textWidth((lines[row + 1] ?? '').slice(0, index)), column);
    });
    assert.equal(lines.at(-2), '6 findings: 2 critical, 2 high, 2 low');
  });

  it('on the terminal of a clean run says how much was looked at', () => {
    assert.equal(consoleSummary(sampleRun, []), 'no exposure found on 575 addresses\n');
  });

  it('cuts a long name between characters, by the width they take', () => {
    assert.equal(cutToWidth('例示ネットワーク', 8), '例示ネ…');
    assert.equal(textWidth('例示ネ…'), 7);
    assert.equal(cutToWidth('short', 8), 'short');
  });
});

describe('fragments', () => {
  it('count in the packet factor of the reported exchange', () => {
    const big = finding({
      ...chargen,
      ip: '192.0.2.1',
      exchanges: [exchange('192.0.2.1', 19, Uint8Array.of(1), [4000])],
    });
    assert.equal(trafficOf(4000, 4).ipPackets, 3);
    assert.equal(toRecord(big, { scanId: 'x' }).packet_amplification, 3);
  });
});

describe('a row of which it is not known when its request left', () => {
  const [first] = sampleFindings;
  assert.ok(first !== undefined);
  const { requestedAt, ...reported } = first.reported;
  const measurement = { ...first.measurement, exchanges: [reported] };
  const record = toRecord({ ...first, reported, measurement }, { scanId: sampleRun.scan_id });
  const rendered = new Map(
    [...renderReports(sampleRun, [record], { bom: false, probes })].map(({ path, chunks }) => [
      path.replace(/^.*\//, ''),
      [...chunks].join(''),
    ]),
  );

  it('has no timestamp, and an empty cell', () => {
    assert.notEqual(requestedAt, undefined);
    assert.equal('timestamp' in record, false);
    assert.equal('requested_at' in (record.exchanges[0] ?? {}), false);
    const [names = [], row = []] = readCsv(rendered.get('findings.csv') ?? '');
    assert.equal(row[names.indexOf('timestamp')], '');
    assert.equal(row[names.indexOf('ip')], record.ip);
  });

  it('has the start of the run where a format must have a time', () => {
    const ecs = JSON.parse(rendered.get('ecs.jsonl') ?? '') as Readonly<Record<string, unknown>>;
    assert.equal(ecs['@timestamp'], sampleRun.started);
    const xarf = JSON.parse(rendered.get('xarf.jsonl') ?? '') as Readonly<Record<string, unknown>>;
    assert.equal(xarf['timestamp'], sampleRun.started);
  });
});
