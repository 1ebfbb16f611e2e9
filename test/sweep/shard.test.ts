import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Address, Range } from '../../src/domain/address.js';
import { formatAddress, ipv4, parseAddress, subnetOf } from '../../src/domain/address.js';
import { eachRange } from '../../src/domain/ranges.js';
import { addressSet } from '../../src/scope/address-set.js';
import { createOrder } from '../../src/sweep/order.js';
import { subnetsOf } from '../../src/sweep/subnets.js';
import { formatShard, partOf, shardOf } from '../../src/sweep/shard.js';

const KEY = new Uint32Array([1, 2, 3, 4, 5, 6, 7, 8]);

/** Uneven spaces of a few /24s: whole ones, halves, single hosts, rows of several. */
const spaces = fc
  .array(
    fc.tuple(
      fc.integer({ min: 0, max: 11 }),
      fc.integer({ min: 0, max: 255 }),
      fc.integer({ min: 1, max: 900 }),
    ),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .map((pieces) => [
    ...eachRange(
      addressSet(
        pieces.map(([net, host, size]) => {
          const first = 0x0a000000 + net * 256 + host;
          return { first: ipv4(first), last: ipv4(first + size - 1) };
        }),
      ).ranges,
    ),
  ]);

function sequence(ranges: readonly Range[], shard?: { index: number; of: number }): [Address, number][] {
  const order = createOrder({ ranges, forms: 2, pad: 3, key: KEY, shard });
  const cursor = order.cursor();
  const all: [Address, number][] = [];
  while (cursor.advance()) all.push([cursor.address, cursor.form]);
  assert.equal(all.length, order.positions);
  return all;
}
const text = ([address, form]: [Address, number]): string => `${formatAddress(address)}/${form}`;

describe('shards', () => {
  it('are disjoint and together complete, over every number of shards from 1 to 7', () => {
    fc.assert(
      fc.property(spaces, (ranges) => {
        const whole = sequence(ranges).map(text).sort();
        for (let of = 1; of <= 7; of++) {
          const parts = Array.from({ length: of }, (_, i) =>
            sequence(ranges, { index: i + 1, of }).map(text),
          );
          assert.deepEqual(parts.flat().sort(), whole);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('hold whole subnets, and differ in size by one subnet at most', () => {
    fc.assert(
      fc.property(spaces, fc.integer({ min: 1, max: 5 }), (ranges, of) => {
        const nets = Array.from(
          { length: of },
          (_, i) =>
            new Set(sequence(ranges, { index: i + 1, of }).map(([address]) => subnetOf(address).first)),
        );
        const all = new Set(sequence(ranges).map(([address]) => subnetOf(address).first));
        assert.equal(
          nets.reduce((sum, { size }) => sum + size, 0),
          all.size,
        );
        const sizes = nets.map(({ size }) => size);
        assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1, sizes.join());
      }),
      { numRuns: 50 },
    );
  });

  it('know the position of each address that is theirs, and none of another one', () => {
    fc.assert(
      fc.property(spaces, fc.integer({ min: 1, max: 5 }), (ranges, of) => {
        const orders = Array.from({ length: of }, (_, i) =>
          createOrder({ ranges, forms: 2, pad: 3, key: KEY, shard: { index: i + 1, of } }),
        );
        for (const [own, order] of orders.entries())
          for (let position = 0; position < order.positions; position += 7) {
            const { address, form } = order.slotAt(position);
            orders.forEach((other, i) => {
              assert.equal(other.positionOf(address, form), i === own ? position : undefined);
            });
          }
      }),
      { numRuns: 25 },
    );
  });

  it('may be empty where there are fewer subnets than shards', () => {
    const ranges = [{ first: ipv4(0x0a000000), last: ipv4(0x0a0000ff) }];
    assert.equal(sequence(ranges, { index: 1, of: 3 }).length, 512);
    assert.equal(sequence(ranges, { index: 2, of: 3 }).length, 0);
  });

  it('store nothing for a subnet: a shard of a /8 is one class, by arithmetic', () => {
    const whole = subnetsOf([{ first: ipv4(0x0a000000), last: ipv4(0x0affffff) }]);
    const shard = shardOf(whole, { index: 3, of: 7 });
    assert.equal(shard.classes.length, 1);
    assert.equal(shard.classes[0]?.count, Math.ceil((65_536 - 2) / 7));
    assert.equal(shard.placeOf(parseAddress('10.0.2.9') ?? ipv4(0))?.subnet, 0);
  });

  it('know no place of an address before their first subnet, of another shard, class or space', () => {
    // Three /24s, and half a one: classes of 254 hosts and of 128.
    const ranges = [
      { first: ipv4(0x0a000000), last: ipv4(0x0a0002ff) },
      { first: ipv4(0x0a000500), last: ipv4(0x0a00057f) },
    ];
    const shard = shardOf(subnetsOf(ranges), { index: 2, of: 2 });
    const subnetAt = (text: string): number | undefined =>
      shard.placeOf(parseAddress(text) ?? ipv4(0))?.subnet;
    assert.equal(subnetAt('10.0.1.9'), 0);
    assert.equal(subnetAt('10.0.5.9'), 0);
    for (const other of ['10.0.0.9', '10.0.2.9', '10.0.3.9', '10.0.5.200', '192.0.2.1'])
      assert.equal(subnetAt(other), undefined, other);
    const alone = shardOf(subnetsOf(ranges.slice(0, 1)), { index: 3, of: 5 });
    assert.equal(alone.placeOf(ipv4(0x0a000009)), undefined);
  });

  it('have no address for a subnet or a class that is not theirs', () => {
    const shard = shardOf(subnetsOf([{ first: ipv4(0x0a000000), last: ipv4(0x0a0003ff) }]), {
      index: 1,
      of: 4,
    });
    assert.equal(formatAddress(shard.addressAt(0, 0, 0)), '10.0.0.0');
    assert.throws(() => shard.addressAt(0, 1, 0), new RangeError('no subnet 1 in class 0'));
    assert.throws(() => shard.addressAt(1, 0, 0), new RangeError('no subnet 0 in class 1'));
  });

  it('are written as run.json has them', () => {
    assert.equal(formatShard({ index: 2, of: 4 }), '2/4');
  });
});

describe('the parts of a shard', () => {
  it('are numbered through the shards of the whole, which is one where nothing is divided', () => {
    assert.deepEqual(partOf({ index: 2, of: 3 }, { index: 4, of: 5 }), { index: 11, of: 15 });
    assert.deepEqual(partOf(undefined, { index: 2, of: 3 }), { index: 2, of: 3 });
  });

  it('are disjoint and together the shard, in whole subnets, as shards of the whole', () => {
    fc.assert(
      fc.property(
        spaces,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        (ranges, of, threads) => {
          for (let index = 1; index <= of; index++) {
            const shard = sequence(ranges, { index, of }).map(([address]) => formatAddress(address));
            const parts = Array.from({ length: threads }, (_, i) =>
              sequence(ranges, partOf({ index, of }, { index: i + 1, of: threads })).map(
                ([address]) => address,
              ),
            );
            assert.deepEqual(parts.flat().map(formatAddress).sort(), shard.sort());
            const subnets = parts.map((part) => new Set(part.map((address) => subnetOf(address).first)));
            const all = subnets.flatMap((set) => [...set]);
            assert.equal(new Set(all).size, all.length, 'no subnet is in two parts');
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});
