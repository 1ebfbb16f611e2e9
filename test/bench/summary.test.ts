import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { summaryOf } from './compare.js';
import type { Row } from './ways.js';

const row = (work: string, way: string, figures: Partial<Row>): Row => ({
  work: { en: work, ja: work },
  way: { en: way, ja: `${way}!` },
  wallMs: 1000,
  responders: 200,
  peakRssBytes: 1e6,
  cpuSeconds: 1,
  ...figures,
});

const C = row('/12', 'C, `sendto` each', { packetsPerSecond: 200_000 });

describe('the short table of the READMEs', () => {
  it('has the median speed against C, the worst of what was found, and heavy replies beside', () => {
    const summary = summaryOf([
      C,
      row('/16', 'ampscope', { packetsPerSecond: 90_000, found: 200, exact: 200 }),
      row('/16', 'ampscope', { packetsPerSecond: 100_000, found: 199, exact: 190 }),
      row('/16', 'ampscope', { packetsPerSecond: 110_000, found: 200, exact: 200 }),
      // A rate that was asked for is no speed.
      row('/16', 'ampscope', { packetsPerSecond: 10_000, found: 0, exact: 0, asked: 10_000 }),
      row('/16, heavy', 'ampscope --receive-buffer 212992', { found: 150, exact: 100 }),
      row('/16', 'masscan', { packetsPerSecond: 300_000, found: 200 }),
    ]);
    const lines = summary?.en.split('\n').map((line) => line.split('|').map((cell) => cell.trim())) ?? [];
    assert.deepEqual(lines.slice(2), [
      ['', 'ampscope (/16)', '0.50', '99.5 %', '95 %', '75 %', '50 %', ''],
      ['', 'masscan (/16)', '1.5', '100 %', '–', '–', '–', ''],
    ]);
    assert.ok(summary?.ja.includes('| ampscope! (/16) '));
  });

  it('does not exist without a yardstick in C', () => {
    assert.equal(summaryOf([row('/16', 'ampscope', { packetsPerSecond: 1 })]), undefined);
  });
});
