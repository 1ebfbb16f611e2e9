import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { outlinePath } from '../../../reports/html/charts/outline.js';

const SIDE = 8;
const anyCells = fc
  .uniqueArray(fc.integer({ min: 0, max: SIDE * SIDE - 1 }))
  .map((numbers) => numbers.map((n) => ({ x: n % SIDE, y: Math.floor(n / SIDE) })));

describe('the outline of cells', () => {
  it('is four strokes for a rectangle of whatever size', () => {
    const cells = Array.from({ length: 40 * 30 }, (_, i) => ({ x: i % 40, y: Math.floor(i / 40) }));
    assert.equal(outlinePath(cells), 'M0 0h40v30h-40v-30z');
    assert.equal(outlinePath([]), '');
  });

  it('encloses exactly these cells, whatever their form, with holes and corners that touch', () => {
    fc.assert(
      fc.property(anyCells, (cells) => {
        const path = outlinePath(cells);
        const taken = new Set(cells.map(({ x, y }) => `${x} ${y}`));
        for (let y = 0; y < SIDE; y++)
          for (let x = 0; x < SIDE; x++)
            assert.equal(winding(path, x + 0.5, y + 0.5), taken.has(`${x} ${y}`) ? 1 : 0, path);
      }),
    );
  });
});

/** How often the path goes around a point, clockwise: its crossings of the ray to the right. */
function winding(path: string, x: number, y: number): number {
  let [atX, atY, turns] = [0, 0, 0];
  for (const [, letter = '', first = '', second = ''] of path.matchAll(
    /([Mhvz])(?:(-?\d+)(?: (-?\d+))?)?/g,
  )) {
    if (letter === 'M') [atX, atY] = [Number(first), Number(second)];
    if (letter === 'h') atX += Number(first);
    if (letter !== 'v') continue;
    const next = atY + Number(first);
    if (atX > x && Math.min(atY, next) < y && y < Math.max(atY, next)) turns += Math.sign(next - atY);
    atY = next;
  }
  return turns;
}
