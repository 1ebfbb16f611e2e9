import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { hilbertDistance, hilbertPlace } from '../../../reports/html/charts/hilbert.js';

/** An order up to that of all IPv4 addresses, and a number on its curve. */
const onCurve = fc
  .integer({ min: 0, max: 16 })
  .chain((order) => fc.tuple(fc.constant(order), fc.integer({ min: 0, max: 4 ** order - 1 })));

describe('the Hilbert curve', () => {
  it('begins as the map of the Internet of xkcd 195 does: 0, 1, 14, 15, 16, 19, 20, 21 in the first row', () => {
    const row = Array.from({ length: 8 }, (_, x) => hilbertDistance(4, { x, y: 0 }));
    assert.deepEqual(row, [0, 1, 14, 15, 16, 19, 20, 21]);
    assert.deepEqual(hilbertPlace(4, 255), { x: 15, y: 0 });
  });

  it('gives every number one place and every place one number', () => {
    fc.assert(
      fc.property(onCurve, ([order, distance]) => {
        const place = hilbertPlace(order, distance);
        assert.ok(Math.max(place.x, place.y) < 2 ** order);
        assert.equal(hilbertDistance(order, place), distance);
      }),
    );
    for (let order = 0; order <= 4; order++) {
      const places = Array.from({ length: 4 ** order }, (_, d) => JSON.stringify(hilbertPlace(order, d)));
      assert.equal(new Set(places).size, 4 ** order);
    }
  });

  it('puts each number beside the one before', () => {
    fc.assert(
      fc.property(onCurve, ([order, distance]) => {
        fc.pre(distance > 0);
        const [a, b] = [hilbertPlace(order, distance - 1), hilbertPlace(order, distance)];
        assert.equal(Math.abs(a.x - b.x) + Math.abs(a.y - b.y), 1);
      }),
    );
  });

  it('makes a square of every aligned block of 4^k numbers', () => {
    fc.assert(
      fc.property(onCurve, fc.integer({ min: 0, max: 3 }), ([order, distance], k) => {
        fc.pre(k <= order);
        const first = distance - (distance % 4 ** k);
        const places = Array.from({ length: 4 ** k }, (_, i) => hilbertPlace(order, first + i));
        for (const axis of ['x', 'y'] as const) {
          const values = places.map((place) => place[axis]);
          assert.equal(Math.max(...values) - Math.min(...values), 2 ** k - 1);
          assert.equal(Math.min(...values) % 2 ** k, 0);
        }
      }),
    );
  });

  it('refuses what does not lie on it', () => {
    for (const distance of [-1, 16, 1.5, NaN])
      assert.throws(() => hilbertPlace(2, distance), RangeError, String(distance));
    assert.throws(() => hilbertDistance(2, { x: 4, y: 0 }), RangeError);
  });
});
