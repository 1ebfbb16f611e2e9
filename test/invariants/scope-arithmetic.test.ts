/**
 * The promise: a packet goes only where the scope says, and every address of the target space has exactly one
 * place in it. Everything the scope room computes on ranges is held here against the plainest thing there is,
 * one flag an address, in small windows of the address space: in both families, in one set, at the very ends
 * of both and across the borders of what is never probed.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Address, Prefix, Range } from '../../src/domain/address.js';
import { formatAddress, formatPrefix, ipv4, ipv6, lastOf } from '../../src/domain/address.js';
import { eachRange, rangeAt } from '../../src/domain/ranges.js';
import { UsageError } from '../../src/domain/usage-error.js';
import type { AddressSet } from '../../src/scope/address-set.js';
import {
  addressSet,
  difference,
  intersection,
  isEmpty,
  membership,
  sizeOf,
  toPrefixes,
} from '../../src/scope/address-set.js';
import type { ScopeNetwork } from '../../src/scope/scope-file.js';
import { createScope } from '../../src/scope/scope.js';
import { createTargetSpace } from '../../src/scope/target-space.js';
import { scopeFileOf } from '../scope/scope-of.js';

const CASES_A_SEED = 1000;
const SEEDS = 100;
/** Addresses of a window. */
const WIDTH = 64;

/** The first addresses of the windows: both ends of both families, ordinary space, and the borders of 224/4 and ff00::/8. */
const IPV4_WINDOWS = [
  0,
  0xffff_ffff - WIDTH + 1,
  0x0a00_0000,
  0xe000_0000 - WIDTH / 2,
  0x0100_0000 - WIDTH / 2,
];
const IPV6_WINDOWS = [
  0n,
  (1n << 128n) - BigInt(WIDTH),
  0x2001_0db8n << 96n,
  (0xff00n << 112n) - BigInt(WIDTH / 2),
  // The same bits as 10.0.0.0/8, at either end of an IPv6 address.
  0x0a00_0000n << 96n,
  0x0a00_0000n,
];

/** Flags of one IPv4 window and one IPv6 window: positions 0 to 63, and 64 to 127. */
type Flags = Uint8Array;

interface Universe {
  readonly addresses: readonly Address[];
  /** By position; from 64 on IPv6. */
  range(first: number, last: number): Range;
  prefix(position: number, hostBits: number): Prefix;
  /** What a set holds of this universe; throws when it holds anything else. */
  flagsOf(set: AddressSet): Flags;
  neverProbed: Flags;
}

describe('address sets', () => {
  it('are what flags of every address are: union, intersection, difference, membership, size, prefixes', () => {
    forManyCases((random) => {
      const universe = pick(random, UNIVERSES);
      const [a, flagsA] = someRanges(random, universe);
      const [b, flagsB] = someRanges(random, universe);
      const setA = addressSet(a);
      const setB = addressSet(b);
      const checked = [
        [setA, flagsA],
        [addressSet([...a, ...b]), flagsA.map((flag, i) => flag | (flagsB[i] ?? 0))],
        [intersection(setA, setB), flagsA.map((flag, i) => flag & (flagsB[i] ?? 0))],
        [difference(setA, setB), flagsA.map((flag, i) => flag & ~(flagsB[i] ?? 0) & 1)],
      ] as const;
      for (const [set, flags] of checked) {
        assertSame(universe.flagsOf(set), flags);
        assertKeptWell(set);
      }
      const [set, flags] = pick(random, checked);
      const isIn = membership(set);
      universe.addresses.forEach((address, i) => {
        if (isIn(address) !== (flags[i] === 1)) fail('membership', address);
      });
      if (sizeOf(set) !== BigInt(count(flags)) || isEmpty(set) !== (count(flags) === 0)) fail('size');
    });
  });

  it('are written with prefixes that hold exactly them, each as wide as it can be', () => {
    forManyCases((random) => {
      const universe = pick(random, UNIVERSES);
      const [ranges, flags] = someRanges(random, universe);
      const set = addressSet(ranges);
      const prefixes = toPrefixes(set);
      const total = prefixes.reduce((sum, prefix) => sum + sizeOf(addressSet([rangeOf(prefix)])), 0n);
      if (total !== BigInt(count(flags))) fail('prefixes overlap or miss addresses');
      assertSame(universe.flagsOf(addressSet(prefixes.map(rangeOf))), flags);
      // Disjoint, exact, and none with its other half in the set: there can be no fewer.
      for (const prefix of prefixes)
        if (isEmpty(difference(addressSet([rangeOf(wider(prefix))]), set))) fail('wider');
    });
  });
});

describe('a scope', () => {
  it('allows exactly networks less exclusions less what is never probed, and knows the most specific network', () => {
    forManyCases((random) => {
      const universe = pick(random, UNIVERSES);
      const networks = someNetworks(random, universe);
      const inwardsOut = networks
        .toSorted((a, b) => b.prefix.length - a.prefix.length)
        .map((network) => ({ ...network, flags: universe.flagsOf(addressSet([rangeOf(network.prefix)])) }));
      const [exclude, excluded] = someRanges(random, universe);
      const [extra, extraExcluded] = someRanges(random, universe);
      const scope = createScope(scopeFileOf({ networks, exclude }), extra);
      universe.addresses.forEach((address, i) => {
        const around = inwardsOut.filter(({ flags }) => flags[i] === 1);
        const denied = excluded[i] === 1 || extraExcluded[i] === 1 || universe.neverProbed[i] === 1;
        if (scope.allows(address) !== (around.length > 0 && !denied)) fail('allows', address);
        const network = scope.networkOf(address);
        if (network?.prefix !== around[0]?.prefix) fail('network', address);
        if (network?.asn !== around.find(({ asn }) => asn !== undefined)?.asn) fail('asn', address);
        if (network?.asName !== nameOf(around)) fail('as name', address);
        if (network?.customer !== around.find((outer) => outer.customer !== undefined)?.customer)
          fail('customer', address);
      });
    });
  });
});

describe('a target space', () => {
  it('is targets less exclusions or a refusal with the right reason; address and index are each other’s inverse', () => {
    const seen = new Map<string, number>();
    forManyCases((random) => {
      const universe = pick(random, UNIVERSES);
      const networks = someNetworks(random, universe);
      const [exclude, excluded] = someRanges(random, universe);
      const scope = createScope(scopeFileOf({ networks, exclude }));
      const allowed = Uint8Array.from(universe.addresses, (address) => Number(scope.allows(address)));
      const sourceFamily = ([undefined, undefined, undefined, 4, 6] as const)[random(5)];
      const isReached = (position: number): boolean =>
        sourceFamily === undefined || position < WIDTH === (sourceFamily === 4);
      const targets = Array.from({ length: random(4) }, () => {
        const prefix = universe.prefix(random(2 * WIDTH), random(5));
        return { text: formatPrefix(prefix), range: rangeOf(prefix) };
      });
      const inNetworks = universe.flagsOf(addressSet(networks.map(({ prefix }) => rangeOf(prefix))));
      const wanted =
        targets.length === 0
          ? inNetworks.map((flag, i) => (isReached(i) ? flag : 0))
          : universe.flagsOf(addressSet(targets.map(({ range }) => range)));

      const refusal = targets
        .map(({ range }) => {
          const flags = universe.flagsOf(addressSet([range]));
          const some = (by: Flags): boolean => flags.some((flag, i) => flag === 1 && by[i] === 1);
          if (some(universe.neverProbed)) return 'is never probed';
          if (typeof range.first === 'bigint' ? sourceFamily === 4 : sourceFamily === 6)
            return 'the source address is IPv';
          if (!some(inNetworks)) return 'is outside the scope';
          if (some(inNetworks.map((flag) => 1 - flag))) return 'is not all in the scope';
          return some(allowed) ? undefined : 'is wholly excluded';
        })
        .find((reason) => reason !== undefined);
      const probed = wanted.map((flag, i) => flag & (allowed[i] ?? 0));
      const expected = refusal ?? (count(probed) === 0 ? ': ' : 'fine');
      seen.set(expected, (seen.get(expected) ?? 0) + 1);
      if (expected !== 'fine') {
        assert.throws(
          () => createTargetSpace({ scope, targets, sourceFamily }),
          (error) => error instanceof UsageError && error.message.includes(expected),
        );
        return;
      }

      const space = createTargetSpace({ scope, targets, sourceFamily });
      if (space.size !== count(probed)) fail('size');
      if (space.excludedAddresses !== count(wanted.map((flag, i) => flag & (excluded[i] ?? 0))))
        fail('excluded addresses');
      let index = 0;
      universe.addresses.forEach((address, i) => {
        const place = probed[i] === 1 ? index++ : undefined;
        if (space.indexOf(address) !== place) fail('index of', address);
        if (place !== undefined && space.addressAt(place) !== address) fail('address at', address);
      });
    });
    // Otherwise the cases would not reach what they are meant to show.
    assert.equal(seen.size, 7, JSON.stringify([...seen]));
    for (const [kind, cases] of seen) assert.ok(cases > 100, `${kind}: ${cases} cases only`);
  });
});

/** 100 seeds of 1,000 cases: 100,000 in all; what fails names its seed. Unbiased, or small seeds come twice. */
function forManyCases(check: (random: Random) => void): void {
  fc.assert(
    fc.property(fc.noBias(fc.nat(0xffff_ffff)), (seed) => {
      const random = randomOf(seed);
      for (let i = 0; i < CASES_A_SEED; i++) check(random);
    }),
    { numRuns: SEEDS, endOnFailure: true },
  );
}

/** A whole number from 0 to below − 1. */
type Random = (below: number) => number;

/** mulberry32: small, and good enough to choose cases. */
function randomOf(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function pick<T>(random: Random, from: readonly T[]): T {
  return from[random(from.length)] ?? fail('nothing to pick from');
}

const UNIVERSES: readonly Universe[] = IPV4_WINDOWS.flatMap((start4) =>
  IPV6_WINDOWS.map((start6) => universeOf(start4, start6)),
);

function universeOf(start4: number, start6: bigint): Universe {
  const addresses = [
    ...Array.from({ length: WIDTH }, (_, i): Address => ipv4(start4 + i)),
    ...Array.from({ length: WIDTH }, (_, i): Address => ipv6(start6 + BigInt(i))),
  ];
  const at = (position: number): Address => addresses[position] ?? fail('no address');
  const positionOf = (address: Address): number =>
    typeof address === 'number' ? address - start4 : WIDTH + Number(address - start6);
  return {
    addresses,
    range: (first, last) => ({ first: at(first), last: at(last) }),
    prefix: (position, hostBits) => {
      // The windows begin at multiples of 32, so that blocks of up to 32 addresses stay within them.
      const first = at(position - (position % 2 ** hostBits));
      return { first, length: (position < WIDTH ? 32 : 128) - hostBits };
    },
    flagsOf: (set) => {
      const flags = new Uint8Array(2 * WIDTH);
      for (const { first, last } of eachRange(set.ranges)) {
        const [from, to] = [positionOf(first), positionOf(last)];
        const offset = typeof first === 'number' ? 0 : WIDTH;
        if (typeof first !== typeof last || from < offset || to < from || to >= offset + WIDTH)
          fail('outside', first);
        flags.fill(1, from, to + 1);
      }
      return flags;
    },
    neverProbed: Uint8Array.from(addresses, (address) => Number(isNeverProbed(formatAddress(address)))),
  };
}

/** Of the windows above, told from the text alone and not by arithmetic. */
function isNeverProbed(text: string): boolean {
  if (!text.includes(':')) return /^(0|22[4-9]|2[345]\d)\./.test(text);
  return text.startsWith('ff') || (text !== '::1' && /^::([0-9a-f]+(:[0-9a-f]+)?)?$/.test(text));
}

/** Up to four ranges; each lies in one family. */
function someRanges(random: Random, universe: Universe): [Range[], Flags] {
  const flags = new Uint8Array(2 * WIDTH);
  const ranges = Array.from({ length: random(5) }, () => {
    const offset = random(2) * WIDTH;
    const first = random(WIDTH);
    const last = random(3) === 0 ? random(WIDTH - first) + first : Math.min(WIDTH - 1, first + random(8));
    flags.fill(1, offset + first, offset + last + 1);
    return universe.range(offset + first, offset + last);
  });
  return [ranges, flags];
}

/** One to six networks, no prefix twice. */
function someNetworks(random: Random, universe: Universe): ScopeNetwork[] {
  const byText = new Map<string, ScopeNetwork>();
  const wanted = 1 + random(6);
  for (let line = 0; line < wanted; line++) {
    const prefix = universe.prefix(random(2 * WIDTH), random(6));
    byText.set(`${prefix.first.toString()}/${prefix.length}`, {
      prefix,
      line,
      ...(random(2) === 0 && { asn: 64496 + random(2) }),
      ...(random(2) === 0 && { asName: `AS-${line}` }),
      ...(random(2) === 0 && { customer: `C-${line}` }),
    });
  }
  return [...byText.values()];
}

/** The rule in words: the first name on the way outwards, unless the AS changes before it. */
function nameOf(around: readonly ScopeNetwork[]): string | undefined {
  const [own, ...outer] = around;
  if (!own || own.asName !== undefined) return own?.asName;
  const outerAsn = outer.find(({ asn }) => asn !== undefined)?.asn;
  return own.asn === undefined || own.asn === outerAsn ? nameOf(outer) : undefined;
}

function rangeOf(prefix: Prefix): Range {
  return { first: prefix.first, last: lastOf(prefix) };
}

function wider({ first, length }: Prefix): Prefix {
  if (typeof first === 'number') {
    const size = 2 ** (33 - length);
    return { first: ipv4(first - (first % size)), length: length - 1 };
  }
  const size = 1n << BigInt(129 - length);
  return { first: ipv6(first - (first % size)), length: length - 1 };
}

/** Sorted, disjoint and not adjacent. */
function assertKeptWell({ ranges }: AddressSet): void {
  [...eachRange(ranges)].forEach((range, i) => {
    const next = rangeAt(ranges, i + 1)?.first;
    if (next === undefined) return;
    if (
      typeof next === typeof range.last ? BigInt(next) <= BigInt(range.last) + 1n : typeof next === 'number'
    )
      fail('order', next);
  });
}

function assertSame(actual: Flags, expected: Flags): void {
  if (actual.some((flag, i) => flag !== expected[i]))
    fail(`flags ${actual.join('')} for ${expected.join('')}`);
}

function count(flags: Flags): number {
  return flags.reduce((sum, flag) => sum + flag, 0);
}

function fail(what: string, address?: Address): never {
  throw new assert.AssertionError({
    message: address === undefined ? what : `${what}: ${formatAddress(address)}`,
  });
}
