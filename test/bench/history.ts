import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HistoryUpdate } from './history-process.js';
import { runMeasured } from './measured-process.js';
import type { Part } from './part.js';
import type { Cell } from './table.js';
import { megabytes, seconds, table } from './table.js';

const MOST_SECONDS = 5;
const MOST_BYTES = 300e6;

/** What the 53rd weekly run does with a history of 500,000 exposures: reads it, tells statuses, takes itself in. */
export const showHistory: Part = {
  names: ['history'],
  async run({ runs, note }) {
    const out = await mkdtemp(join(tmpdir(), 'ampscope-bench-history-'));
    const script = join(import.meta.dirname, 'history-process.js');
    try {
      const updates: (HistoryUpdate & { peakRssBytes: number; cpuSeconds: number })[] = [];
      for (let i = 0; i < runs; i++) {
        note('history: a year of runs');
        // It is made anew each time: the update changes it.
        await runMeasured(script, ['prepare', out], { node: ['--max-old-space-size=4096'] });
        const { stdout, peakRssBytes, cpuSeconds } = await runMeasured(script, ['update', out]);
        updates.push({ ...(JSON.parse(stdout) as HistoryUpdate), peakRssBytes, cpuSeconds });
      }
      const all = ({ openMs, statusesMs, takeInMs }: HistoryUpdate): number =>
        (openMs + statusesMs + takeInMs) / 1000;
      const middle = updates.toSorted((a, b) => all(a) - all(b))[Math.floor(updates.length / 2)];
      if (middle === undefined) throw new RangeError('no runs');
      const peak = Math.max(...updates.map(({ peakRssBytes }) => peakRssBytes));
      const header: readonly Cell[] = [
        { en: 'known exposures', ja: '既知の検出' },
        { en: 'rows of the run', ja: '今回の行' },
        { en: 'reading it', ja: '読み込み' },
        { en: 'telling statuses', ja: '状態の判定' },
        { en: 'taking the run in', ja: '今回の取り込み' },
        { en: 'CPU in all', ja: 'CPU 合計' },
        { en: 'peak RSS', ja: '最大 RSS' },
      ];
      const cells: readonly Cell[] = [
        middle.exposures.toLocaleString('en'),
        middle.rows.toLocaleString('en'),
        ...[middle.openMs, middle.statusesMs, middle.takeInMs].map((ms) => seconds(ms / 1000)),
        seconds(middle.cpuSeconds),
        megabytes(peak),
      ];
      return {
        verdicts: [
          {
            target: '500,000 exposures over 52 runs: the update takes less than 5 s',
            met: all(middle) < MOST_SECONDS,
            seen: seconds(all(middle)),
          },
          {
            target: '500,000 exposures over 52 runs: the update needs less than 300 MB',
            met: peak < MOST_BYTES,
            seen: megabytes(peak),
          },
        ],
        texts: {
          en: [`History: the update after 52 weekly runs, median of ${runs}.`, table(header, [cells])],
          ja: [
            `履歴: 週 1 回、52 回の調査後の更新、${runs} 回の中央値。`,
            table(header, [cells], { language: 'ja' }),
          ],
        },
      };
    } finally {
      await rm(out, { recursive: true });
    }
  },
};
