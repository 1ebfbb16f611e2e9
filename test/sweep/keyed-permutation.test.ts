import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Key } from '../../src/sweep/keyed-permutation.js';
import { keyedPermutation, permute, unpermute } from '../../src/sweep/keyed-permutation.js';

const KEY = keyOf(1);

describe('a keyed permutation', () => {
  it('reaches each value of every size from 1 to 2,000 exactly once, and its inverse leads back', () => {
    for (let size = 1; size <= 2000; size++) {
      const seen = new Uint8Array(size);
      for (let index = 0; index < size; index++) {
        const value = permute(size, KEY, size & 7, index);
        if (!(value >= 0 && value < size) || seen[value] !== 0)
          assert.fail(`size ${size}: ${index} to ${value}`);
        seen[value] = 1;
        if (unpermute(size, KEY, size & 7, value) !== index)
          assert.fail(`size ${size}: no way back from ${value}`);
      }
    }
  });

  it('is undone by its inverse in sizes up to 2^48, both ways', () => {
    const place = fc
      .integer({ min: 1, max: 2 ** 48 })
      .chain((size) => fc.tuple(fc.constant(size), fc.integer({ min: 0, max: size - 1 })));
    fc.assert(
      fc.property(place, fc.integer(), fc.integer(), ([size, index], tweak, seed) => {
        const permutation = keyedPermutation(size, keyOf(seed), tweak);
        const value = permutation.at(index);
        assert.ok(Number.isInteger(value) && value >= 0 && value < size);
        assert.equal(permutation.inverse(value), index);
        assert.equal(permutation.at(permutation.inverse(index)), index);
      }),
      { numRuns: 3000 },
    );
  });

  it('stays the one of earlier versions, whose runs go on in its order', () => {
    for (const [size, tweak, first, second, last] of [
      [256, 1, 192, 176, 238],
      [5000, -7, 1911, 3479, 1190],
      [65_536, 0, 28_532, 17_126, 51_743],
      [2 ** 33 + 9, 3, 5_759_413_937, 1_619_428_932, 7_154_846_191],
      [2 ** 53, 2 ** 31, 1_634_237_272_601_559, 261_998_019_577_186, 1_197_316_169_749_845],
    ] as const)
      assert.deepEqual(
        [0, 1, size - 1].map((index) => permute(size, KEY, tweak, index)),
        [first, second, last],
      );
  });

  it('is another for another key, and for another tweak', () => {
    const orders = [
      ...[1, 2, 3, 4].map((seed) => orderOf(1000, keyOf(seed), 0)),
      ...[1, 2, 3, -1].map((tweak) => orderOf(1000, KEY, tweak)),
    ];
    for (const [index, order] of orders.entries()) {
      for (const other of orders.slice(index + 1)) {
        const fixed = order.filter((value, place) => other[place] === value).length;
        // Two random orders agree in one place on average; ten is one in ten million.
        assert.ok(fixed < 10, `${fixed} places of 1,000 in common`);
      }
    }
  });

  it('depends on every one of the words it says it uses', () => {
    const base = orderOf(1000, KEY, 5).join();
    for (const word of [0, 1, 2, 3, 4, 5, 7]) {
      const changed = Uint32Array.from(KEY);
      changed[word] = ((changed[word] ?? 0) ^ 0x10) >>> 0;
      assert.notEqual(orderOf(1000, changed, 5).join(), base, `word ${word}`);
    }
  });

  it('spreads: neighbours go far apart, and every eighth of the range gets its eighth', () => {
    const size = 65_536;
    const order = orderOf(size, KEY, 0);
    const close = order.filter(
      (value, place) => Math.abs(value - (order[place + 1] ?? 0)) < size / 256,
    ).length;
    // 2/256 of all pairs in a random order: 512.
    assert.ok(close > 400 && close < 640, `${close} close pairs`);
    const counts = new Array<number>(8).fill(0);
    for (const value of order.slice(0, 8000)) {
      const eighth = Math.floor((value * 8) / size);
      counts[eighth] = (counts[eighth] ?? 0) + 1;
    }
    for (const count of counts) assert.ok(count > 850 && count < 1150, counts.join());
  });
});

function orderOf(size: number, key: Key, tweak: number): number[] {
  return Array.from({ length: size }, (_, index) => permute(size, key, tweak, index));
}

/** Eight words from one, by a linear congruential generator. */
function keyOf(seed: number): Key {
  let state = seed >>> 0;
  return Uint32Array.from({ length: 8 }, () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0));
}
