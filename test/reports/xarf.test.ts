/**
 * What XARF version 4 asks of a report of category `vulnerability`, type `open_service`, said once more in our
 * words as a JSON Schema, and every line held against it.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { columns } from '../../reports/columns.js';
import { toRecord } from '../../reports/record.js';
import { labScope } from '../../src/lab/layout.js';
import { xarfJsonl } from '../../reports/xarf.js';
import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { RunRecord } from '../../src/domain/run-record.js';
import { problemsOf } from './json-schema.js';
import { sampleFindings, sampleRun } from './sample-run.js';
import { xarf } from './xarf-schema.js';

interface Notice {
  readonly report_id: string;
  readonly timestamp: string;
  readonly reporter: unknown;
  readonly sender: unknown;
  readonly source_identifier: string;
  readonly service_port: number;
  readonly evidence: readonly [{ readonly payload: string; readonly hash: string; readonly size: number }];
  readonly description: string;
  readonly tags: readonly string[];
}

const records = sampleFindings.map((finding) => toRecord(finding, { scanId: sampleRun.scan_id }));

function noticesOf(list: readonly FindingRecord[], run = sampleRun): Notice[] {
  const [file, more] = [...xarfJsonl.files(run, list, { bom: true })];
  assert.ok(file !== undefined && more === undefined);
  assert.equal(file.path, 'xarf.jsonl');
  return [...file.chunks].map((line) => {
    assert.match(line, /^[^\n]+\n$/);
    return JSON.parse(line) as Notice;
  });
}

function withContact(contact: string, organisation = sampleRun.authorisation.organisation): RunRecord {
  return { ...sampleRun, authorisation: { ...sampleRun.authorisation, contact, organisation } };
}

/** A row that has as many tags, and as long a text, as none of the sample has. */
const [first] = records;
assert.ok(first);
const full: FindingRecord = {
  ...first,
  status: 'reopened',
  tag: Array.from({ length: 40 }, (_, index) => `Tag-${index}`).join(';'),
  detail: '例'.repeat(999) + '😀',
};

describe('xarf.jsonl', () => {
  it('is there for the lab: its contact is a mail address', () => {
    const contact = /^contact: (.*)$/m.exec(labScope('2099-12-31', { hasIpv6: false }))?.[1];
    assert.equal(noticesOf(records, withContact(contact ?? '')).length, records.length);
  });

  it('counts one byte and one datagram in the singular', () => {
    const single = { ...first, request_size: 1, response_size: 1, packets: 1 };
    const [notice] = noticesOf([single]);
    assert.match(notice?.description ?? '', /a request of 1 byte brought 1 byte in 1 datagram\b/);
  });

  it('is what the schema of XARF 4 asks, for every row that a run can have', () => {
    const notices = noticesOf([...records, full]);
    assert.equal(notices.length, records.length + 1);
    for (const notice of notices) assert.deepEqual(problemsOf(xarf, notice), []);
  });

  it('would be refused by that schema with a wrong word anywhere', () => {
    const [notice] = noticesOf(records);
    assert.ok(notice);
    for (const wrong of [
      { report_id: 'f-a46580a8e1207937' },
      { timestamp: '2026-11-20 03:01:00' },
      { reporter: { org: 'x', contact: 'by telephone', domain: 'example.net' } },
      { tags: ['monlist'] },
      { description: 'x'.repeat(1001) },
      { service: undefined },
    ])
      assert.notDeepEqual(problemsOf(xarf, JSON.parse(JSON.stringify({ ...notice, ...wrong }))), []);
  });

  it('names the reporter by the contact of the scope, with its domain', () => {
    const [notice] = noticesOf(records);
    const party = { org: 'Example ISP', contact: 'noc@example.net', domain: 'example.net' };
    assert.deepEqual([notice?.reporter, notice?.sender], [party, party]);
    const [named] = noticesOf(records, withContact('NOC <noc@example.net>', 'Example ISP'));
    assert.deepEqual(named?.sender, party);
    const long = noticesOf(records, withContact('noc@EXAMPLE.net', '例'.repeat(300)));
    for (const one of long) assert.deepEqual(problemsOf(xarf, one), []);
  });

  it('is not written where the contact is no e-mail address: none is made up', () => {
    const files = (contact: string): number =>
      [...xarfJsonl.files(withContact(contact), records, { bom: false })].length;
    assert.equal(files('noc+abuse@example.co.jp'), 1);
    for (const contact of ['+81 3 0000 0000', 'noc@localhost', 'a@b.c, d@e.f', '@x.y'])
      assert.equal(files(contact), 0, contact);
  });

  it('holds what is exposed now, and is empty where nothing is', () => {
    const statuses = ['new', 'persisting', 'reopened', 'fixed', 'unknown', undefined] as const;
    const rows = statuses.map((status) => ({ ...first, ...(status && { status }) }));
    assert.deepEqual(
      noticesOf(rows).map(({ tags }) => tags.find((tag) => tag.startsWith('status:'))),
      ['status:new', 'status:persisting', 'status:reopened', undefined],
    );
    assert.deepEqual(noticesOf([]), []);
  });

  it('gives each notice a UUID of version 4 that is its own, and the same whenever it is made', () => {
    const ids = noticesOf(records).map(({ report_id }) => report_id);
    for (const id of ids)
      assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(new Set(ids).size, records.length);
    assert.deepEqual(
      noticesOf(records).map(({ report_id }) => report_id),
      ids,
    );
    const nextRun = noticesOf(records.map((record) => ({ ...record, scan_id: '2026-11-27T030000Z' })));
    assert.ok(nextRun.every(({ report_id }) => !ids.includes(report_id)));
  });

  it('carries the row of findings.csv as its evidence, with the hash and the size of it', () => {
    for (const [index, { evidence, service_port, source_identifier }] of noticesOf(records).entries()) {
      const bytes = Buffer.from(evidence[0].payload, 'base64');
      const row = JSON.parse(bytes.toString()) as Record<string, unknown>;
      const { exchanges, ...record } = records[index] ?? first;
      assert.ok(exchanges.length > 0);
      for (const { name } of columns) assert.deepEqual(row[name], record[name], name);
      assert.ok(!('exchanges' in row));
      assert.deepEqual([source_identifier, service_port], [record.ip, record.probed_port]);
      assert.equal(evidence[0].hash, `sha256:${createHash('sha256').update(bytes).digest('hex')}`);
      assert.equal(evidence[0].size, bytes.length);
      assert.ok(!bytes.includes('233.252.0.99'), 'no address from outside the scope');
    }
  });

  it('says in a sentence what was asked and what came, and that a lower bound is one', () => {
    const of = (ip: string): Notice | undefined =>
      noticesOf(records).find(({ source_identifier }) => source_identifier === ip);
    assert.equal(
      of('192.0.2.10')?.description,
      '192.0.2.10 answers ntp-monlist on UDP port 123: a request of 8 bytes brought 44000 bytes in 100 datagrams, ' +
        '5500.00 times as much; 600 entries in 100 datagrams',
    );
    assert.match(of('198.51.100.200')?.description ?? '', /, at least [\d.]+ times as much/);
    assert.deepEqual(of('198.51.100.200')?.tags, [
      'service:chargen',
      'probe:chargen',
      'risk:critical',
      'ampscope:chargen',
      'ampscope:capped',
      'ampscope:duplicated',
    ]);
  });
});
