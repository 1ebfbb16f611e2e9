import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { askedAgain } from '../../src/domain/asked-again.js';
import { errorCode } from '../../src/domain/error-code.js';
import type { ExchangeRecord, FindingRecord } from '../../src/domain/finding-record.js';
import { bareColumns, FINDING_COLUMNS } from '../../src/domain/finding-record.js';
import type { RunRecord } from '../../src/domain/run-record.js';
import { compareText, sortRecords } from '../../src/domain/sort-records.js';
import type { Status } from '../../src/domain/status.js';
import { isExposed, STATUSES } from '../../src/domain/status.js';
import { SystemFault } from '../../src/domain/system-fault.js';
import { trendPointOf } from '../../src/domain/trend-point.js';
import { UsageError } from '../../src/domain/usage-error.js';
import { historyRow, timeOfRun } from '../history/history-row.js';
import { sampleRun } from '../reports/sample-run.js';

const record = (more: Partial<FindingRecord> = {}): FindingRecord => ({
  ...historyRow(1, 0),
  severity_reason: 'measured',
  exchanges: [],
  ...more,
});

describe('rows are sorted', () => {
  it('by AS, the unknown first, by address as a number, probe, port, and what was probed', () => {
    const sorted = [
      record({ ip: '192.0.2.9' }),
      record({ ip: '192.0.2.10' }),
      record({ ip: '2001:db8::1' }),
      record({ asn: 64496, ip: '192.0.2.8', probe: 'dns-any', probed_port: 53 }),
      record({ asn: 64496, ip: '192.0.2.8', probe: 'dns-any', probed_port: 5353 }),
      record({ asn: 64496, ip: '192.0.2.8', probe: 'ntp', probed_port: 123, probed_ip: '192.0.2.9' }),
      record({ asn: 64496, ip: '192.0.2.8', probe: 'ntp', probed_port: 123, probed_ip: '192.0.2.10' }),
      record({ asn: 65536, ip: '10.0.0.1' }),
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(sorted, { minLength: sorted.length }), (shuffled) => {
        const before = [...shuffled];
        assert.deepEqual(sortRecords(shuffled), sorted);
        assert.deepEqual(shuffled, before, 'the list that was given stays as it is');
      }),
    );
  });

  it('by code unit, the same under every locale', () => {
    assert.deepEqual(['ä', 'z', 'Z', 'a', 'Z'].toSorted(compareText), ['Z', 'Z', 'a', 'z', 'ä']);
    assert.equal(compareText('a', 'a'), 0);
  });

  it('never where an address is none: a reader of records has checked it', () => {
    assert.throws(
      () => sortRecords([record({ ip: 'example.net' })]),
      new RangeError('no address in a finding: example.net'),
    );
  });
});

describe('how often a silent exposure was asked again', () => {
  const exchange = (
    second: number,
    more: Partial<ExchangeRecord> = {},
  ): Pick<ExchangeRecord, 'purpose' | 'end' | 'requested_at'> => ({
    purpose: 'prove',
    end: 'silent',
    requested_at: `2026-11-20T03:00:0${second}Z`,
    ...more,
  });
  const exchanges = [
    exchange(1, { purpose: 'measure' }),
    ...[2, 3, 4].map((second) => exchange(second)),
    exchange(5, { end: 'unsent' }),
  ];
  const thrice = { times: 3, last: '2026-11-20T03:00:04Z' };

  it('is told with the last time, of requests that left, where the row rests on it', () => {
    assert.deepEqual(askedAgain({ status: 'unknown', exchanges }), thrice);
    for (const evidence of ['silent', 'closed'] as const)
      assert.deepEqual(askedAgain({ status: 'fixed', status_evidence: evidence, exchanges }), thrice);
  });

  it('is told of no row whose exchanges are a measurement, and of none that was not asked again', () => {
    assert.equal(askedAgain({ status: 'persisting', exchanges }), undefined);
    assert.equal(askedAgain({ exchanges }), undefined);
    for (const evidence of ['refused', 'answered'] as const)
      assert.equal(askedAgain({ status: 'fixed', status_evidence: evidence, exchanges }), undefined);
    assert.equal(askedAgain({ status: 'unknown', exchanges: [] }), undefined);
    assert.equal(askedAgain({ status: 'unknown', exchanges: [exchange(1, { end: 'unsent' })] }), undefined);
  });
});

describe('the columns that a run knows by itself', () => {
  it('are all but the status and its companions, and nothing that no table can hold', () => {
    const status = { status: 'persisting', first_seen: timeOfRun(0), last_seen: timeOfRun(1) } as const;
    const told = record({ ...status, times_seen: 2, days_open: 7, asns: [64496], silent_runs: 0 });
    assert.deepEqual(bareColumns(told), historyRow(1, 0));
    const all = Object.keys(FINDING_COLUMNS.shape);
    assert.equal(all.length - 5, all.filter((key) => key in bareColumns(fullRow(all))).length);
  });

  function fullRow(keys: readonly string[]): FindingRecord {
    return Object.fromEntries(keys.map((key) => [key, 'x'])) as unknown as FindingRecord;
  }
});

describe('a status', () => {
  it('says that the host is exposed now, unless it is fixed or unknown; so do rows without one', () => {
    const exposed = [...STATUSES, undefined].filter((status?: Status) => isExposed(status));
    assert.deepEqual(exposed, ['new', 'persisting', 'reopened', undefined]);
  });
});

describe('what a run adds to the trend', () => {
  const whole: RunRecord = { ...sampleRun, losses: { ...sampleRun.losses, any: false } };
  const point = {
    scan_id: sampleRun.scan_id,
    at: sampleRun.started,
    addresses: sampleRun.targets.addresses,
    statuses: {},
  };

  it('counts its rows by probe and status; of a run that knows no status all are new', () => {
    const records = [
      record({ probe: 'ntp', status: 'fixed' }),
      record({ probe: 'dns', status: 'persisting' }),
      record({ probe: 'ntp' }),
      record({ probe: 'ntp', status: 'new' }),
    ];
    assert.deepEqual(trendPointOf(whole, records), {
      ...point,
      statuses: { ntp: { fixed: 1, new: 2 }, dns: { persisting: 1 } },
    });
  });

  it('says where fewer rows do not mean that they are gone, and where it asked less than usual', () => {
    assert.deepEqual(trendPointOf(whole, []), point);
    const lossy = { ...whole, losses: { ...whole.losses, any: true } };
    assert.deepEqual(trendPointOf(lossy, []), { ...point, not_whole: true });
    const partial = { ...whole, partial: { compared_with: '2026-11-13T030000Z', missing_addresses: 255 } };
    assert.deepEqual(trendPointOf(partial, []), { ...point, not_whole: true, partial: true });
  });
});

describe('an error', () => {
  it("is told by the system's code, or by its text where it has none", () => {
    assert.equal(errorCode(Object.assign(new Error('no such file'), { code: 'ENOENT' })), 'ENOENT');
    assert.equal(errorCode(new Error('out of luck')), 'Error: out of luck');
    assert.equal(errorCode('thrown'), 'thrown');
  });

  it('of wrong use and of the system brings a hint, and is known by its name', () => {
    for (const Kind of [UsageError, SystemFault]) {
      const error = new Kind('what and where', 'what to do');
      assert.deepEqual([error.name, error.message, error.hint], [Kind.name, 'what and where', 'what to do']);
    }
  });
});
