import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Range } from '../../src/domain/address.js';
import { ipv4, ipv6 } from '../../src/domain/address.js';
import { eachRange, rangeAt, rangeCount, toRanges } from '../../src/domain/ranges.js';

const four = (first: number, last = first): Range => ({ first: ipv4(first), last: ipv4(last) });
const six = (first: bigint, last = first): Range => ({ first: ipv6(first), last: ipv6(last) });

describe('ranges in columns', () => {
  for (const [name, given] of [
    ['none', []],
    ['single addresses of both families', [four(0), four(0xffff_ffff), six(0n), six((1n << 128n) - 1n)]],
    [
      'wide ones before and after single ones',
      [four(1, 5), four(7), six(1n), six(2n), six(5n, 9n), six(11n)],
    ],
    ['IPv6 alone, a wide one first', [six(5n, 9n), six(11n)]],
  ] as const)
    it(`give back what was put in: ${name}`, () => {
      const ranges = toRanges(given);
      assert.equal(rangeCount(ranges), given.length);
      assert.deepEqual([...eachRange(ranges)], given);
      assert.deepEqual(
        given.map((_, i) => rangeAt(ranges, i)),
        given,
      );
      for (const outside of [-1, given.length]) assert.equal(rangeAt(ranges, outside), undefined);
    });

  it('have IPv4 before IPv6, each family in the order in which it came', () => {
    assert.deepEqual(
      [...eachRange(toRanges([six(9n), four(9), six(1n, 2n), four(1)]))],
      [four(9), four(1), six(9n), six(1n, 2n)],
    );
  });

  it('need one column for single addresses of IPv6, as most long lists hold them', () => {
    const single = toRanges([six(1n), six(2n)]);
    assert.equal(single.lasts6, single.firsts6);
    assert.notEqual(toRanges([six(1n), six(2n, 3n)]).lasts6, single.firsts6);
  });

  it('are no place for a range that ends before it begins or mixes families', () => {
    const no = (first: Range, last: Range): void => {
      assert.throws(
        () => toRanges([{ first: first.first, last: last.last }]),
        new RangeError(`no range: ${first.first.toString()} to ${last.last.toString()}`),
      );
    };
    no(four(2), four(1));
    no(six(2n), six(1n));
    no(four(1), six(2n));
    no(six(1n), four(2));
  });
});
