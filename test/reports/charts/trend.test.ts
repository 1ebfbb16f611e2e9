import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Chart } from '../../../reports/html/charts/chart.js';
import { trendChart } from '../../../reports/html/charts/trend.js';
import type { RunRecord, TrendPoint } from '../../../src/domain/run-record.js';
import type { Status } from '../../../src/domain/status.js';
import { isExposed, STATUSES } from '../../../src/domain/status.js';
import { assertChartLaws, numberIn, tableRows } from './chart-laws.js';
import { sampleRun } from '../sample-run.js';
import { record } from './many-records.js';
import type { Element } from './well-formed.js';
import { textOf } from './well-formed.js';

const WEEK_MS = 7 * 86_400_000;
const START = Date.UTC(2024, 10, 20, 3);

/** Runs at these times, each of which found something of everything. */
function points(instants: readonly number[]): readonly TrendPoint[] {
  return instants.map((at, i) => ({
    scan_id: `run-${i}`,
    at: new Date(at).toISOString(),
    statuses: {
      'ntp-monlist': { new: (i % 3) + 1, persisting: 20 + (i % 7), fixed: i % 4 },
      chargen: { persisting: 2, reopened: 1, unknown: (i % 2) + 1 },
    },
  }));
}

const weekly = (count: number): readonly TrendPoint[] =>
  points(Array.from({ length: count }, (_, i) => START + i * WEEK_MS));

const anyCounts = fc.dictionary(fc.constantFrom<string>(...STATUSES), fc.nat(500));
const anyPoints = fc
  .array(
    fc.record({
      at: fc.integer({ min: START, max: START + 200 * WEEK_MS }),
      addresses: fc.nat(1_000_000),
      statuses: fc.dictionary(fc.constantFrom('ntp-monlist', 'chargen', 'dns-any'), anyCounts),
    }),
    { minLength: 2, maxLength: 20 },
  )
  .map((list) =>
    list
      .toSorted((a, b) => a.at - b.at)
      .map(({ at, ...rest }, i) => ({ scan_id: `run-${i}`, at: new Date(at).toISOString(), ...rest })),
  );

/** The chart of a run that found what the last of these says, after the others. */
function trendOf(list: readonly TrendPoint[], more: Partial<RunRecord> = {}): Chart {
  const last = list.at(-1);
  assert.ok(last);
  const records = Object.entries(last.statuses).flatMap(([probe, counts]) =>
    Object.entries(counts).flatMap(([status, count]) =>
      Array.from({ length: count }, () => record({ probe, status: status as Status })),
    ),
  );
  const history = { earlier_runs: list.length - 1, not_targeted: 0, trend: list.slice(0, -1) };
  return trendChart({ ...sampleRun, started: last.at, history, ...more }, records);
}

describe('the trend', () => {
  it('has a row and a column for each run, whatever the runs found and when', () => {
    fc.assert(
      fc.property(anyPoints, (list) => {
        const chart = trendOf(list);
        const elements = assertChartLaws(chart);
        const rows = tableRows(chart).toReversed();
        assert.equal(rows.length, list.length);
        list.forEach(({ addresses, statuses }, i) => {
          const figures = (rows[i] ?? []).slice(1).map(numberIn);
          const [exposed, ...counts] = figures.slice(0, -1);
          const asked = i < list.length - 1 ? addresses : sampleRun.targets.addresses;
          assert.equal(figures.at(-1), asked);
          const of = (status: string): number =>
            Object.values(statuses).reduce((sum, found) => sum + (found[status] ?? 0), 0);
          assert.deepEqual(counts, STATUSES.map(of));
          assert.equal(
            exposed,
            STATUSES.filter(isExposed).reduce((sum, status) => sum + of(status), 0),
          );
        });
        const columns = pointed(elements);
        if (columns.length > 0) assert.equal(columns.length, list.length);
      }),
    );
  });

  it('draws columns whose heights are to one another as the counts, fixed below zero and unknown on top', () => {
    const [first, second] = points([START, START + WEEK_MS]);
    assert.ok(first && second);
    const elements = assertChartLaws(
      trendOf([
        { ...first, statuses: { chargen: { persisting: 40 } } },
        { ...second, statuses: { chargen: { persisting: 20, reopened: 5, new: 10, unknown: 5, fixed: 15 } } },
      ]),
    );
    const boxes = (status: string): readonly { top: number; bottom: number }[] =>
      [...pathOf(elements, status).matchAll(/M[\d.]+ ([\d.]+)h[\d.]+V([\d.]+)/g)].map(([, top, bottom]) => ({
        top: Number(top),
        bottom: Number(bottom),
      }));
    const [before, now] = boxes('persisting');
    const [reopened] = boxes('reopened');
    const [fresh] = boxes('new');
    const [unknown] = boxes('unknown');
    const [fixed] = boxes('fixed');
    assert.ok(before && now && reopened && fresh && unknown && fixed);
    const zero = now.bottom;
    assert.deepEqual([reopened.bottom, fresh.bottom, unknown.bottom], [now.top, reopened.top, fresh.top]);
    assert.equal(fixed.top, zero);
    const unit = (before.bottom - before.top) / 40;
    for (const [box, count] of [
      [now, 20],
      [reopened, 5],
      [fresh, 10],
      [unknown, 5],
      [fixed, 15],
    ] as const)
      assert.ok(Math.abs(box.bottom - box.top - count * unit) < 0.11, `${count}`);
  });

  it('shows one that is new, unknown or fixed among thousands', () => {
    const [first, second] = points([START, START + WEEK_MS]);
    assert.ok(first && second);
    const elements = assertChartLaws(
      trendOf([
        { ...first, statuses: { chargen: { persisting: 9000 } } },
        { ...second, statuses: { chargen: { persisting: 9000, new: 1, unknown: 1, fixed: 1 } } },
      ]),
    );
    for (const status of ['new', 'unknown', 'fixed']) {
      const [, top, bottom] = /M[\d.]+ ([\d.]+)h[\d.]+V([\d.]+)/.exec(pathOf(elements, status)) ?? [];
      assert.ok(Number(bottom) - Number(top) >= 1.4, status);
    }
  });

  it('keeps the distances of time: a week is seven times a day', () => {
    const list = points([START, START + WEEK_MS / 7, START + (8 * WEEK_MS) / 7]);
    const [a, b, c] = pointed(assertChartLaws(trendOf(list))).map(({ attributes }) =>
      Number(attributes['x']),
    );
    assert.ok(a !== undefined && b !== undefined && c !== undefined);
    assert.ok(Math.abs((c - b) / (b - a) - 7) < 0.05);
  });

  it('draws 2, 6, 52 and 104 runs within its frame, the same every time', () => {
    for (const count of [2, 6, 52, 104]) {
      const chart = trendOf(weekly(count));
      const elements = assertChartLaws(chart);
      const columns = pointed(elements);
      assert.equal(columns.length, count);
      for (const { attributes } of columns) {
        assert.ok(
          Number(attributes['x']) >= 0 && Number(attributes['x']) + Number(attributes['width']) <= 480,
        );
      }
      for (const [i, { attributes }] of columns.slice(1).entries())
        assert.ok(
          Number(attributes['x']) >= Number(columns[i]?.attributes['x']) + Number(attributes['width']),
        );
      assert.ok(chart.svg.toString().length < 50_000);
      assert.deepEqual(trendOf(weekly(count)), chart);
    }
  });

  it('says in a sentence that one run is no trend, and that many found nothing', () => {
    const one = trendOf(weekly(1));
    assertChartLaws(one);
    assert.match(one.svg.toString(), /begins with the next run/);
    assert.equal(tableRows(one).length, 1);
    const clean = trendOf(weekly(3).map((point) => ({ ...point, statuses: {} })));
    assertChartLaws(clean);
    assert.match(clean.svg.toString(), /None of these 3 runs found anything/);
    for (const { svg } of [one, clean]) assert.doesNotMatch(svg.toString(), /<svg/);
  });

  it('marks a run that is not whole, in drawing, table and words, so that it is not taken for a fall', () => {
    const list = weekly(2).map((point, i) => ({ ...point, statuses: i === 0 ? point.statuses : {} }));
    const whole = trendOf(list);
    assert.match(whole.svg.toString(), /24 in the first, 0 in this one\. Unknown/);
    assert.doesNotMatch(`${whole.svg.toString()}${whole.table?.toString()}`, /not all|partial/i);
    for (const more of [
      { complete: false },
      { losses: { ...sampleRun.losses, any: true } },
      { settings: { ...sampleRun.settings, shard: '1/3' } },
    ]) {
      const chart = trendOf(list, more);
      const elements = assertChartLaws(chart);
      assert.equal(elements.filter(({ attributes }) => attributes['class'] === 'partial').length, 2);
      assert.match(chart.svg.toString(), /at least 0 in this one\. Not all is known of this run/);
      const rows = tableRows(chart).map(([name]) => name);
      assert.match(rows[0] ?? '', /\(not all is known\)$/);
      assert.match(rows[1] ?? '', /UTC$/);
      assert.match(textOf(pointed(elements)[1] ?? assert.fail()), /, not all is known/);
    }
    const earlier = trendOf(list.map((point, i) => (i === 0 ? { ...point, not_whole: true } : point)));
    const rows = tableRows(earlier).map(([name]) => name);
    assert.match(rows[1] ?? '', /\(not all is known\)$/);
    assert.match(rows[0] ?? '', /UTC$/);
  });

  it('calls the first of those shown the first only where none was before', () => {
    const about = (earlier_runs: number): string =>
      trendOf(weekly(3), {
        history: { earlier_runs, not_targeted: 0, trend: weekly(3).slice(0, 2) },
      }).svg.toString();
    assert.match(about(2), /in the first, .*初回/);
    assert.match(about(105), /in the first shown, .*最初の回（表示分）/);
  });

  it('says why there is one run only', () => {
    const text = (more: Partial<RunRecord>): string => trendOf(weekly(1), more).svg.toString();
    assert.match(
      text({ history: { earlier_runs: 3, not_targeted: 0 } }),
      /The figures of the earlier runs \(3\) are not in run\.json/,
    );
    assert.match(text({ settings: { ...sampleRun.settings, shard: '1/3' } }), /A shard is a part of a run/);
    assert.match(text({ complete: false }), /This run was stopped/);
  });

  it('writes times in UTC', () => {
    const [column] = pointed(assertChartLaws(trendOf(weekly(2))));
    assert.ok(column);
    assert.match(textOf(column), /^2024-11-20 03:00:00 UTC: new 1, /);
  });
});

function pointed(elements: readonly Element[]): readonly Element[] {
  return elements.filter(({ attributes }) => attributes['class'] === 'pointed');
}

function pathOf(elements: readonly Element[], status: string): string {
  const path = elements.filter(
    ({ name, attributes }) =>
      name === 'path' && attributes['class'] === status && /[hV]/.test(attributes['d'] ?? ''),
  );
  assert.equal(path.length, 1);
  return path[0]?.attributes['d'] ?? '';
}
