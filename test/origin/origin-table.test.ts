import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import type { Address, Prefix } from '../../src/domain/address.js';
import { formatPrefix, ipv4, ipv6, lastOf, prefixOf } from '../../src/domain/address.js';
import type { OwnedRange } from '../../src/origin/owner.js';
import { createOriginTable } from '../../src/origin/origin-table.js';

const LAST_IPV6 = (1n << 128n) - 1n;

/** Addresses close together, at both ends of each family, so that prefixes nest and touch. */
const somewhere: fc.Arbitrary<Address> = fc.oneof(
  fc.integer({ min: 0, max: 63 }).map(ipv4),
  fc.integer({ min: 0xffff_ffc0, max: 0xffff_ffff }).map(ipv4),
  fc.bigInt({ min: 0n, max: 63n }).map(ipv6),
  fc.bigInt({ min: LAST_IPV6 - 63n, max: LAST_IPV6 }).map(ipv6),
);
const prefixes: fc.Arbitrary<Prefix> = fc
  .tuple(somewhere, fc.oneof(fc.integer({ min: 0, max: 7 }), fc.constant(32)))
  .map(([address, hostBits]) => prefixOf(address, (typeof address === 'number' ? 32 : 128) - hostBits));

describe('a table of origins', () => {
  it('gives the longest match, as a look at every prefix does', () => {
    fc.assert(
      fc.property(
        fc.array(prefixes, { maxLength: 30 }),
        fc.array(somewhere, { minLength: 1, maxLength: 40 }),
        (list, asked) => {
          const ranges = list.map((prefix, index): OwnedRange => ({
            first: prefix.first,
            last: lastOf(prefix),
            owner: { asn: index + 1 },
          }));
          const table = createOriginTable(ranges);
          assert.equal(table.prefixes, new Set(list.map(formatPrefix)).size);
          for (const address of asked) {
            const matches = list
              .map((prefix, index) => ({ prefix, asn: index + 1 }))
              .filter(
                ({ prefix }) =>
                  typeof prefix.first === typeof address &&
                  prefix.first <= address &&
                  address <= lastOf(prefix),
              );
            const longest = Math.max(...matches.map(({ prefix }) => prefix.length));
            const asns = matches.filter(({ prefix }) => prefix.length === longest).map(({ asn }) => asn);
            const found = table.lookup(address);
            assert.equal(found?.asn, asns[0]);
            assert.deepEqual(found?.asns, asns.length > 1 ? asns : undefined);
            assert.equal(
              found?.prefix,
              asns.length > 0 ? formatPrefix(prefixOf(address, longest)) : undefined,
            );
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('lets the later begin win where ranges overlap and neither holds the other', () => {
    const range = (first: number, last: number, asn: number): OwnedRange => ({
      first: ipv4(first),
      last: ipv4(last),
      owner: { asn },
    });
    const table = createOriginTable([range(0, 100, 1), range(10, 50, 2), range(40, 60, 3)]);
    const asns = [0, 9, 10, 39, 40, 60, 61, 100, 101].map((at) => table.lookup(ipv4(at))?.asn);
    assert.deepEqual(asns, [1, 1, 2, 2, 3, 3, 1, 1, undefined]);
  });

  it('is empty without ranges', () => {
    const table = createOriginTable([]);
    assert.equal(table.prefixes, 0);
    assert.equal(table.lookup(ipv4(0)), undefined);
    assert.equal(table.lookup(ipv6(0n)), undefined);
  });

  it('takes half a million prefixes in seconds and keeps less than 40 MiB of them', () => {
    const ranges = (function* (): Generator<OwnedRange, void, undefined> {
      const owners = Array.from({ length: 80_000 }, (_, index) => ({ asn: index + 1 }));
      for (let i = 0; i < 500_000; i++) {
        const first = i * 8192;
        yield { first: ipv4(first), last: ipv4(first + 255), owner: owners[i % owners.length] ?? {} };
      }
    })();
    const before = usedBytes();
    const begin = process.cpuUsage();
    const table = createOriginTable(ranges);
    assert.ok(process.cpuUsage(begin).user < 10e6);
    const grown = usedBytes() - before;
    assert.ok(grown < 40 * 2 ** 20, `${Math.round(grown / 2 ** 20)} MiB`);
    assert.equal(table.prefixes, 500_000);
    assert.equal(table.lookup(ipv4(8192 * 77 + 5))?.asn, 78);
  });
});

/** What is in use once the garbage is gone. */
function usedBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
