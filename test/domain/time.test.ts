import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { endOfDay, formatDay, formatInstant, formatStamp, parseDurationMs } from '../../src/domain/time.js';

describe('a time is written in UTC', () => {
  const instant = Date.UTC(2026, 10, 20, 3, 4, 5, 999);

  it('to the second, cut and not rounded', () => {
    assert.equal(formatInstant(instant), '2026-11-20T03:04:05Z');
  });

  it('as a day', () => {
    assert.equal(formatDay(instant), '2026-11-20');
  });

  it('as a file name without colons that sorts as time does', () => {
    assert.equal(formatStamp(instant), '2026-11-20T030405Z');
    const moment = fc.integer({ min: 0, max: Date.UTC(2100, 0) });
    fc.assert(
      fc.property(moment, moment, (a, b) => {
        const [early, late] = a < b ? [a, b] : [b, a];
        assert.ok(formatStamp(early) <= formatStamp(late));
        assert.match(formatStamp(early), /^\d{4}-\d\d-\d\dT\d{6}Z$/);
      }),
    );
  });
});

describe('the end of a day', () => {
  it('is its last millisecond in UTC', () => {
    assert.equal(endOfDay('2027-03-31'), Date.UTC(2027, 3, 1) - 1);
    assert.equal(endOfDay('2028-02-29'), Date.UTC(2028, 2, 1) - 1);
  });

  const noDays = [
    '2027-02-29',
    '2027-02-30',
    '2027-13-01',
    '2027-00-10',
    '2027-04-31',
    '2027-4-1',
    '27-04-01',
  ];
  for (const text of [...noDays, '2027-04-01T00:00', ' 2027-04-01', '2027-04-01\n', '', 'tomorrow']) {
    it(`of ${JSON.stringify(text)} is none`, () => {
      assert.equal(endOfDay(text), undefined);
    });
  }

  it('lies on that day, for every day', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60_000 }), (days) => {
        const day = formatDay(days * 86_400_000);
        const end = endOfDay(day);
        assert.ok(end !== undefined);
        assert.equal(formatDay(end), day);
        assert.notEqual(formatDay(end + 1), day);
      }),
    );
  });
});

describe('a duration', () => {
  const table = [
    ['300ms', 300],
    ['8s', 8000],
    ['1.5s', 1500],
    ['0.001s', 1],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['0s', 0],
    ['1.1s', 1100],
  ] as const;
  for (const [text, ms] of table) {
    it(`${text} is ${ms} ms`, () => {
      assert.equal(parseDurationMs(text), ms);
    });
  }

  for (const text of [
    '',
    '8',
    '8 s',
    ' 8s',
    '8s\n',
    '-8s',
    '+8s',
    '.5s',
    '5.s',
    '1e3s',
    '8S',
    '8d',
    '1m30s',
    '1,5s',
    's',
    'NaNms',
    '1.2345s',
  ])
    it(`is not ${JSON.stringify(text)}`, () => {
      assert.equal(parseDurationMs(text), undefined);
    });
});
