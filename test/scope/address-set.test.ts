import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Range } from '../../src/domain/address.js';
import { formatAddress, formatPrefix, ipv4, ipv6 } from '../../src/domain/address.js';
import { eachRange } from '../../src/domain/ranges.js';
import type { AddressSet } from '../../src/scope/address-set.js';
import {
  addressSet,
  difference,
  holds,
  intersection,
  isEmpty,
  lastNotAbove,
  membership,
  sizeOf,
  toPrefixes,
  touches,
} from '../../src/scope/address-set.js';
import { address, range } from './scope-of.js';

const everything: readonly Range[] = [
  { first: ipv4(0), last: ipv4(0xffff_ffff) },
  { first: ipv6(0n), last: ipv6((1n << 128n) - 1n) },
];

function set(...texts: readonly string[]): AddressSet {
  return addressSet(texts.map(range));
}

function shown({ ranges }: AddressSet): readonly string[] {
  return Array.from(eachRange(ranges), ({ first, last }) => `${formatAddress(first)}-${formatAddress(last)}`);
}

describe('a set of addresses', () => {
  it('is kept as the fewest ranges: sorted, overlapping and adjacent ones joined', () => {
    assert.deepEqual(
      shown(set('2001:db8::1', '192.0.2.128/25', '192.0.2.0/25', '10.0.0.0/8', '10.9.0.0/16', '2001:db8::')),
      ['10.0.0.0-10.255.255.255', '192.0.2.0-192.0.2.255', '2001:db8::-2001:db8::1'],
    );
  });

  it('does not join the last IPv4 address to the first IPv6 one', () => {
    assert.deepEqual(shown(set('255.255.255.255', '::')), ['255.255.255.255-255.255.255.255', '::-::']);
  });

  it('takes no range that ends before it begins or mixes families', () => {
    assert.throws(() => addressSet([{ first: ipv4(2), last: ipv4(1) }]), RangeError);
    assert.throws(() => addressSet([{ first: ipv4(2), last: ipv6(3n) }]), RangeError);
  });

  it('never takes one family for the other, however alike the bits are', () => {
    // The three questions that ip-cidr answers with yes.
    assert.equal(membership(set('10.0.0.0/8'))(address('a00::1')), false);
    assert.equal(membership(set('32.1.13.0/24'))(address('2001:db8::1')), false);
    assert.equal(membership(set('2001:db8::/32'))(address('32.1.13.184')), false);
    const [allIpv4, allIpv6] = everything.map((all) => membership(addressSet([all])));
    assert.deepEqual([allIpv4?.(ipv6(1n)), allIpv4?.(ipv4(1))], [false, true]);
    assert.deepEqual([allIpv6?.(ipv4(1)), allIpv6?.(ipv6(1n))], [false, true]);
  });

  it('holds a range where all of it is in one of its own, and touches one where any of it is', () => {
    const some = set('192.0.2.0/28', '192.0.2.32/28', '2001:db8::10/124');
    for (const [first, last, isHeld, isTouched] of [
      ['192.0.2.0', '192.0.2.15', true, true],
      ['192.0.2.15', '192.0.2.15', true, true],
      ['192.0.2.15', '192.0.2.32', false, true],
      ['192.0.2.16', '192.0.2.31', false, false],
      ['192.0.2.16', '192.0.2.32', false, true],
      ['192.0.1.0', '192.0.1.255', false, false],
      ['192.0.1.255', '192.0.2.255', false, true],
      ['192.0.2.48', '255.255.255.255', false, false],
      ['2001:db8::10', '2001:db8::1f', true, true],
      ['2001:db8::f', '2001:db8::1f', false, true],
      ['2001:db8::1f', '2001:db8::20', false, true],
      ['2001:db8::', '2001:db8::f', false, false],
      ['2001:db8::20', 'ffff::', false, false],
    ] as const) {
      const asked = { first: address(first), last: address(last) };
      assert.equal(holds(some, asked), isHeld, `${first}-${last} held`);
      assert.equal(touches(some, asked), isTouched, `${first}-${last} touched`);
    }
    assert.equal(holds(addressSet([]), range('::')), false);
    assert.equal(touches(addressSet([]), range('0.0.0.0')), false);
  });

  it('finds the last element that is not above a value', () => {
    assert.deepEqual(
      [0, 1, 2, 3, 5, 9].map((value) => lastNotAbove([1, 3, 3, 5], value)),
      [-1, 0, 0, 2, 3, 3],
    );
    assert.equal(lastNotAbove([], 1), -1);
  });

  it('counts both families exactly', () => {
    assert.equal(sizeOf(addressSet(everything)), (1n << 128n) + (1n << 32n));
    assert.equal(sizeOf(addressSet([])), 0n);
    assert.equal(sizeOf(set('192.0.2.0/24', '10.0.0.1', '2001:db8::1', '2001:db8::10/124')), 274n);
  });

  it('of everything less one address is everything but that address', () => {
    const left = difference(addressSet(everything), set('127.0.0.1', '::'));
    assert.deepEqual(shown(left), [
      '0.0.0.0-127.0.0.0',
      '127.0.0.2-255.255.255.255',
      '::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    ]);
    const whole = addressSet([...eachRange(left.ranges), range('127.0.0.1'), range('::')]);
    assert.deepEqual([...eachRange(whole.ranges)], everything);
    assert.ok(isEmpty(intersection(left, set('127.0.0.1', '::'))));
  });

  it('less everything is empty, also at the ends of both families', () => {
    assert.ok(
      isEmpty(difference(set('255.255.255.255', '0.0.0.0', '::', '2001:db8::/32'), addressSet(everything))),
    );
  });

  it('is written with the fewest prefixes', () => {
    const from1To6 = addressSet([{ first: address('10.0.0.1'), last: address('10.0.0.6') }]);
    assert.deepEqual(toPrefixes(from1To6).map(formatPrefix), [
      '10.0.0.1/32',
      '10.0.0.2/31',
      '10.0.0.4/31',
      '10.0.0.6/32',
    ]);
    assert.deepEqual(toPrefixes(addressSet(everything)).map(formatPrefix), ['0.0.0.0/0', '::/0']);
    const from1To6Of6 = addressSet([{ first: address('::1'), last: address('::6') }, range('::8')]);
    assert.deepEqual(toPrefixes(from1To6Of6).map(formatPrefix), [
      ...['::1/128', '::2/127', '::4/127', '::6/128', '::8/128'],
    ]);
  });
});
