import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { probes } from '../../../probes/list.js';
import { factorChart, publishedRange } from '../../../reports/html/charts/factors.js';
import { isExposed, STATUSES } from '../../../src/domain/status.js';
import { assertChartLaws, numberIn, tableRows } from './chart-laws.js';
import { manyRecords, record, recordWithout, wideRun } from './many-records.js';
import type { Element } from './well-formed.js';
import { textOf } from './well-formed.js';

const anyRecords = fc.array(
  fc
    .record({
      probe: fc.constantFrom('chargen', 'dns-any', 'snmp-v3-discovery', 'gone-from-the-list'),
      status: fc.constantFrom(...STATUSES),
      request_size: fc.integer({ min: 1, max: 64 }),
      lower_bound: fc.boolean(),
      amplification: fc.oneof(
        fc.constantFrom(undefined, 0, 0.01, 0.1, 1, 10, 100, 1000, 10_000),
        fc.integer({ min: 1, max: 20_000_000 }).map((hundredths) => hundredths / 100),
      ),
    })
    .map(({ amplification, lower_bound, ...more }) => ({
      ...recordWithout(['amplification'], more),
      ...(amplification !== undefined && { amplification }),
      ...(lower_bound && { lower_bound }),
    })),
  { maxLength: 60 },
);

describe('the factors', () => {
  it('are in the table and in the columns as many as there are, lower bounds and those without one apart', () => {
    fc.assert(
      fc.property(anyRecords, (records) => {
        const exposed = records.filter(({ status }) => isExposed(status));
        const measured = exposed.filter(({ amplification = 0 }) => amplification > 0);
        const bounds = measured.filter(({ lower_bound }) => lower_bound).length;
        const chart = factorChart(records, probes);
        const columns = columnsOf(assertChartLaws(chart));
        if (exposed.length === 0) {
          assert.equal(chart.table, undefined);
          return;
        }
        const rows = tableRows(chart);
        const inColumn = (index: number): number => sum(rows.map((row) => numberIn(row[index])));
        assert.deepEqual(
          [inColumn(2), inColumn(3), inColumn(4)],
          [measured.length, bounds, exposed.length - measured.length],
        );
        assert.equal(sum(columns.map(({ count }) => count)), measured.length);
        assert.equal(sum(columns.map(({ lowerBounds }) => lowerBounds)), bounds);
      }),
    );
  });

  it('lie on a logarithmic axis: every factor of ten is as far', () => {
    const columns = columnsOf(
      assertChartLaws(
        factorChart(
          [1, 10, 100, 1000].map((amplification) => record({ amplification, probe: 'echo' })),
          probes,
        ),
      ),
    );
    const [a = 0, b = 0, c = 0, d = 0] = columns.map(({ x }) => x);
    assert.equal(a, 0);
    assert.ok(b > 0 && Math.abs(c - 2 * b) < 0.3 && Math.abs(d - 3 * b) < 0.3);
  });

  it('stand beside their request size, a range where there are several', () => {
    const text = (sizes: readonly number[]): string =>
      factorChart(
        sizes.map((request_size) => record({ request_size, probe: 'dns-any' })),
        probes,
      ).svg.toString();
    assert.match(text([8, 8]), /n = 2 · request 8 bytes</);
    assert.match(text([64, 8, 40]), /n = 3 · request 8–64 bytes</);
  });

  it('stand beside what is published, with its source: a line for one factor, two for a range, none for none', () => {
    const lines = (probe: string): readonly Element[] =>
      assertChartLaws(factorChart([record({ probe })], probes)).filter(
        ({ attributes }) =>
          attributes['class'] === 'published' && attributes['d']?.startsWith('M10 ') === false,
      );
    const marks = (probe: string): number => lines(probe)[0]?.attributes['d']?.match(/V/g)?.length ?? 0;
    assert.deepEqual([marks('ntp-monlist'), marks('dns-any'), marks('snmp-v3-discovery')], [1, 2, 0]);
    const text = factorChart([record({ probe: 'chargen' })], probes).svg.toString();
    assert.match(text, /published 358.8: US-CERT TA14-017A; Rossow, NDSS 2014/);
  });

  it('have a published range that is read as numbers, for every probe', () => {
    const rangeOf = (factor: string): unknown => publishedRange({ factor, source: 's' });
    assert.deepEqual(rangeOf('556.9'), [556.9, 556.9]);
    assert.deepEqual(rangeOf('28-54'), [28, 54]);
    assert.deepEqual(rangeOf('10,000-51,000'), [10_000, 51_000]);
    for (const text of ['-', '', 'high', '54-28']) assert.equal(rangeOf(text), undefined, text);
    for (const { id, published } of probes)
      if (published && published.factor !== '-') assert.ok(publishedRange(published), id);
  });

  it('have a median and a maximum that are lower bounds where one of them is, whichever', () => {
    const figures = (more: object): string | undefined => {
      const factors = [9.5, 10].map((amplification, i) =>
        record({ probe: 'chargen', amplification, ...(i === 0 && more) }),
      );
      const [row] = tableRows(factorChart(factors, probes));
      return row?.slice(5, 7).join(' ');
    };
    assert.equal(figures({}), '9.75 10.00');
    assert.equal(figures({ lower_bound: true }), '≥9.75 ≥10.00');
    assert.equal(figures({ basis: 'sweep' }), '†9.75 †10.00');
    const text = (more: object): string => factorChart([record(more)], probes).svg.toString();
    assert.match(text({ lower_bound: true }), /≥ marks a lower bound/);
    assert.match(text({ basis: 'sweep' }), /of the sweep alone/);
    assert.doesNotMatch(text({}), /≥ marks/);
  });

  it('say in a sentence that there are none', () => {
    const clean = factorChart([], probes);
    assertChartLaws(clean);
    assert.match(clean.svg.toString(), /no factor to show/);
    const without = factorChart([recordWithout(['amplification'])], probes);
    assertChartLaws(without);
    assert.match(without.svg.toString(), /None of the 1 findings has a factor/);
  });

  it('of 10,000 findings make no more elements than there are bins', () => {
    const records = manyRecords(10_000);
    const chart = factorChart(records, probes);
    const elements = assertChartLaws(chart);
    const most = { elements: 150 * wideRun.probes.length, bytes: 10_000 * wideRun.probes.length };
    assert.ok(elements.length < most.elements, String(elements.length));
    assert.ok(chart.svg.toString().length < most.bytes);
    assert.deepEqual(factorChart(records, probes), chart);
  });
});

function columnsOf(
  elements: readonly Element[],
): readonly { readonly x: number; readonly count: number; readonly lowerBounds: number }[] {
  return elements
    .filter(({ attributes }) => attributes['class'] === 'pointed')
    .map((element) => {
      const [, count, lowerBounds = '0'] =
        /^BAF [\d.,]+ to [\d.,]+: ([\d,]+)(?:, of these ([\d,]+) lower bounds)? \//.exec(textOf(element)) ??
        [];
      return {
        x: Number(element.attributes['x']),
        count: numberIn(count),
        lowerBounds: numberIn(lowerBounds),
      };
    });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
