import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Column } from '../../reports/columns.js';
import { columns } from '../../reports/columns.js';
import { prefixColumns } from '../../reports/prefixes.js';
import { summaryColumns } from '../../reports/summary.js';
import { toRecord } from '../../reports/record.js';
import { repositoryRoot } from '../repository.js';
import { sampleFindings, sampleRun } from './sample-run.js';

const text = readFileSync(join(repositoryRoot, 'docs/report-format.md'), 'utf8');

/** The rows of the column table under a heading: place, name, type, unit, since. */
function documented(heading: string): string[][] {
  const [, section = ''] = text.split(`### ${heading}\n`);
  const rows = /^\| (\d+) +\| `(\w+)` +\| (\w+) +\| (\w*) +\| ([\d.]+) +\| .+ \|$/gm;
  return [...(section.split('\n#')[0] ?? '').matchAll(rows)].map(([, ...cells]) => cells);
}

function declared(list: readonly Column[]): string[][] {
  return list.map(({ name, type, unit, since }, index) => [String(index + 1), name, type, unit ?? '', since]);
}

/** The frozen order, written out once more: a change of columns.ts alone must fail. */
const FROZEN =
  'timestamp,report,severity,status,ip,port,transport,protocol,probe,probed_ip,probed_port,hostname,asn,as_name,prefix,customer,request_size,request_packets,response_size,packets,amplification,packet_amplification,wire_amplification,lower_bound,basis,rtt_ms,first_seen,last_seen,times_seen,days_open,tag,version,detail,remediation_url,scan_id,finding_id';

describe('docs/report-format.md', () => {
  it('has the columns of the findings in order, with type, unit and since', () => {
    assert.deepEqual(documented("Columns of findings.csv and of each AS's CSV file"), declared(columns));
  });

  it('has the columns of the summary in order, with type, unit and since', () => {
    assert.deepEqual(documented('Columns of summary.csv'), declared(summaryColumns));
  });

  it('has the columns of the prefixes in order, with type, unit and since', () => {
    assert.deepEqual(documented('Columns of prefixes.csv'), declared(prefixColumns));
  });

  it('shows a row that is in the golden findings.csv', () => {
    const row = /```csv\n(.+)\n```/.exec(text)?.[1];
    const golden = readFileSync(join(repositoryRoot, 'test/golden/reports/findings.csv'), 'utf8');
    assert.ok(row !== undefined && golden.split('\r\n').includes(row));
  });

  it('names every key that an exchange or a finding can have beyond the columns', () => {
    const names = new Set<string>(columns.map(({ name }) => name));
    const records = sampleFindings.map((finding) => toRecord(finding, { scanId: sampleRun.scan_id }));
    const keys = records.flatMap((record) => [
      ...Object.keys(record).filter((key) => !names.has(key)),
      ...record.exchanges.flatMap((exchange) => Object.keys(exchange)),
    ]);
    assert.ok(new Set(keys).size > 25);
    for (const key of new Set(keys)) assert.match(text, new RegExp(`^\\| .*\`${key}\``, 'm'), key);
  });
});

describe('the columns of the findings', () => {
  it('are these 36 in this order, for ever', () => {
    assert.equal(columns.map(({ name }) => name).join(','), FROZEN);
    assert.equal(columns.length, 36);
  });
});
