/**
 * `node dist/test/browser/screenshots.js FOLDER`, as root: report.html as people see it, on a desk and on a telephone,
 * light and dark, in both languages, and on paper. The findings are those of the tests.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { largeRun } from '../reports/large-run.js';
import { fetchPackages } from '../packages/fetch.js';
import { openPage, startBrowser } from './chromium.js';
import { comparedRun, hostileRun, reportPage, sampleRecords } from './report-page.js';

const DESK = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };

const [folder] = process.argv.slice(2);
if (folder === undefined || process.getuid?.() !== 0) {
  console.error('as root, with the folder to write to: node dist/test/browser/screenshots.js FOLDER');
  process.exitCode = 2;
} else await takeAll(folder);

async function takeAll(into: string): Promise<void> {
  fetchPackages('browser', (line) => {
    console.error(line);
  });
  mkdirSync(into, { recursive: true });
  const many = largeRun(60);
  const chromium = await startBrowser();
  try {
    const pages = {
      many: chromium.write('many.html', reportPage(many.run, many.records)),
      sample: chromium.write('sample.html', reportPage(comparedRun, sampleRecords)),
      hostile: chromium.write('hostile.html', reportPage(hostileRun.run, hostileRun.records)),
      clean: chromium.write('clean.html', reportPage(comparedRun, [])),
    };
    for (const [name, path] of Object.entries(pages))
      for (const language of ['en', 'ja'] as const)
        for (const colorScheme of ['light', 'dark'] as const)
          for (const [place, viewport] of Object.entries({ desk: DESK, phone: PHONE })) {
            const { page } = await openPage(chromium.browser, path, { language, colorScheme, viewport });
            const file = join(into, `${name}-${language}-${colorScheme}-${place}`);
            await page.screenshot({ path: `${file}.png`, fullPage: true });
            if (colorScheme === 'light' && viewport === DESK)
              await page.pdf({ path: `${file}.pdf`, format: 'A4' });
            await page.context().close();
            console.log(`${file}.png`);
          }
  } finally {
    await chromium.close();
  }
}
