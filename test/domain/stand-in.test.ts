import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Address } from '../../src/domain/address.js';
import { familyOf, ipv4, ipv6 } from '../../src/domain/address.js';
import { areSame, standIn, standInNumber } from '../../src/domain/stand-in.js';

const pair = fc.oneof(
  fc.tuple(fc.nat(0xefff_ffff).map(ipv4), fc.nat(0xefff_ffff).map(ipv4)),
  fc.tuple(
    fc.bigInt({ min: 1n << 125n, max: (1n << 126n) - 1n }).map(ipv6),
    fc.nat().map((low) => ipv6(BigInt(low))),
  ),
);
const standInFor = (address: Address, probed: Address): Address =>
  standIn(standInNumber(address, probed), familyOf(address));

describe('a stand-in for an address', () => {
  it('is the same as its address and as itself, and no other address than that', () => {
    fc.assert(
      fc.property(pair, ([address, probed]) => {
        const kept = standInFor(address, probed);
        assert.notEqual(kept, address);
        assert.ok(areSame(kept, address, probed) && areSame(address, kept, probed));
        assert.equal(standInFor(kept, probed), kept, 'kept again, it stays as it is');
        assert.equal(areSame(address, address, probed), true);
        assert.equal(areSame(address, probed, probed), address === probed);
      }),
    );
  });

  it('has the number that checkpoints hold', () => {
    // FNV-1a of "198.51.100.7 10.0.0.1" and of "2001:db8::7 2001:db8::1", folded to four bits.
    assert.equal(standInNumber(ipv4(0xc633_6407), ipv4(0x0a00_0001)), 11);
    const prefix = 0x2001_0db8n << 96n;
    assert.equal(standInNumber(ipv6(prefix + 7n), ipv6(prefix + 1n)), 5);
  });

  it('is the same as no address of another number or of the other family', () => {
    const [outside, probed] = [ipv4(0xc633_6407), ipv4(0x0a00_0001)];
    for (let number = 0; number < 16; number++) {
      assert.equal(areSame(standIn(number, 4), outside, probed), number === 11);
      assert.equal(areSame(standIn(number, 6), outside, probed), false);
    }
  });

  it('identifies no host: of 4,096 addresses side by side each of the sixteen stands for about 256', () => {
    for (const probed of [ipv4(0x0a00_0001), ipv4(0xc000_0207)]) {
      const counts = Array<number>(16).fill(0);
      for (let low = 0; low < 4096; low++) {
        const number = standInNumber(ipv4(0xc633_6000 + low), probed);
        counts[number] = (counts[number] ?? 0) + 1;
      }
      for (const count of counts) assert.ok(count > 180 && count < 340, counts.join(' '));
    }
  });
});
