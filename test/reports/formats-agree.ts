import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { FindingRecord } from '../../src/domain/finding-record.js';
import { readCsv } from './read-csv.js';

type Cells = Readonly<Record<string, string>>;

/**
 * Holds every file of a run against its findings.jsonl, with readers of its own: the same exposures and the same
 * figures, whatever the format.
 */
export function assertFormatsAgree(directory: string): void {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  const text = (file: string): string => readFileSync(join(directory, file), 'utf8').replace(/^\uFEFF/, '');
  const lines = (file: string): string[] => text(file).split('\n').filter(Boolean);
  const csv = (file: string): Cells[] => tableOf(readCsv(text(file)));
  const those = (pattern: RegExp): string[] => files.filter((file) => pattern.test(file)).sort();
  const records = lines('findings.jsonl').map((line) => JSON.parse(line) as FindingRecord);
  const exposed = records.filter(({ status }) => status !== 'fixed' && status !== 'unknown');

  assertRows('findings.csv', csv('findings.csv'), records);
  const changed = records.filter(({ status = '' }) => ['new', 'fixed', 'reopened'].includes(status));
  assertRows('changes.csv', csv('changes.csv'), changed);
  const ofAs = (file: string): FindingRecord[] =>
    records.filter(({ asn = 0 }) => asn === Number(/as(\d+)/.exec(file)?.[1]));
  for (const file of those(/^as\d+\/.*\.csv$/)) assertRows(file, csv(file), ofAs(file));
  for (const file of those(/^as\d+\/.*\.json$/))
    assert.deepEqual((JSON.parse(text(file)) as { findings: unknown }).findings, ofAs(file), file);
  for (const { asn = 0 } of records) assert.equal(those(new RegExp(`^as${asn}/`)).length, 2, `AS${asn}`);

  for (const row of csv('summary.csv'))
    assertFigures('summary.csv', row, (record) => textOf(record.asn) === row['asn'], records);
  const sums = csv('summary.csv').map((row) => Number(row['exposed']));
  assert.equal(sumOf(sums), exposed.length, 'summary.csv has them all');
  for (const row of csv('prefixes.csv')) {
    const isThere = ({ prefix, asn, customer }: FindingRecord): boolean =>
      prefix === row['prefix'] && textOf(asn) === row['asn'] && textOf(customer) === row['customer'];
    assertFigures('prefixes.csv', row, isThere, records);
  }

  for (const file of those(/^shadowserver\//)) {
    const type = (/\d-(scan6?_\w+)-as/.exec(file)?.[1] ?? '').replace('scan6_', 'scan_');
    const expected = ofAs(file).filter((record) => exposed.includes(record) && record.report === type);
    const seen = expected.filter(({ ip }) => ip.includes(':') === file.includes('scan6_'));
    assert.deepEqual(
      csv(file).map(({ ip, port, probe, request_size, response_size, amplification }) =>
        [ip, port, probe, request_size, response_size, amplification].join(),
      ),
      seen.map((record) =>
        [
          ...[record.ip, record.port, record.probe, record.request_size, record.response_size],
          record.amplification?.toFixed(2),
        ].join(),
      ),
      file,
    );
  }

  assert.deepEqual(
    lines('ecs.jsonl').map((line) => {
      const { event, source, reflector } = JSON.parse(line) as Record<string, Record<string, unknown>>;
      return { finding_id: event?.['id'], ip: source?.['ip'], port: source?.['port'], ...reflector };
    }),
    records.map((record) => {
      const keys = [...REFLECTOR, 'finding_id', 'ip', 'port'] as const;
      return Object.fromEntries(keys.flatMap((key) => (key in record ? [[key, record[key]]] : [])));
    }),
    'ecs.jsonl',
  );
  const evidence = lines('xarf.jsonl').map((line) => {
    const [{ payload }] = (JSON.parse(line) as { evidence: [{ payload: string }] }).evidence;
    return JSON.parse(Buffer.from(payload, 'base64').toString()) as object;
  });
  assert.deepEqual(
    evidence,
    exposed.map((record) =>
      Object.fromEntries(Object.entries(record).filter(([key]) => !BEYOND_COLUMNS.includes(key))),
    ),
    'xarf.jsonl',
  );

  const letters = those(/^notices\/.*\.csv$/);
  for (const file of letters) {
    const rows = csv(file);
    const ids = new Set(rows.map((row) => row['finding_id']));
    const own = records.filter(({ finding_id }) => ids.has(finding_id));
    assertRows(file, rows, own);
    const now = own.filter((record) => exposed.includes(record));
    for (const letter of those(/\.(txt|eml)$/).filter((path) => path.startsWith(file.replace(/csv$/, ''))))
      for (const { ip, probed_port, response_size, request_size } of now.slice(0, 100)) {
        const said = letter.endsWith('.eml') ? bodyOf(text(letter)) : text(letter);
        const place = said.indexOf(`${ip}, UDP port ${probed_port}:`);
        const part = said.slice(place < 0 ? said.indexOf(`${ip} UDPポート${probed_port}：`) : place);
        assert.ok(said.includes(ip), `${letter} names ${ip}`);
        for (const figure of [request_size, response_size])
          assert.ok(part.includes(figure.toLocaleString('en')), `${letter}: ${figure} of ${ip}`);
      }
  }
  const inLetters = letters.flatMap((file) => csv(file).map((row) => row['finding_id']));
  for (const { finding_id } of exposed)
    assert.ok(inLetters.includes(finding_id), `a letter has ${finding_id}`);

  assert.deepEqual(
    htmlRows(text('report.html'), '<table id="list">')
      .map((row) =>
        ['Status', 'Address', 'Port', 'Probe', 'Request, B', 'Answer, B'].map((name) => row[name]).join(),
      )
      .sort(),
    records
      .map((record) =>
        [
          ...[record.status, record.ip, record.probed_port, record.probe],
          ...[record.request_size, record.response_size],
        ].join(),
      )
      .sort(),
    'report.html',
  );
}

const REFLECTOR = [
  ...['probe', 'probed_ip', 'probed_port', 'request_size', 'request_packets', 'response_size', 'packets'],
  ...['amplification', 'packet_amplification', 'wire_amplification', 'lower_bound', 'basis', 'rtt_ms'],
  ...['status', 'status_evidence', 'status_doubt', 'first_seen', 'last_seen', 'times_seen', 'days_open'],
  ...['prefix', 'customer', 'version'],
] as (keyof FindingRecord)[];
const BEYOND_COLUMNS = [
  ...['severity_reason', 'status_evidence', 'status_doubt', 'asns', 'facts', 'computed', 'answered_by'],
  ...['response_port', 'elicited_elsewhere', 'exchanges'],
];

function tableOf([header = [], ...rows]: readonly (readonly string[])[]): Cells[] {
  return rows.map((row) => {
    assert.equal(row.length, header.length);
    return Object.fromEntries(header.map((name, i) => [name, row[i] ?? '']));
  });
}

function assertRows(file: string, rows: readonly Cells[], records: readonly FindingRecord[]): void {
  assert.deepEqual(
    rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, plain(cell)]))),
    records.map((record, i) =>
      Object.fromEntries(
        Object.keys(rows[i] ?? {}).map((name) => [name, plain(cellOf(name, record as unknown as Values))]),
      ),
    ),
    file,
  );
}

type Values = Readonly<Record<string, string | number | boolean | undefined>>;

function cellOf(name: string, { [name]: value }: Values): string {
  if (typeof value !== 'number') return textOf(value);
  return name.endsWith('amplification')
    ? value.toFixed(2)
    : name === 'rtt_ms'
      ? value.toFixed(1)
      : `${value}`;
}

/** Without the guards against formulas, and with times as they are. */
function plain(cell: string): string {
  return cell.replaceAll("'", '').replace(/^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)$/, '$1T$2Z');
}

function textOf(value: string | number | boolean | undefined): string {
  return value === undefined ? '' : String(value);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function assertFigures(
  file: string,
  row: Cells,
  isThere: (record: FindingRecord) => boolean,
  records: readonly FindingRecord[],
): void {
  const own = records.filter((record) => record.probe === row['probe'] && isThere(record));
  const exposed = own.filter(({ status }) => status !== 'fixed' && status !== 'unknown');
  const factors = exposed.flatMap(({ wire_amplification }) => wire_amplification ?? []);
  assert.equal(Number(row['exposed']), exposed.length, `${file}: exposed`);
  assert.equal(
    row['max_wire_amplification'],
    factors.length === 0 ? '' : Math.max(...factors).toFixed(2),
    file,
  );
  for (const status of ['new', 'fixed', 'persisting', 'reopened', 'unknown'])
    assert.equal(
      Number(row[status]),
      own.filter((record) => record.status === status).length,
      `${file}: ${status}`,
    );
}

/** The first part of a mail, decoded. */
function bodyOf(mail: string): string {
  const [, body = ''] =
    /Content-Transfer-Encoding: base64[^]*?\r\n\r\n([A-Za-z0-9+/=\r\n]+)/.exec(mail) ?? [];
  return Buffer.from(body, 'base64').toString();
}

/** The rows below a heading of a table of a page, by the English name of the column; our pages leave out end tags. */
export function htmlRows(page: string, start: string): Cells[] {
  const table = page.slice(page.indexOf(start)).replace(/<\/table>[^]*/, '');
  const [head = '', body = ''] = table.split('<tbody>');
  const names = [...head.matchAll(/<th scope="col"[^>]*><span lang="en">([^<]*)</g)].map(
    ([, name = '']) => name,
  );
  return body
    .split('<tr>')
    .slice(1)
    .map((row) => {
      const cells = row.split(/<t[dh][^>]*>/).slice(1);
      assert.equal(cells.length, names.length, row);
      return Object.fromEntries(
        names.map((name, i) => [name, (cells[i] ?? '').replace(/<[^>]*>/g, '').trim()]),
      );
    });
}
