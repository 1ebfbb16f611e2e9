import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { probes } from '../../../probes/list.js';
import { exposedByAs, exposedByProbe, MOST_BARS } from '../../../reports/html/charts/exposed.js';
import { sortRecords } from '../../../src/domain/sort-records.js';
import { SEVERITIES } from '../../../src/domain/finding.js';
import { isExposed, STATUSES } from '../../../src/domain/status.js';
import { sampleRun } from '../sample-run.js';
import { assertChartLaws, numberIn, tableRows } from './chart-laws.js';
import { textOf } from './well-formed.js';
import { HOSTILE_NAME, manyRecords, record, wideRun } from './many-records.js';

const anyRecords = fc
  .array(
    fc.record({
      probe: fc.constantFrom('chargen', 'dns-any', 'ntp-monlist'),
      severity: fc.constantFrom(...SEVERITIES),
      status: fc.constantFrom(...STATUSES),
      asn: fc.integer({ min: 64_496, max: 64_530 }),
    }),
    { maxLength: 60 },
  )
  .map((rows) => sortRecords(rows.map(record)));

describe('what is exposed, in bars', () => {
  it('has in its table, and in the names of its segments, exactly what is exposed', () => {
    fc.assert(
      fc.property(anyRecords, (records) => {
        const exposed = records.filter(({ status }) => isExposed(status)).length;
        for (const chart of [exposedByProbe(sampleRun, records, probes), exposedByAs(sampleRun, records)]) {
          const elements = assertChartLaws(chart);
          const rows = tableRows(chart);
          assert.equal(sum(rows.map((row) => numberIn(row.at(-1)))), exposed);
          for (const [, ...figures] of rows)
            assert.equal(sum(figures.slice(0, -1).map(numberIn)), numberIn(figures.at(-1)));
          const segments = elements.filter(
            ({ name, attributes }) => name === 'rect' && 'height' in attributes,
          );
          const drawn = segments.flatMap(({ children: [title] }) =>
            typeof title === 'object' ? Number(/^\w+ ([\d,]+) \//.exec(textOf(title))?.[1]) : [],
          );
          assert.equal(sum(drawn), exposed);
        }
      }),
    );
  });

  it('show a probe that was asked and has none as 0, and as not known after a run that lost something', () => {
    const records = [record({ probe: 'dns-any', severity: 'high' })];
    const totals = (run: typeof sampleRun): unknown =>
      tableRows(exposedByProbe(run, records, probes)).map((row) => [row[0], row.at(-1)]);
    assert.deepEqual(totals(sampleRun), [
      ['dns-any', '1'],
      ['chargen', '0'],
      ['ntp-monlist', '0'],
    ]);
    for (const run of [
      { ...sampleRun, complete: false },
      { ...sampleRun, losses: { ...sampleRun.losses, any: true } },
    ])
      assert.deepEqual(totals(run), [
        ['dns-any', '1'],
        ['chargen', 'not known'],
        ['ntp-monlist', 'not known'],
      ]);
  });

  it('have no figure of a severity where the total is not known', () => {
    const records = [record({ probe: 'dns-any', severity: 'high' })];
    assert.deepEqual(tableRows(exposedByProbe({ ...sampleRun, complete: false }, records, probes)), [
      ['dns-any', '0', '1', '0', '0', '0', '1'],
      ['chargen', '', '', '', '', '', 'not known'],
      ['ntp-monlist', '', '', '', '', '', 'not known'],
    ]);
  });

  it('draw nothing for a clean sweep, and say clean only where that is known', () => {
    for (const chart of [exposedByProbe(sampleRun, [], probes), exposedByAs(sampleRun, [])]) {
      assertChartLaws(chart);
      assert.match(chart.svg.toString(), /Nothing exposed was found\.</);
      assert.doesNotMatch(chart.svg.toString(), /<svg/);
      assert.ok(tableRows(chart).length > 0);
    }
    const stopped = exposedByProbe({ ...sampleRun, complete: false }, [], probes);
    assert.match(stopped.svg.toString(), /it is not known that there is nothing/);
  });

  it('sum the ASes beyond the first 15 in one bar', () => {
    const records = sortRecords(
      Array.from({ length: 40 }, (_, i) =>
        Array.from({ length: i + 1 }, () => record({ asn: 64_600 + i })),
      ).flat(),
    );
    const rows = tableRows(exposedByAs(sampleRun, records));
    assert.equal(rows.length, MOST_BARS + 1);
    assert.deepEqual(rows[0]?.slice(-1), ['40']);
    // 25 ASes with 1 to 25, and the two of the scope that have none.
    assert.deepEqual([rows.at(-1)?.[0], rows.at(-1)?.at(-1)], ['others (28)', '325']);
  });

  it('stay small and the same at 10,000 findings, and escape what others call themselves', () => {
    const records = manyRecords(10_000);
    for (const draw of [
      () => exposedByProbe(wideRun, records, probes),
      () => exposedByAs(wideRun, records),
    ]) {
      const chart = draw();
      const elements = assertChartLaws(chart);
      assert.ok(elements.length < 1000, String(elements.length));
      assert.deepEqual(draw(), chart);
    }
    const text = exposedByAs(wideRun, records).svg.toString();
    assert.ok(text.includes('&lt;/text&gt;&lt;script&gt;') && !text.includes(HOSTILE_NAME));
  });
});

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
