import { whyMissing } from '../packages/fetch.js';
import { openPage, startBrowser } from '../browser/chromium.js';
import { reportPage } from '../browser/report-page.js';
import { largeRun } from '../reports/large-run.js';
import type { Part } from './part.js';
import type { Cell } from './table.js';
import { median, seconds, table } from './table.js';

const FINDINGS = 10_000;
const MOST_SECONDS = 1;
const MOST_BYTES = 3e6;
const DESK = { width: 1280, height: 900 };

/** From a press to the frame that shows what came of it. */
const AFTER = (press: string): string =>
  `new Promise((seen) => { const pressed = performance.now(); ${press}; requestAnimationFrame(() => setTimeout(() => seen(performance.now() - pressed))) })`;

/** report.html of 10,000 findings, in a browser: how soon something is seen, and how soon it is sorted. */
export const showReport: Part = {
  names: ['report'],
  async run({ runs, note }) {
    const why = whyMissing('browser');
    if (why !== undefined) {
      note(`report: left out, ${why}`);
      return { texts: { en: [], ja: [] }, verdicts: [] };
    }
    const { run, records } = largeRun(FINDINGS);
    const html = reportPage(run, records);
    const chromium = await startBrowser();
    const times: { paintMs: number; loadMs: number; sortMs: number }[] = [];
    try {
      const path = chromium.write('report.html', html);
      for (let i = 0; i < runs; i++) {
        note(`report: ${FINDINGS} findings in a browser`);
        const { page } = await openPage(chromium.browser, path, { viewport: DESK });
        times.push({
          paintMs: await page.evaluate(
            `new Promise((seen) => new PerformanceObserver((list) => { for (const { name, startTime } of list.getEntries()) if (name === 'first-contentful-paint') seen(startTime) }).observe({ type: 'paint', buffered: true }))`,
          ),
          loadMs: await page.evaluate(`performance.getEntriesByType('navigation')[0].loadEventEnd`),
          sortMs: await page.evaluate(AFTER(`document.querySelectorAll('#list thead button')[2].click()`)),
        });
        await page.context().close();
      }
    } finally {
      await chromium.close();
    }
    const middle = (of: (one: (typeof times)[number]) => number): number => median(times.map(of)) / 1000;
    const paint = middle(({ paintMs }) => paintMs);
    const bytes = Buffer.byteLength(html);
    const header: readonly Cell[] = [
      { en: 'findings', ja: '検出' },
      { en: 'file', ja: 'ファイル' },
      { en: 'first paint', ja: '最初の描画' },
      { en: 'loaded', ja: '読み込み完了' },
      { en: 'sorted by address', ja: 'アドレス順の並べ替え' },
    ];
    const cells: readonly Cell[] = [
      FINDINGS.toLocaleString('en'),
      `${(bytes / 1e6).toFixed(2)} MB`,
      `${paint.toFixed(2)} s`,
      seconds(middle(({ loadMs }) => loadMs)),
      seconds(middle(({ sortMs }) => sortMs)),
    ];
    return {
      verdicts: [
        {
          target: '10,000 findings: the first paint of report.html within 1 s',
          met: paint < MOST_SECONDS,
          seen: `${paint.toFixed(2)} s`,
        },
        {
          target: '10,000 findings: report.html is below 3 MB',
          met: bytes < MOST_BYTES,
          seen: `${(bytes / 1e6).toFixed(2)} MB`,
        },
      ],
      texts: {
        en: [`report.html in Chromium, median of ${runs}.`, table(header, [cells])],
        ja: [
          `Chromium で開いた report.html、${runs} 回の中央値。`,
          table(header, [cells], { language: 'ja' }),
        ],
      },
    };
  },
};
