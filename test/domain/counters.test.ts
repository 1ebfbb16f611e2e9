import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { add, addByKey } from '../../src/domain/counters.js';

interface Sample {
  readonly sent: number;
  readonly drops?: number;
  readonly inPass: readonly number[];
  readonly byProbe: readonly { readonly bytes: number }[];
  readonly more: { readonly odd: number };
}

const counts = fc.nat(2 ** 40);
const samples: fc.Arbitrary<Sample> = fc.record(
  {
    sent: counts,
    drops: counts,
    inPass: fc.array(counts, { maxLength: 4 }),
    byProbe: fc.array(fc.record({ bytes: counts }, { noNullPrototype: true }), { maxLength: 4 }),
    more: fc.record({ odd: counts }, { noNullPrototype: true }),
  },
  { noNullPrototype: true, requiredKeys: ['sent', 'inPass', 'byProbe', 'more'] },
);

describe('the sum of two records of counters', () => {
  it('is the same in any order and any grouping', () => {
    fc.assert(
      fc.property(samples, samples, samples, (a, b, c) => {
        assert.deepEqual(add(a, b), add(b, a));
        assert.deepEqual(add(add(a, b), c), add(a, add(b, c)));
      }),
    );
  });

  it('adds every number by its place, whatever the keys, and loses none of a longer list', () => {
    const a: Sample = { sent: 1, drops: 2, inPass: [3], byProbe: [{ bytes: 4 }], more: { odd: 5 } };
    const b: Sample = { sent: 10, drops: 20, inPass: [30, 31], byProbe: [{ bytes: 40 }], more: { odd: 50 } };
    assert.deepEqual(add(a, b), {
      sent: 11,
      drops: 22,
      inPass: [33, 31],
      byProbe: [{ bytes: 44 }],
      more: { odd: 55 },
    });
  });

  it('lacks what one of them lacks: it is not known of both', () => {
    const a: { readonly sent: number; readonly drops?: number } = { sent: 1 };
    for (const sum of [add(a, { sent: 2, drops: 3 }), add({ sent: 2, drops: 3 }, a)])
      assert.deepEqual(sum, { sent: 3 });
    const unknown = { sent: 1, drops: undefined } as unknown as typeof a;
    assert.deepEqual(add(unknown, { sent: 2, drops: 3 }), { sent: 3 });
    assert.deepEqual(add({ sent: 2, drops: 3 }, unknown), { sent: 3 });
  });

  it('has by key what either counted, the keys sorted', () => {
    const sum = addByKey({ refused: 1, silent: 2 }, { refused: 4, closed: 8 });
    assert.deepEqual(Object.entries(sum), [
      ['closed', 8],
      ['refused', 5],
      ['silent', 2],
    ]);
  });

  it('is none of what is no counter', () => {
    // @ts-expect-error a text cannot be summed
    assert.throws(() => add({ sent: 1, seed: 'x' }, { sent: 1, seed: 'y' }), /^RangeError: no counters$/);
    const mixed: readonly (readonly [unknown, unknown])[] = [
      [1, [1]],
      [[1], { sent: 1 }],
      [{ sent: 1 }, [1]],
      [{ sent: 1 }, 1],
      [null, { sent: 1 }],
      [{ sent: 1 }, null],
    ];
    for (const [a, b] of mixed)
      assert.throws(() => add({ part: a }, { part: b }), RangeError, JSON.stringify([a, b]));
  });
});
