import type { Address, Ipv6, Prefix, Range } from '../domain/address.js';
import { ipv4, ipv6, lastOf } from '../domain/address.js';
import type { Ranges } from '../domain/ranges.js';
import { toRanges } from '../domain/ranges.js';

/**
 * A set of addresses of both families, kept as the fewest ranges: sorted, disjoint, not adjacent, each of
 * one family. Its size in memory is that of its ranges, however many addresses they hold. Only the functions
 * of this file make one.
 */
export interface AddressSet {
  readonly ranges: Ranges;
  readonly [merged]: true;
}
declare const merged: unique symbol;

/** The sorted ranges of one family. */
interface Columns<A> {
  readonly firsts: ArrayLike<A>;
  readonly lasts: ArrayLike<A>;
}

/** Ranges of one family as they are found, in order. */
interface Found<A> {
  readonly firsts: A[];
  readonly lasts: A[];
}

/** What comes after and before an address; of the first and the last one a number that is no address. */
interface Steps<A> {
  readonly next: (address: A) => A;
  readonly previous: (address: A) => A;
}

const STEPS4: Steps<number> = { next: (address) => address + 1, previous: (address) => address - 1 };
const STEPS6: Steps<bigint> = { next: (address) => address + 1n, previous: (address) => address - 1n };

/**
 * The addresses of these ranges, in any order, overlapping or not.
 * @throws RangeError when a range ends before it begins or mixes families.
 */
export function addressSet(ranges: Iterable<Range>): AddressSet {
  return join(toRanges(ranges));
}

export function intersection(a: AddressSet, b: AddressSet): AddressSet {
  return ofFamilies(overlap(in4(a), in4(b)), overlap(in6(a), in6(b)));
}

/** What is in `a` and not in `b`. */
export function difference(a: AddressSet, b: AddressSet): AddressSet {
  return ofFamilies(subtract(in4(a), in4(b), STEPS4), subtract(in6(a), in6(b), STEPS6));
}

export function isEmpty({ ranges }: AddressSet): boolean {
  return ranges.firsts4.length === 0 && ranges.firsts6.length === 0;
}

/** How many addresses a set holds. */
export function sizeOf({ ranges: { firsts4, lasts4, firsts6, lasts6 } }: AddressSet): bigint {
  const size4 = firsts4.reduce((sum, first, i) => sum + (lasts4[i] ?? first) - first + 1, 0);
  // Of IPv6 most are single, and a bigint for each would cost more than all else.
  let single = size4;
  let wide = 0n;
  firsts6.forEach((first, i) => {
    const last = lasts6[i] ?? first;
    if (first === last) single++;
    else wide += last - first + 1n;
  });
  return BigInt(single) + wide;
}

/** Whether a set has all addresses of a range. One binary search. */
export function holds(set: AddressSet, { first, last }: Range): boolean {
  return typeof first === 'number'
    ? reaches(in4(set), first, Number(last))
    : reaches(in6(set), first, BigInt(last));
}

/** Whether a set has any address of a range. One binary search. */
export function touches(set: AddressSet, { first, last }: Range): boolean {
  return typeof last === 'number'
    ? reaches(in4(set), last, Number(first))
    : reaches(in6(set), last, BigInt(first));
}

/** Whether the last range that begins no later than `start` ends no earlier than `end`. */
function reaches<A extends number | bigint>({ firsts, lasts }: Columns<A>, start: A, end: A): boolean {
  const reached = lasts[lastNotAbove(firsts, start)];
  return reached !== undefined && reached >= end;
}

/** A set compiled for questions: it is asked before every packet. */
export function membership({ ranges }: Pick<AddressSet, 'ranges'>): (address: Address) => boolean {
  const indexOf = rangeIndex(ranges);
  return (address) => indexOf(address) >= 0;
}

/**
 * Compiles "in which of these ranges is it?": the range's index, or -1. One binary search over a table of the
 * address's own family, 32-bit integers for IPv4; a family never sees the other's table.
 * @param ranges disjoint, in the order of addresses; adjacent ones are allowed.
 */
export function rangeIndex({ firsts4, lasts4, firsts6, lasts6 }: Ranges): (address: Address) => number {
  return (address) => {
    if (typeof address === 'number') {
      const index = lastNotAbove(firsts4, address);
      return address <= (lasts4[index] ?? -1) ? index : -1;
    }
    const index = lastNotAbove<bigint>(firsts6, address);
    return address <= (lasts6[index] ?? -1n) ? firsts4.length + index : -1;
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
  return [...eachPrefix(set)];
}

/** The same, one after the other: of a million none need stand in memory. */
export function* eachPrefix(set: AddressSet): Generator<Prefix, void, undefined> {
  let [i, j] = [0, 0];
  // The largest block that begins here is bounded by the alignment of its start and by what is left.
  for (let range = rangeAt(in4(set), i); range !== undefined; range = rangeAt(in4(set), ++i)) {
    const { last } = range;
    for (let start = range.first; start <= last;) {
      let size = 1;
      while (start % (2 * size) === 0 && start + 2 * size - 1 <= last) size *= 2;
      yield { first: ipv4(start), length: 32 - Math.log2(size) };
      start += size;
    }
  }
  for (let range = rangeAt(in6(set), j); range !== undefined; range = rangeAt(in6(set), ++j)) {
    const { last } = range;
    if (range.first === last) {
      yield { first: ipv6(last), length: 128 };
      continue;
    }
    for (let start = range.first; start <= last;) {
      let hostBits = 0n;
      while (fits(start, 2n << hostBits, last)) hostBits++;
      yield { first: ipv6(start), length: 128 - Number(hostBits) };
      start += 1n << hostBits;
    }
  }
}

function fits(start: bigint, size: bigint, last: bigint): boolean {
  return (start & (size - 1n)) === 0n && start + size - 1n <= last;
}

export function rangeOf(prefix: Prefix): Range {
  return { first: prefix.first, last: lastOf(prefix) };
}

function in4({ ranges }: AddressSet): Columns<number> {
  return { firsts: ranges.firsts4, lasts: ranges.lasts4 };
}

function in6({ ranges }: AddressSet): Columns<bigint> {
  return { firsts: ranges.firsts6, lasts: ranges.lasts6 };
}

function ofFamilies(four: Columns<number>, six: Columns<bigint>): AddressSet {
  return fromMerged({
    firsts4: new Uint32Array(four.firsts),
    lasts4: new Uint32Array(four.lasts),
    firsts6: six.firsts as readonly Ipv6[],
    lasts6: six.lasts as readonly Ipv6[],
  });
}

function fromMerged(ranges: Ranges): AddressSet {
  return { ranges } as AddressSet;
}

/** Sorts ranges, and makes one of those that overlap or touch. Their columns may be sorted apart: see `merge`. */
function join(ranges: Ranges): AddressSet {
  const { firsts6, lasts6 } = ranges;
  const sorted = (column: readonly bigint[]): readonly bigint[] =>
    column.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const firsts = sorted(firsts6);
  // Of single addresses, which most long lists hold, the ends are the beginnings.
  const lasts = firsts6 === lasts6 ? firsts : sorted(lasts6);
  return ofFamilies(
    merge({ firsts: ranges.firsts4.toSorted(), lasts: ranges.lasts4.toSorted() }, STEPS4),
    merge<bigint>({ firsts, lasts }, STEPS6),
  );
}

/**
 * Walks sorted beginnings and sorted ends side by side: where as many ranges have begun as have ended, and none
 * begins at the next address, nothing covers what follows. Which end belongs to which beginning does not matter.
 */
function merge<A extends number | bigint>(columns: Columns<A>, { next }: Steps<A>): Columns<A> {
  const { firsts, lasts } = columns;
  if (areApart(columns, next)) return columns;
  const joined: Found<A> = { firsts: [], lasts: [] };
  let begun = 0;
  let first: A | undefined = firsts[0];
  for (let ended = 0; ended < lasts.length; ended++) {
    const last = lasts[ended];
    if (last === undefined || first === undefined) break;
    const after = next(last);
    for (let at = firsts[begun]; at !== undefined && at <= after; at = firsts[begun]) begun++;
    if (begun > ended + 1) continue;
    joined.firsts.push(first);
    joined.lasts.push(last);
    first = firsts[begun];
  }
  return joined;
}

/** Whether there is nothing to join: then a million ranges need not be copied. */
function areApart<A extends number | bigint>({ firsts, lasts }: Columns<A>, next: Steps<A>['next']): boolean {
  for (let i = 1; i < firsts.length; i++) {
    const last = lasts[i - 1];
    const first = firsts[i];
    if (last === undefined || first === undefined || first <= next(last)) return false;
  }
  return true;
}

function overlap<A extends number | bigint>(a: Columns<A>, b: Columns<A>): Found<A> {
  const common: Found<A> = { firsts: [], lasts: [] };
  let i = 0;
  let j = 0;
  for (;;) {
    const [ofA, ofB] = [rangeAt(a, i), rangeAt(b, j)];
    if (ofA === undefined || ofB === undefined) return common;
    const first = ofA.first > ofB.first ? ofA.first : ofB.first;
    const last = ofA.last < ofB.last ? ofA.last : ofB.last;
    if (first <= last) {
      common.firsts.push(first);
      common.lasts.push(last);
    }
    if (ofA.last < ofB.last) i++;
    else j++;
  }
}

function subtract<A extends number | bigint>(
  a: Columns<A>,
  b: Columns<A>,
  { next, previous }: Steps<A>,
): Found<A> {
  const left: Found<A> = { firsts: [], lasts: [] };
  const keep = (first: A, last: A): void => {
    left.firsts.push(first);
    left.lasts.push(last);
  };
  let [i, j] = [0, 0];
  for (let range = rangeAt(a, i); range !== undefined; range = rangeAt(a, ++i)) {
    let { first } = range;
    const { last } = range;
    for (;;) {
      const hole = rangeAt(b, j);
      if (hole === undefined || hole.first > last) {
        keep(first, last);
        break;
      }
      if (hole.first > first) keep(first, previous(hole.first));
      if (hole.last >= last) break;
      // One that ends before this range begins does not matter to a later one either.
      if (hole.last >= first) first = next(hole.last);
      j++;
    }
  }
  return left;
}

/** The range at this place; undefined behind the last. */
function rangeAt<A>({ firsts, lasts }: Columns<A>, place: number): { first: A; last: A } | undefined {
  const [first, last] = [firsts[place], lasts[place]];
  return first === undefined || last === undefined ? undefined : { first, last };
}
