import assert from 'node:assert/strict';
import { isIPv4, isIPv6 } from 'node:net';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Address } from '../../src/domain/address.js';
import {
  addressCount,
  addressesIn,
  addressPlus,
  bitsOf,
  compareAddresses,
  familyOf,
  formatAddress,
  formatPrefix,
  ipv4,
  ipv6,
  lastOf,
  parseAddress,
  predecessor,
  prefixOf,
  rangeSize,
  subnetOf,
  successor,
} from '../../src/domain/address.js';

const LAST_V6 = 2n ** 128n - 1n;
const v4 = fc.integer({ min: 0, max: 0xffff_ffff }).map(ipv4);
/** Groups that are often 0, so that there is something to shorten. */
const v6 = fc
  .array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), { minLength: 8, maxLength: 8 })
  .map((groups) => ipv6(groups.reduce((value, group) => (value << 16n) | BigInt(group), 0n)));
const address: fc.Arbitrary<Address> = fc.oneof(v4, v6);

describe('an IPv6 address is written as RFC 5952 says', () => {
  const table: readonly (readonly [given: string, written: string, section: string])[] = [
    ['2001:0db8:0000:0000:0000:0000:0000:0001', '2001:db8::1', '§4.1: no leading zeros'],
    ['2001:db8:0:0:0:0:2:1', '2001:db8::2:1', '§4.2.1: as short as possible'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1', '§4.2.2: not for one zero group'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1', '§4.2.3: the longest run'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1', '§4.2.3: the first of equals'],
    ['2001:DB8:AAAA::ABCD', '2001:db8:aaaa::abcd', '§4.3: lower case'],
    ['0:0:0:0:0:0:0:0', '::', 'all zero'],
    ['0:0:0:0:0:0:0:1', '::1', 'a run at the start'],
    ['fe80:0:0:0:0:0:0:0', 'fe80::', 'a run at the end'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0', '§4.2.2: also at the end'],
    [
      'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
      'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
      'nothing to shorten',
    ],
  ];
  for (const [given, written, section] of table) {
    it(`${given} is ${written}: ${section}`, () => {
      const parsed = parseAddress(given);
      assert.ok(parsed !== undefined);
      assert.equal(formatAddress(parsed), written);
    });
  }
});

describe('reading an address', () => {
  const refused = [
    ...[
      '',
      '1',
      '1.2.3',
      '1.2.3.4.5',
      '1.2.3.',
      '.1.2.3',
      '1..2.3',
      '256.1.1.1',
      '1.1.1.256',
      '01.2.3.4',
      '1.2.3.00',
    ],
    ...[
      '1.2.3.4 ',
      ' 1.2.3.4',
      '+1.2.3.4',
      '1.2.3.-4',
      '0x1.2.3.4',
      '1.2.3.4/32',
      '１.2.3.4',
      '1,2,3,4',
      '99999999999.1.1.1',
    ],
    ...[
      ':',
      ':::',
      '1::2::3',
      '1:2:3:4::5:6:7:8:9',
      '`::',
      '@::',
      '1:2:3:4:5:6:7',
      '1:2:3:4:5:6:7:8:9',
      '1:2:3:4:5:6:7:8::',
      '::1:2:3:4:5:6:7:8',
      '12345::',
    ],
    ...[
      'g::',
      ':1::',
      '1:',
      ':1',
      '::ffff:1.2.3.4',
      'fe80::1%eth0',
      '[::1]',
      ':: ',
      '::/0',
      '::0x1',
      '::+1',
      '::1_0',
    ],
  ];
  for (const text of refused) {
    it(`${JSON.stringify(text)} is none`, () => {
      assert.equal(parseAddress(text), undefined);
    });
  }

  it('knows the ends of both families', () => {
    assert.equal(parseAddress('0.0.0.0'), 0);
    assert.equal(parseAddress('255.255.255.255'), 0xffff_ffff);
    assert.equal(parseAddress('::'), 0n);
    assert.equal(parseAddress('ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'), LAST_V6);
  });

  it('undoes writing, and what is written is an address for the system too', () => {
    fc.assert(
      fc.property(address, (value) => {
        const text = formatAddress(value);
        assert.equal(parseAddress(text), value);
        assert.ok(familyOf(value) === 4 ? isIPv4(text) : isIPv6(text), text);
      }),
      { numRuns: 2000 },
    );
  });

  it('never finds an address where the system finds none, and never misses one in plain notation', () => {
    const likely = fc.string({
      unit: fc.constantFrom('0', '1', '2', '5', '9', 'a', 'f', ':', '.'),
      maxLength: 20,
    });
    fc.assert(
      fc.property(likely, (text) => {
        const parsed = parseAddress(text);
        const isPlain = isIPv4(text) || (isIPv6(text) && !text.includes('.'));
        assert.equal(parsed !== undefined, isPlain, text);
      }),
      { numRuns: 20_000 },
    );
  });
});

describe('the integers of addresses', () => {
  it('are refused where they are no address', () => {
    for (const value of [-1, 0.5, 2 ** 32, Number.NaN, Infinity])
      assert.throws(() => ipv4(value), new RangeError(`no IPv4 address: ${value}`));
    for (const value of [-1n, 2n ** 128n])
      assert.throws(() => ipv6(value), new RangeError(`no IPv6 address: ${value.toString()}`));
    assert.throws(() => addressPlus(ipv4(0xffff_ffff), 1), RangeError);
    assert.throws(() => addressPlus(ipv6(LAST_V6), 1), RangeError);
  });

  it('tell the families apart, whatever the value', () => {
    assert.equal(new Set<Address>([ipv4(1), ipv6(1n)]).size, 2);
    assert.equal(familyOf(ipv4(1)), 4);
    assert.equal(familyOf(ipv6(1n)), 6);
    assert.deepEqual([bitsOf(4), bitsOf(6)], [32, 128]);
  });

  it('are sorted IPv4 first, then by value', () => {
    const sorted = [ipv6(0n), ipv4(0xffff_ffff), ipv6(5n), ipv4(3)].toSorted(compareAddresses);
    assert.deepEqual(sorted, [3, 0xffff_ffff, 0n, 5n]);
    // The same bits in both families.
    assert.equal(compareAddresses(ipv4(5), ipv6(5n)), -1);
    assert.equal(compareAddresses(ipv6(0n), ipv4(0)), 1);
    fc.assert(
      fc.property(address, address, (a, b) => {
        assert.equal(compareAddresses(a, b), -compareAddresses(b, a) + 0);
        assert.equal(compareAddresses(a, b) === 0, a === b);
      }),
    );
  });

  it('have neighbours on both sides, but for the ends', () => {
    assert.equal(predecessor(ipv4(0)), undefined);
    assert.equal(successor(ipv4(0xffff_ffff)), undefined);
    assert.equal(predecessor(ipv6(0n)), undefined);
    assert.equal(successor(ipv6(LAST_V6)), undefined);
    fc.assert(
      fc.property(address, (value) => {
        const next = successor(value);
        assert.equal(next === undefined, value === 0xffff_ffff || value === LAST_V6);
        if (next !== undefined) {
          assert.equal(predecessor(next), value);
          assert.equal(addressPlus(value, 1), next);
          assert.equal(rangeSize({ first: value, last: next }), 2n);
        }
      }),
    );
  });
});

describe('a range', () => {
  it('counts its addresses, both ends included, as a bigint and as a number', () => {
    const count = (first: Address, last: Address): readonly (bigint | number)[] => [
      rangeSize({ first, last }),
      addressesIn({ first, last }),
    ];
    assert.deepEqual(count(ipv4(7), ipv4(7)), [1n, 1]);
    assert.deepEqual(count(ipv4(0), ipv4(0xffff_ffff)), [2n ** 32n, 2 ** 32]);
    assert.deepEqual(count(ipv6(7n), ipv6(7n)), [1n, 1]);
    assert.deepEqual(count(ipv6(7n), ipv6(9n)), [3n, 3]);
  });

  it('is told to people with its number', () => {
    assert.deepEqual([0, 1, 256].map(addressCount), ['0 addresses', '1 address', '256 addresses']);
  });
});

describe('a prefix', () => {
  it('holds an address and 2^(bits - length) in all', () => {
    const withLength = address.chain((value) =>
      fc.tuple(fc.constant(value), fc.integer({ min: 0, max: bitsOf(familyOf(value)) })),
    );
    fc.assert(
      fc.property(withLength, ([value, length]) => {
        const prefix = prefixOf(value, length);
        const last = lastOf(prefix);
        assert.ok(compareAddresses(prefix.first, value) <= 0 && compareAddresses(value, last) <= 0);
        assert.equal(
          rangeSize({ first: prefix.first, last }),
          2n ** BigInt(bitsOf(familyOf(value)) - length),
        );
        assert.equal(prefixOf(prefix.first, length).first, prefix.first);
        assert.equal(prefixOf(last, length).first, prefix.first);
      }),
      { numRuns: 2000 },
    );
  });

  it('is written with its length', () => {
    assert.equal(formatPrefix({ first: ipv4(0xc000_0200), length: 24 }), '192.0.2.0/24');
    assert.equal(formatPrefix({ first: ipv6(0n), length: 0 }), '::/0');
  });

  it('of the caps is /24 for IPv4 and /64 for IPv6', () => {
    assert.equal(formatPrefix(subnetOf(ipv4(0xc000_02ff))), '192.0.2.0/24');
    assert.equal(formatPrefix(subnetOf(ipv6((0x2001_0db8n << 96n) + 2n ** 64n + 7n))), '2001:db8:0:1::/64');
  });
});
