import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { changesCsv } from '../../reports/changes.js';
import { prefixRows } from '../../reports/prefixes.js';
import type { FindingRecord } from '../../reports/record.js';
import { toRecord } from '../../reports/record.js';
import { summaryRows } from '../../reports/summary.js';
import { sortRecords } from '../../src/domain/sort-records.js';
import type { Status } from '../../src/domain/status.js';
import { STATUSES } from '../../src/domain/status.js';
import { readCsv } from './read-csv.js';
import { sampleFindings, sampleRun } from './sample-run.js';

const [monlist] = sampleFindings.map((finding) => toRecord(finding, { scanId: sampleRun.scan_id }));

describe('the summaries of a run that knows earlier ones', () => {
  it('count what is exposed now, what was fixed and what is unknown apart, in figures of the exposed alone', () => {
    const rows = withStatuses('new', 'new', 'persisting', 'reopened', 'fixed', 'unknown');
    for (const row of [
      summaryRows(sampleRun, rows).find(({ probe, asn }) => probe === 'ntp-monlist' && asn === 64496),
      [...prefixRows(sampleRun, rows)].find(
        ({ probe, prefix }) => probe === 'ntp-monlist' && prefix === '192.0.2.0/24',
      ),
    ]) {
      assert.ok(row);
      assert.deepEqual(
        [row.exposed, row.new, row.persisting, row.reopened, row.fixed, row.unknown],
        [4, 2, 1, 1, 1, 1],
      );
      // The strongest are the fixed and the unknown one: they do not count.
      assert.equal(row.max_amplification, 5503);
      assert.equal(row.median_amplification, 5501.5);
    }
  });

  it('leave the counts by status empty in a run that knows none', () => {
    const row = summaryRows(sampleRun, withStatuses(undefined)).find(({ probe }) => probe === 'ntp-monlist');
    assert.deepEqual(
      [row?.exposed, row?.new, row?.fixed, row?.unknown],
      [1, undefined, undefined, undefined],
    );
  });

  it('have a 0 in each count where nothing is there, of a run whose rows have a status, and all of it was asked', () => {
    const knows = { ...sampleRun, history: { earlier_runs: 1, not_targeted: 0 } };
    const countsIn = (run: typeof sampleRun): readonly (number | undefined)[] => {
      const row = [...prefixRows(run, withStatuses('new'))].find(({ prefix }) => prefix === '203.0.113.0/25');
      return [row?.exposed, row?.new, row?.fixed, row?.persisting, row?.reopened, row?.unknown];
    };
    assert.deepEqual(countsIn(knows), [0, 0, 0, 0, 0, 0]);
    assert.deepEqual(countsIn(sampleRun), [0, ...Array<undefined>(5).fill(undefined)]);
    const lossy = { ...knows, losses: { ...knows.losses, any: true } };
    assert.deepEqual(countsIn(lossy), Array<undefined>(6).fill(undefined));
  });

  it('have a row of zeros for each prefix and probe that was asked and is clean, in the order of addresses', () => {
    const rows = [...prefixRows(sampleRun, withStatuses('new'))];
    const prefixes = [...new Set(rows.map(({ prefix }) => prefix))];
    assert.deepEqual(prefixes, ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/25']);
    assert.equal(rows.length, 3 * sampleRun.probes.length);
    assert.ok(rows.filter(({ exposed }) => exposed === 0).length === rows.length - 1);
  });
});

describe('changes.csv', () => {
  it('has the rows that say that something changed, in the columns of findings.csv', () => {
    const [file] = changesCsv.files(sampleRun, withStatuses(...STATUSES), { bom: false });
    const [header = [], ...rows] = readCsv([...(file?.chunks ?? [])].join(''));
    const status = header.indexOf('status');
    assert.deepEqual(
      rows.map((row) => row[status]),
      ['new', 'reopened', 'fixed'],
    );
  });
});

/** A monlist server for each, the next always a little stronger. */
function withStatuses(...statuses: readonly (Status | undefined)[]): readonly FindingRecord[] {
  assert.ok(monlist);
  return sortRecords(
    statuses.map((status, i): FindingRecord => ({
      ...monlist,
      ip: `192.0.2.${10 + i}`,
      amplification: 5500 + i,
      ...(status && { status }),
    })),
  );
}
