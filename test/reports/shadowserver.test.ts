/**
 * What the readers of Shadowserver's files ask of a file, said once more in our words: the names that IntelMQ,
 * AbuseIO and Shadowserver's own scripts accept, the columns of the published schema, and the conversions that
 * cost a row when they fail.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { shadowserverCsv, withoutShadowserverType } from '../../reports/shadowserver/shadowserver-csv.js';
import { COMMON_COLUMNS, OWN_COLUMNS, SHADOWSERVER_TYPES } from '../../reports/shadowserver/types.js';
import { probes } from '../../probes/list.js';
import type { FindingRecord } from '../../reports/record.js';
import { toRecord } from '../../reports/record.js';
import { STATUSES } from '../../src/domain/status.js';
import { repositoryRoot } from '../repository.js';
import { readCsv } from './read-csv.js';
import { sampleFindings, sampleRun } from './sample-run.js';

const records = sampleFindings.map((finding) => toRecord(finding, { scanId: sampleRun.scan_id }));
const monlist = find('ntp-monlist', '192.0.2.10');

/** `intelmq.bots.parsers.shadowserver`, AbuseIO's active pattern, and Shadowserver's two own ones. */
const NAME_PATTERNS = [
  /^(?:\d{4}-\d{2}-\d{2}-)?(\w+)(-\w+)*\.csv$/,
  /(?:\d{4})-(?:\d{2})-(?:\d{2})-(.*)-[^-]+-[^-]+.csv/i,
  /^\d{4}-\d{2}-\d{2}-([^-]+)-.+\.csv$/,
  /^(\d{4}-\d{2}-\d{2})-([^-]+)-(.+)\.csv$/,
];

describe('the files for readers of Shadowserver’s reports', () => {
  it('have names that every reader takes, and from which the type can be read', () => {
    const names = [...render(records).keys()];
    assert.ok(names.includes('shadowserver/2026-11-20-scan_ntpmonitor-as64496-asn.csv'), names.join());
    for (const path of names) {
      const name = path.replace('shadowserver/', '');
      for (const pattern of NAME_PATTERNS) assert.match(name, pattern);
      assert.ok(name.split('-')[3]?.replace('scan6_', 'scan_') !== undefined);
      assert.match(NAME_PATTERNS[1]?.exec(name)?.[1] ?? '', /^scan6?_[a-z]+$/);
    }
  });

  it('have the columns of the published type in their order, then the aliases, then ours', () => {
    const [header] = rowsOf([monlist], 'scan_ntpmonitor', 64496).header;
    assert.equal(
      header,
      'timestamp,severity,ip,protocol,port,hostname,tag,asn,geo,region,city,naics,hostname_source,sector,' +
        'packets,response_size,amplification,size,request_size,probe,probed_ip,prefix,finding_status,' +
        'first_seen,last_seen',
    );
  });

  it('hold what the conversions of the readers take', () => {
    const [row] = rowsOf([monlist], 'scan_ntpmonitor', 64496).rows;
    assert.ok(row);
    assert.deepEqual(
      [row['timestamp'], row['ip'], row['port'], row['protocol'], row['asn'], row['naics']],
      ['2026-11-20 03:01:00', '192.0.2.10', '123', 'udp', '64496', '0'],
    );
    assert.deepEqual(
      [row['packets'], row['response_size'], row['size'], row['amplification']],
      ['100', '44000', '44000', '5500.00'],
    );
    assert.ok(!Number.isNaN(Date.parse(`${row['timestamp']?.replace(' ', 'T')}Z`)));
  });

  it('leave out text where a reader wants a number: it would cost the whole row', () => {
    const facts = { stratum: 2, offset: '-14.502', frequency: '12 ppm', system: 'Linux', refid: '=cmd' };
    const [row] = rowsOf([{ ...monlist, report: 'scan_ntp', facts }], 'scan_ntp', 64496).rows;
    assert.deepEqual(
      [row?.['stratum'], row?.['offset'], row?.['frequency'], row?.['system'], row?.['refid']],
      ['2', '-14.502', '', 'Linux', '=cmd'],
    );
  });

  it('leave out a fraction where a reader wants an integer', () => {
    const facts = {
      tc: 6.5,
      precision: Number('-20.0'),
      poll: '6.0',
      peer: 'x',
      stratum: 3,
      jitter: 0.5,
      offset: -3,
    };
    const [row] = rowsOf([{ ...monlist, report: 'scan_ntp', facts }], 'scan_ntp', 64496).rows;
    assert.deepEqual(
      ['tc', 'precision', 'poll', 'peer', 'stratum', 'jitter', 'offset'].map((name) => row?.[name]),
      ['', '-20', '', '', '3', '0.5', '-3'],
    );
  });

  it('guard no text against formulas, for the guard would stand in the data of their readers', () => {
    const facts = { sysname: '-rf', sysdesc: '=cmd|', version: -1, uptime: 5 };
    const snmp = { ...monlist, report: 'scan_snmp', facts };
    const [row] = rowsOf([snmp], 'scan_snmp', 64496).rows;
    assert.deepEqual(
      ['sysname', 'sysdesc', 'version', 'uptime'].map((name) => row?.[name]),
      ['-rf', '=cmd|', '-1', '5'],
    );
    const dns = { ...monlist, report: 'scan_dns', version: '@SUM(1)' };
    assert.equal(rowsOf([dns], 'scan_dns', 64496).rows[0]?.['dns_version'], '@SUM(1)');
  });

  it('have four decimals where a type has its own smallest factor', () => {
    const [row] = rowsOf(
      [{ ...monlist, report: 'scan_dns', facts: { min_amplification: 4.619 }, version: 'dnsmasq-2.90' }],
      'scan_dns',
      64496,
    ).rows;
    assert.deepEqual([row?.['min_amplification'], row?.['dns_version']], ['4.6190', 'dnsmasq-2.90']);
  });

  it('have no byte order mark, no comment, every cell in quotes, and lines that end in CRLF', () => {
    for (const text of render(records).values()) {
      assert.match(text, /^"timestamp",/);
      for (const line of text.trimEnd().split('\r\n'))
        assert.match(line, /^"([^"\n]|"")*"(,"([^"\n]|"")*")*$/);
      assert.ok(text.endsWith('\r\n'));
    }
  });

  it('hold what is exposed now, and neither what was fixed nor what is unknown', () => {
    const all = STATUSES.map((status): FindingRecord => ({ ...monlist, status }));
    const { rows } = rowsOf(all, 'scan_ntpmonitor', 64496);
    assert.deepEqual(
      rows.map((row) => row['finding_status']),
      ['new', 'persisting', 'reopened'],
    );
  });

  it('are there with a header alone for an AS that was asked and is clean', () => {
    const text = render(records).get('shadowserver/2026-11-20-scan_ntpmonitor-as64501-asn.csv');
    assert.equal(text?.split('\r\n').length, 2);
  });

  it('part IPv6 from IPv4 where there is such a type, and count what has none', () => {
    const six = { ...monlist, ip: '2001:db8::1', probed_ip: '2001:db8::1' };
    const chargen = { ...six, report: 'scan_chargen', probe: 'chargen' };
    const run = { ...sampleRun, targets: { ...sampleRun.targets, networks: ['2001:db8::/112'] } };
    const files = render([six, chargen], run);
    assert.equal(rowsIn(files, 'scan6_ntpmonitor', 64496).rows.length, 1);
    assert.equal(rowsIn(files, 'scan_ntpmonitor', 64496).rows.length, 0);
    assert.equal(rowsIn(files, 'scan_chargen', 64496).rows.length, 0);
    assert.ok(![...files.keys()].some((path) => path.includes('scan6_chargen')));
    assert.equal(withoutShadowserverType(run, [six, chargen]), 1);
  });

  it('have the columns of the published list in its order, and its word for how severe a type is', () => {
    const { common, types } = JSON.parse(
      readFileSync(join(repositoryRoot, 'test', 'reports', 'shadowserver-types.json'), 'utf8'),
    ) as {
      readonly common: readonly string[];
      readonly types: Readonly<
        Record<
          string,
          { readonly severity: string; readonly ipv6: boolean; readonly columns: readonly string[] }
        >
      >;
    };
    assert.deepEqual(COMMON_COLUMNS, common);
    for (const [name, { columns, hasIpv6, aliases = {} }] of Object.entries(SHADOWSERVER_TYPES)) {
      assert.deepEqual([name, columns, hasIpv6], [name, types[name]?.columns, types[name]?.ipv6]);
      const theirs = new Set([...common, ...columns]);
      for (const own of [...OWN_COLUMNS, ...Object.keys(aliases)])
        assert.ok(!theirs.has(own), `${name}: ${own}`);
      for (const stood of Object.values(aliases)) assert.ok(theirs.has(stood), `${name}: ${stood}`);
    }
    // Of scan_gtp our copy of the list has the columns alone.
    const published = probes.filter(
      ({ report }) => report in SHADOWSERVER_TYPES && types[report]?.severity !== 'unknown',
    );
    assert.deepEqual(
      published.map(({ id, severity }) => [id, severity]),
      published.map(({ id, report }) => [id, types[report]?.severity]),
    );
  });

  it('are of every published type that a probe has, and of none of our own', () => {
    const published = probes.map(({ report }) => report).filter((report) => report.startsWith('scan_'));
    assert.deepEqual(
      published.filter((report) => !(report in SHADOWSERVER_TYPES)),
      [],
    );
    assert.ok(Object.keys(SHADOWSERVER_TYPES).every((name) => name.startsWith('scan_')));
  });
});

function render(list: readonly FindingRecord[], run = sampleRun): Map<string, string> {
  const files = [...shadowserverCsv.files(run, list, { bom: true })];
  return new Map(files.map(({ path, chunks }) => [path, [...chunks].join('')]));
}

function rowsOf(list: readonly FindingRecord[], type: string, asn: number): ReturnType<typeof rowsIn> {
  const reports = [...new Set(list.map(({ report }) => report))];
  const [probe] = sampleRun.probes;
  assert.ok(probe);
  const run = { ...sampleRun, probes: reports.map((report) => ({ ...probe, report })) };
  return rowsIn(render(list, run), type, asn);
}

function rowsIn(
  files: ReadonlyMap<string, string>,
  type: string,
  asn: number,
): { readonly header: readonly string[]; readonly rows: readonly Readonly<Record<string, string>>[] } {
  const text = files.get(`shadowserver/2026-11-20-${type}-as${asn}-asn.csv`);
  assert.ok(text !== undefined, [...files.keys()].join());
  const [header = [], ...rows] = readCsv(text);
  return {
    header: [header.join()],
    rows: rows.map((cells) => Object.fromEntries(header.map((name, i) => [name, cells[i] ?? '']))),
  };
}

function find(probe: string, ip: string): FindingRecord {
  const found = records.find((record) => record.probe === probe && record.ip === ip);
  assert.ok(found);
  return found;
}
