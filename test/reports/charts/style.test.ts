import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chartStyle } from '../../../reports/html/charts/style.js';
import { style } from '../../../reports/html/style.js';

/** WCAG 2.2, 1.4.11 and 1.4.3. */
const LEAST = { mark: 3, text: 4.5 };

/** What marks are drawn in, and what text is. */
const MARKS = ['critical', 'high', 'medium', 'low', 'info', 'accent', 'new', 'fixed', 'muted', 'ink'];
const TEXTS = ['ink', 'muted'];

const [light = '', dark = ''] = [...style.matchAll(/:root \{([^}]*)\}/g)].map(([, block]) => block);

describe('the colours of the charts', () => {
  it('are custom properties of the page, and no others', () => {
    const used = new Set([...chartStyle.matchAll(/var\(--([a-z]+)\)/g)].map(([, name = '']) => name));
    assert.ok(used.size > 8);
    for (const name of used)
      assert.ok(
        [light, dark].every((block) => colourOf(block, name)),
        name,
      );
    assert.doesNotMatch(chartStyle, /#[0-9a-f]{3}|rgb|!important/);
    assert.ok(style.includes(chartStyle.trim()), 'the page has them');
  });

  for (const [name, block] of [
    ['the light', light],
    ['the dark', dark],
  ] as const)
    it(`stand out in ${name}: marks 3 to 1, text 4.5 to 1, on paper and on what was asked`, () => {
      for (const ground of ['paper', 'card'])
        for (const [list, least] of [
          [MARKS, LEAST.mark],
          [TEXTS, LEAST.text],
        ] as const)
          for (const mark of list) {
            const ratio = contrast(colourOf(block, mark), colourOf(block, ground));
            assert.ok(ratio >= least, `${mark} on ${ground}: ${ratio}`);
          }
    });
});

function colourOf(block: string, name: string): string {
  return new RegExp(`--${name}: (#[0-9a-f]+)`).exec(block)?.[1] ?? '';
}

/** WCAG 2.2, "contrast ratio". */
function contrast(a: string, b: string): number {
  const [dark = 0, bright = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (bright + 0.05) / (dark + 0.05);
}

/** WCAG 2.2, "relative luminance". */
function luminance(hex: string): number {
  const digits = hex.length === 4 ? hex.replace(/[0-9a-f]/g, '$&$&') : hex;
  assert.match(digits, /^#[0-9a-f]{6}$/);
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = parseInt(digits.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
