import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { BrowserContextOptions, Page } from 'playwright-core';
import type { FindingRecord } from '../../src/domain/finding-record.js';
import { compareAddresses, parseAddress } from '../../src/domain/address.js';
import { probes } from '../../probes/list.js';
import { largeRun } from '../reports/large-run.js';
import { whyMissing } from '../packages/fetch.js';
import { accessibilityProblems, openPage, startBrowser, type OfflineBrowser } from './chromium.js';
import { comparedRun, hostileRun, reportPage, sampleRecords } from './report-page.js';

const skip = whyMissing('browser') ?? false;
const MEGABYTE = 1_000_000;
const MEDIUM = 500;
const LARGE = 10_000;
const PHONES = [360, 390];
const DESKTOP = { width: 1280, height: 900 };

describe('report.html in a browser', { skip }, () => {
  let chromium: OfflineBrowser;
  let sample: string;
  let hostile: string;
  let medium: string;
  let large: string;
  before(async () => {
    chromium = await startBrowser();
    sample = chromium.write('sample.html', reportPage(comparedRun, sampleRecords));
    hostile = chromium.write('hostile.html', reportPage(hostileRun.run, hostileRun.records));
    medium = chromium.write('medium.html', largePage(MEDIUM));
    large = chromium.write('large.html', largePage(LARGE));
  });
  after(() => chromium.close());

  const show = async (
    file: string,
    options: BrowserContextOptions & { readonly language?: 'en' | 'ja' },
    look: (page: Page) => Promise<void>,
  ): Promise<readonly string[]> => {
    const opened = await openPage(chromium.browser, file, { viewport: DESKTOP, ...options });
    try {
      await look(opened.page);
      return await opened.misdeeds();
    } finally {
      await opened.page.context().close();
    }
  };

  it('is watched by tests that see a script, a request, a dialog, a low contrast, a wide page and a foreign word', async () => {
    const bad = chromium.write(
      'bad.html',
      `<!DOCTYPE html><html lang="en"><meta charset="utf-8">
       <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src *; script-src 'sha256-5jFwrAK0UV47oFbVg/iCCBbxD8X1w+QvoOUepu4C2YA='">
       <title>Bad</title><script>document.title = 'refused'</script>
       <p style="color: #bbb; width: 2000px">日本語</p><img src="https://192.0.2.1/x.png"><img src="other.png">`,
    );
    const misdeeds = await show(bad, {}, async (page) => {
      assert.equal(await page.title(), 'Bad');
      assert.match(await visibleText(page), /日本語/);
      await page.evaluate(`document.querySelector('p').style.cssText = 'width: 2000px; color: #bbb'`);
      assert.ok((await overflow(page)) > 0);
      assert.match((await accessibilityProblems(page)).join('\n'), /color-contrast.*\n.*image-alt/s);
      await page.evaluate(`setTimeout(() => { alert(1); console.error('two'); throw new Error('three') })`);
      await page.waitForTimeout(100);
    });
    for (const expected of [
      /^policy: script-src/,
      /^request: https:\/\/192\.0\.2\.1\/x\.png/,
      /^request: file:.*other\.png/,
      /^dialog: 1/,
      /^console: two/,
      /^exception: three/,
    ])
      assert.ok(
        misdeeds.some((line) => expected.test(line)),
        `${expected.source} in ${misdeeds.join('\n')}`,
      );
  });

  for (const language of ['en', 'ja'] as const)
    it(`opens without an error, a breach of its policy, a dialog or a request (${language})`, async () => {
      for (const file of [sample, hostile, medium]) {
        const misdeeds = await show(file, { language }, async (page) => {
          assert.equal(await page.locator('html').getAttribute('lang'), language);
          assert.ok((await page.locator('#list tbody tr').count()) > 0);
        });
        assert.deepEqual(misdeeds, [], file);
      }
    });

  it('is read without a script, in both languages', async () => {
    const misdeeds = await show(sample, { javaScriptEnabled: false }, async (page) => {
      assert.ok(!(await page.locator('#controls').isVisible()));
      assert.equal(await page.locator('#list tbody tr:visible').count(), sampleRecords.length);
      const english = await visibleText(page);
      for (const { ip } of sampleRecords) assert.ok(english.includes(ip), ip);
      await speak(page, 'ja');
      const japanese = await visibleText(page);
      assert.notEqual(japanese, english);
      assert.match(japanese, /深刻度/);
      for (const { ip } of sampleRecords) assert.ok(japanese.includes(ip), ip);
    });
    assert.deepEqual(misdeeds, []);
  });

  it('finds rows by any of their words, and says how many', async () => {
    await show(sample, {}, async (page) => {
      const search = page.locator('#search');
      const status = page.locator('#matches');
      assert.equal(await status.getAttribute('role'), 'status');
      for (const [texts, fits] of [
        ['198.51.100.2', ({ ip }) => ip.includes('198.51.100.2')],
        ['CHARGEN 192.0', ({ probe, ip }) => probe === 'chargen' && ip.startsWith('192.0')],
        ['ｃ－１００１', ({ customer }) => customer === 'C-1001'],
        ['nothing of the kind', () => false],
        ['', () => true],
      ] as const satisfies readonly (readonly [string, (record: FindingRecord) => boolean])[]) {
        const expected = sampleRecords.filter(fits).map(({ ip }) => ip);
        await search.fill(texts);
        await rowsShown(page, (count) => count === expected.length);
        assert.deepEqual((await column(page, 'Address')).sort(), expected.sort(), texts);
        assert.ok(
          (await status.innerText()).startsWith(`${expected.length} of ${sampleRecords.length} rows`),
        );
      }
    });
  });

  it('sorts by every column, up and down, what is unknown last', async () => {
    const misdeeds = await show(medium, {}, async (page) => {
      for (const name of await headings(page)) {
        const orders = [await sortOnce(page, name), await sortOnce(page, name)];
        assert.deepEqual(orders.sort(), ['ascending', 'descending'], name);
      }
    });
    assert.deepEqual(misdeeds, []);
  });

  it('sorts and searches all of ten thousand rows, of which it shows the first ones and more on request', async () => {
    await show(large, {}, async (page) => {
      assert.equal(await sortOnce(page, 'Address'), 'ascending');
      const inOrder = largeRun(LARGE)
        .records.map(({ ip }) => ip)
        .sort((a, b) => compareAddresses(addressIn(a), addressIn(b)));
      const first = await column(page, 'Address');
      assert.ok(first.length >= 100);
      assert.deepEqual(first, inOrder.slice(0, first.length));
      await page.locator('#more button').click();
      const more = await column(page, 'Address');
      assert.ok(more.length > first.length);
      assert.deepEqual(more, inOrder.slice(0, more.length));
      await page.locator('#search').fill('198.19.207.');
      const fitting = inOrder.filter((ip) => ip.startsWith('198.19.207.'));
      assert.ok(fitting.length > 0);
      await rowsShown(page, (count) => count === fitting.length);
      assert.deepEqual(await column(page, 'Address'), fitting);
    });
  });

  it('prints every row, and shows every row where there is no script', async () => {
    for (const javaScriptEnabled of [true, false])
      await show(large, { javaScriptEnabled }, async (page) => {
        if (javaScriptEnabled) await page.evaluate(`dispatchEvent(new Event('beforeprint'))`);
        assert.equal(await page.locator('#list tbody tr').count(), LARGE);
      });
  });

  it('is below 3 MB with ten thousand findings', () => {
    const bytes = Buffer.byteLength(largePage(LARGE));
    assert.ok(bytes > MEGABYTE && bytes < 3 * MEGABYTE, `${bytes} bytes`);
  });

  it('is worked with the keyboard alone, and shows where one is', async () => {
    await show(sample, {}, async (page) => {
      const expected = await page.evaluate<number>(TAB_STOPS);
      assert.ok(expected > 15, `${expected}`);
      const stops: string[] = [];
      for (let press = 0; press < expected + 5; press++) {
        await page.keyboard.press('Tab');
        const stop = await page.evaluate<{ name: string; outline: string } | null>(FOCUSED);
        if (stop === null) break;
        assert.match(stop.outline, /^(solid|auto|dashed|double) [1-9]/, `${stop.name} shows its focus`);
        stops.push(stop.name);
      }
      assert.equal(stops.length, expected, stops.join('\n'));
      assert.match(stops[0] ?? '', /^a .*Skip/);
      const sorts = page.locator('#list thead button');
      for (const [key, place] of [
        ['Enter', 2],
        ['Space', 7],
      ] as const) {
        await sorts.nth(place).focus();
        await page.keyboard.press(key);
        assert.ok(await page.locator('#list thead th').nth(place).getAttribute('aria-sort'), key);
      }
      await page.locator('#en').focus();
      await page.keyboard.press('ArrowDown');
      assert.equal(await page.locator('html').getAttribute('lang'), 'ja');
      await page.locator('#search').focus();
      await page.keyboard.type('192.0.2.9');
      await rowsShown(page, (count) => count === 1);
    });
  });

  it('speaks one language at a time: English with no Japanese but in names, Japanese with no English sentence', async () => {
    for (const file of [sample, medium]) {
      await show(file, { language: 'en' }, async (page) => {
        const foreign = (await textsOf(page)).filter((text) => JAPANESE.test(text));
        assert.deepEqual(foreign, []);
        await speak(page, 'ja');
        const english = (await textsOf(page)).filter(
          (text) => !JAPANESE.test(text) && /([A-Za-z]{2,}[,;:]? ){2}[A-Za-z]{2,}/.test(text),
        );
        assert.deepEqual(english, []);
        assert.match(await visibleText(page), /深刻度[\s\S]*対策/);
        await speak(page, 'en');
        assert.deepEqual(
          (await textsOf(page)).filter((text) => JAPANESE.test(text)),
          [],
        );
      });
    }
  });

  it('turns dark with the system, and light again on paper', async () => {
    const colours = async (page: Page): Promise<readonly string[]> =>
      page.evaluate(
        `(({ backgroundColor, color }) => [backgroundColor, color])(getComputedStyle(document.body))`,
      );
    const seen: (readonly string[])[] = [];
    for (const colorScheme of ['light', 'dark'] as const)
      await show(sample, { colorScheme }, async (page) => {
        seen.push(await colours(page));
        if (colorScheme === 'dark') {
          await page.emulateMedia({ media: 'print' });
          seen.push(await colours(page));
        }
      });
    const [light, dark, paper] = seen;
    assert.notDeepEqual(dark, light);
    assert.deepEqual(paper?.[1], light?.[1]);
  });

  it('moves nothing where the system asks for rest', async () => {
    await show(sample, { reducedMotion: 'reduce' }, async (page) => {
      const moving = await page.evaluate<string[]>(
        `[...document.querySelectorAll('*')].filter((element) => {
          const { animationName, transitionDuration, scrollBehavior } = getComputedStyle(element);
          return animationName !== 'none' || transitionDuration.split(', ').some((time) => parseFloat(time) > 0) || scrollBehavior === 'smooth';
        }).map(({ tagName }) => tagName)`,
      );
      assert.deepEqual(moving, []);
    });
  });

  it('fits a telephone without scrolling sideways', async () => {
    for (const file of [sample, hostile])
      await show(file, {}, async (page) => {
        for (const language of ['en', 'ja'] as const) {
          await speak(page, language);
          for (const width of PHONES) {
            await page.setViewportSize({ width, height: 740 });
            assert.equal(await overflow(page), 0, `${file} ${width} ${language}: ${await widest(page)}`);
          }
        }
      });
  });

  it('prints what it says, and nothing to press', async () => {
    await show(sample, {}, async (page) => {
      assert.ok(await page.locator('#controls').isVisible());
      await page.emulateMedia({ media: 'print' });
      for (const control of ['#controls', '#en', '#ja'])
        assert.ok(!(await page.locator(control).isVisible()), control);
      assert.equal(await page.locator('#list tbody tr:visible').count(), sampleRecords.length);
      const pdf = await page.pdf({ format: 'A4' });
      assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
      const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
      assert.ok(pages >= 2 && pages <= 20, `${pages} pages`);
    });
  });

  it('runs and breaks nothing of what hostile servers and names put into it', async () => {
    const misdeeds = await show(hostile, {}, async (page) => {
      assert.equal(await page.locator('#list tbody tr').count(), hostileRun.records.length);
      assert.equal(await page.evaluate('typeof pwned'), 'undefined');
      const markup = await page.evaluate<Record<string, number>>(
        `Object.fromEntries(['script', 'img', 'iframe', 'object', 'form', 'a[href^="javascript" i]', 'a[href*="//"]', '[onerror], [onload], [onclick], [style]']
          .map((selector) => [selector, document.querySelectorAll(selector).length]))`,
      );
      const { script, form, ...others } = markup;
      assert.deepEqual([script, form], [1, 1]);
      for (const [selector, count] of Object.entries(others)) assert.equal(count, 0, selector);
      const text = await page.evaluate<string>('document.body.textContent');
      assert.deepEqual(text.match(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}]/gu), null);
      assert.ok(text.includes('<script>'), 'the text itself is shown');
      for (const path of await page.evaluate<string[]>(
        `[...document.links].map((link) => link.getAttribute('href'))`,
      ))
        assert.match(path, /^(#|[\w%.~-]+(\/[\w%.~-]+)*$)/);
      await page.locator('#search').fill('</script>');
      await rowsShown(page, (count) => count < hostileRun.records.length);
      assert.ok((await page.locator('#list tbody tr:visible').count()) > 0);
    });
    assert.deepEqual(misdeeds, []);
  });

  for (const colorScheme of ['light', 'dark'] as const)
    it(`is found accessible by axe in both languages, on a desk and on a telephone (${colorScheme})`, async () => {
      await show(sample, { colorScheme }, async (page) => {
        for (const language of ['en', 'ja'] as const) {
          await page.setViewportSize(DESKTOP);
          await speak(page, language);
          for (const viewport of [DESKTOP, { width: 390, height: 844 }]) {
            await page.setViewportSize(viewport);
            assert.deepEqual(await accessibilityProblems(page), [], `${language} ${viewport.width}`);
          }
        }
      });
    });
});

function largePage(count: number): string {
  const { run, records } = largeRun(count);
  return reportPage(run, records);
}

/** Presses a heading and holds the order of its column against it. @returns its `aria-sort`. */
async function sortOnce(page: Page, name: string): Promise<string | null> {
  const head = page.locator('#list thead th').nth((await headings(page)).indexOf(name));
  await head.getByRole('button').click();
  const order = await head.getAttribute('aria-sort');
  const cells = await column(page, name);
  const known = cells.filter((cell) => cell !== '');
  assert.ok(
    known.length > 1 && cells.slice(known.length).every((cell) => cell === ''),
    `${name}: unknown last`,
  );
  const compare = comparison(name);
  for (let at = 1; at < known.length; at++) {
    const [a = '', b = ''] = known.slice(at - 1, at + 1);
    assert.ok((order === 'descending' ? -1 : 1) * compare(a, b) <= 0, `${name} ${order}: ${a} before ${b}`);
  }
  return order;
}

const JAPANESE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
const RANKS = [
  'critical',
  'high',
  'medium',
  'low',
  'info',
  'new',
  'reopened',
  'persisting',
  'unknown',
  'fixed',
];

/** How a column is sorted: in our own words, not the page's. */
function comparison(name: string): (a: string, b: string) => number {
  switch (name) {
    case 'Severity':
    case 'Status':
      return (a, b) => RANKS.indexOf(a) - RANKS.indexOf(b);
    case 'Address':
      return (a, b) => compareAddresses(addressIn(a), addressIn(b));
    case 'Probe':
    case 'Customer':
    case 'Software':
      return (a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : a.toLowerCase() > b.toLowerCase() ? 1 : 0);
    default:
      return (a, b) => Number(a.replace(/[^\d.]/g, '')) - Number(b.replace(/[^\d.]/g, ''));
  }
}

function addressIn(text: string): ReturnType<typeof parseAddress> & {} {
  return parseAddress(text) ?? assert.fail(text);
}

async function headings(page: Page): Promise<readonly string[]> {
  return page.evaluate(
    `[...document.querySelectorAll('#list thead th')].map((head) => head.querySelector('[lang=en]').textContent.trim())`,
  );
}

/** The texts of a column's cells in the rows that are shown. */
async function column(page: Page, name: string): Promise<string[]> {
  const place = (await headings(page)).indexOf(name);
  assert.ok(place >= 0, name);
  return page.evaluate(
    `[...document.querySelectorAll('#list tbody tr:not([hidden])')].map((row) => row.cells[${place}].textContent.trim())`,
  );
}

async function speak(page: Page, language: 'en' | 'ja'): Promise<void> {
  await page.locator(`label[lang=${language}]`).click();
}

/** The page waits for the end of typing before it searches; its policy forbids Playwright's own way of waiting. */
async function rowsShown(page: Page, isDone: (count: number) => boolean): Promise<void> {
  let count = -1;
  for (let look = 0; look < 100; look++) {
    count = await page.evaluate<number>(`document.querySelectorAll('#list tbody tr:not([hidden])').length`);
    if (isDone(count)) return;
    await page.waitForTimeout(50);
  }
  assert.fail(`${count} rows are shown`);
}

async function visibleText(page: Page): Promise<string> {
  return page.locator('body').innerText();
}

/** How much wider than its window a page is. */
async function overflow(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

/** Who sticks out to the right. */
async function widest(page: Page): Promise<string> {
  return page.evaluate(
    `[...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > innerWidth && !one.closest('.scroll')).slice(0, 5)
      .map((one) => one.tagName + '.' + one.className + ' ' + one.textContent.slice(0, 40)).join(' | ')`,
  );
}

const NAMES = [
  ...['例示ネットワーク株式会社', 'EXAMPLE-AS', 'NOC manager, ticket 4711'],
  ...probes.map(({ standard }) => standard),
];

/** The visible texts that are ours: not the names of the languages, nor what the network and the scope name. */
async function textsOf(page: Page): Promise<readonly string[]> {
  return page.evaluate(`(() => {
    const found = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      const parent = node.parentElement;
      if (parent.closest('bdi, code, script, .languages, #list tbody') || !parent.checkVisibility()) continue;
      const text = ${JSON.stringify(NAMES)}.reduce((rest, name) => rest.replaceAll(name, ''), node.data).trim();
      if (text !== '') found.push(text);
    }
    return found;
  })()`);
}

/** Everything one can get to with the Tab key; of radio buttons of one name, one. */
const TAB_STOPS = `[...document.querySelectorAll('a[href], button, input, select, summary, [tabindex="0"]')]
  .filter((one) => one.checkVisibility() && !one.disabled && !(one.type === 'radio' && !one.checked)).length`;

const FOCUSED = `(() => {
  const one = document.activeElement;
  if (one === null || one === document.body) return null;
  const { outlineStyle, outlineWidth } = getComputedStyle(one);
  return { name: one.tagName.toLowerCase() + ' ' + (one.id || one.textContent.trim().slice(0, 30)), outline: outlineStyle + ' ' + outlineWidth };
})()`;
