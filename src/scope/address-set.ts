import type { Address, Prefix, Range } from '../domain/address.js';
import {
  bitsOf,
  compareAddresses,
  familyOf,
  ipv4,
  ipv6,
  lastOf,
  predecessor,
  rangeSize,
  successor,
} from '../domain/address.js';

/**
 * A set of addresses of both families, kept as the fewest ranges: sorted, disjoint, not adjacent, each of
 * one family. Its size in memory is that of its ranges, however many addresses they hold. Only the functions
 * of this file make one.
 */
export interface AddressSet {
  readonly ranges: readonly Range[];
  readonly [merged]: true;
}
declare const merged: unique symbol;

/**
 * The addresses of these ranges, in any order, overlapping or not.
 * @throws RangeError when a range ends before it begins or mixes families.
 */
export function addressSet(ranges: readonly Range[]): AddressSet {
  const sorted = ranges.toSorted((a, b) => compareAddresses(a.first, b.first));
  const joined: Range[] = [];
  for (const range of sorted) {
    const { first, last } = range;
    if (typeof first !== typeof last || first > last)
      throw new RangeError(`no range: ${first.toString()} to ${last.toString()}`);
    const previous = joined.at(-1);
    const reaches = previous && touches(previous, first);
    if (!reaches) joined.push(range);
    else if (compareAddresses(last, previous.last) > 0)
      joined[joined.length - 1] = { first: previous.first, last };
  }
  return fromMerged(joined);
}

export function union(a: AddressSet, b: AddressSet): AddressSet {
  return addressSet([...a.ranges, ...b.ranges]);
}

export function intersection(a: AddressSet, b: AddressSet): AddressSet {
  const common: Range[] = [];
  let i = 0;
  let j = 0;
  for (;;) {
    const x = a.ranges[i];
    const y = b.ranges[j];
    if (!x || !y) return fromMerged(common);
    const first = later(x.first, y.first);
    const last = earlier(x.last, y.last);
    // In the one order of all addresses no range crosses from one family into the other, so ranges of two
    // families are simply disjoint.
    if (compareAddresses(first, last) <= 0) common.push({ first, last });
    if (compareAddresses(x.last, y.last) < 0) i++;
    else j++;
  }
}

/** What is in `a` and not in `b`. */
export function difference(a: AddressSet, b: AddressSet): AddressSet {
  const left: Range[] = [];
  let j = 0;
  for (const range of a.ranges) {
    let first: Address | undefined = range.first;
    // Ranges of `b` that end before this one begins can not matter to a later one either.
    while (isBefore(b.ranges[j], first)) j++;
    for (let k = j; first !== undefined; k++) {
      const hole = b.ranges[k];
      if (!hole || compareAddresses(hole.first, range.last) > 0) {
        left.push({ first, last: range.last });
        break;
      }
      const before = compareAddresses(hole.first, first) > 0 ? predecessor(hole.first) : undefined;
      if (before !== undefined) left.push({ first, last: before });
      first = compareAddresses(hole.last, range.last) < 0 ? successor(hole.last) : undefined;
    }
  }
  return fromMerged(left);
}

export function isEmpty(set: AddressSet): boolean {
  return set.ranges.length === 0;
}

/** How many addresses a set holds. */
export function sizeOf(set: AddressSet): bigint {
  return set.ranges.reduce((sum, range) => sum + rangeSize(range), 0n);
}

/** A set compiled for questions: it is asked before every packet. */
export function membership(set: AddressSet): (address: Address) => boolean {
  const indexOf = rangeIndex(set.ranges);
  return (address) => indexOf(address) >= 0;
}

/**
 * Compiles "in which of these ranges is it?": the range's index, or -1. One binary search over a table of the
 * address's own family, 32-bit integers for IPv4; a family never sees the other's table.
 * @param ranges disjoint, in the order of addresses; adjacent ones are allowed.
 */
export function rangeIndex(ranges: readonly Range[]): (address: Address) => number {
  const ofIpv4 = ranges.filter(({ first }) => familyOf(first) === 4);
  const ipv4Firsts = Uint32Array.from(ofIpv4, ({ first }) => Number(first));
  const ipv4Lasts = Uint32Array.from(ofIpv4, ({ last }) => Number(last));
  const ofIpv6 = ranges.slice(ofIpv4.length);
  const ipv6Firsts = ofIpv6.map(({ first }) => BigInt(first));
  const ipv6Lasts = ofIpv6.map(({ last }) => BigInt(last));

  return (address) => {
    if (typeof address === 'number') {
      const index = lastNotAbove(ipv4Firsts, address);
      return index >= 0 && address <= (ipv4Lasts[index] ?? -1) ? index : -1;
    }
    const index = lastNotAbove(ipv6Firsts, address);
    return index >= 0 && address <= (ipv6Lasts[index] ?? -1n) ? ipv4Firsts.length + index : -1;
  };
}

/** The index of the last element that is not above `value`, or -1. `ascending` is sorted. */
export function lastNotAbove<T extends number | bigint>(ascending: ArrayLike<T>, value: T): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const element = ascending[middle];
    if (element !== undefined && element <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The fewest prefixes that hold exactly this set, in the order of addresses. */
export function toPrefixes(set: AddressSet): Prefix[] {
  return set.ranges.flatMap(prefixesOf);
}

function prefixesOf({ first, last }: Range): Prefix[] {
  const bits = bitsOf(familyOf(first));
  const end = BigInt(last);
  const prefixes: Prefix[] = [];
  for (let start = BigInt(first); start <= end;) {
    // The largest block that begins here is bounded by the alignment of its start and by what is left.
    let hostBits = 0;
    while (hostBits < bits && fits(start, hostBits + 1, end)) hostBits++;
    prefixes.push({ first: bits === 32 ? ipv4(Number(start)) : ipv6(start), length: bits - hostBits });
    start += 1n << BigInt(hostBits);
  }
  return prefixes;
}

function fits(start: bigint, hostBits: number, end: bigint): boolean {
  const size = 1n << BigInt(hostBits);
  return (start & (size - 1n)) === 0n && start + size - 1n <= end;
}

export function rangeOf(prefix: Prefix): Range {
  return { first: prefix.first, last: lastOf(prefix) };
}

function fromMerged(ranges: readonly Range[]): AddressSet {
  return { ranges } as AddressSet;
}

/** Whether an address lies in a range or directly behind it; nothing follows the last address of a family. */
function touches(range: Range, address: Address): boolean {
  if (compareAddresses(address, range.last) <= 0) return true;
  return successor(range.last) === address;
}

function isBefore(range: Range | undefined, address: Address): boolean {
  return range !== undefined && compareAddresses(range.last, address) < 0;
}

function later(a: Address, b: Address): Address {
  return compareAddresses(a, b) >= 0 ? a : b;
}

function earlier(a: Address, b: Address): Address {
  return compareAddresses(a, b) <= 0 ? a : b;
}
