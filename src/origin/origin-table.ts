import type { Address } from '../domain/address.js';
import { bitsOf, familyOf, formatPrefix, lastOf, prefixOf } from '../domain/address.js';
import type { Origin } from '../domain/finding.js';
import type { OwnedRange, Owner } from './owner.js';

/** Ranges of addresses with an owner each, for look-ups by longest match. */
export interface OriginTable {
  /** Distinct networks or ranges in it. */
  readonly prefixes: number;
  /** Takes about twenty comparisons, whatever the size of the table. */
  lookup(address: Address): Origin | undefined;
}

/**
 * Paints ranges over each other, the wider below the narrower, and keeps what can be seen from above: sorted
 * intervals that do not overlap, so that longest match is one binary search. The same range named twice has
 * several origins. Where two ranges overlap and neither lies in the other (no prefixes do), the one that begins
 * later is on top.
 *
 * A range of IPv4 addresses costs some 20 bytes: 400,000 take 8 MB.
 */
export function createOriginTable(ranges: Iterable<OwnedRange>): OriginTable {
  const owners = new Map<Owner, number>();
  const v4 = emptyColumns<number>();
  const v6 = emptyColumns<bigint>();
  for (const { first, last, owner } of ranges) {
    const index = indexOf(owners, owner);
    if (typeof first === 'number' && typeof last === 'number') append(v4, first, last, index);
    else if (typeof first === 'bigint' && typeof last === 'bigint') append(v6, first, last, index);
    else throw new RangeError('a range lies in one family');
  }
  const list = [...owners.keys()];
  const painted4 = lean(paint(v4, (address) => (address === LAST_IPV4 ? undefined : address + 1)));
  const painted6 = paint(v6, (address) => (address === LAST_IPV6 ? undefined : address + 1n));
  return {
    prefixes: painted4.owners.length + painted6.owners.length,
    lookup: (address) => {
      const found =
        typeof address === 'number' ? find<number>(painted4, address) : find<bigint>(painted6, address);
      return found && originOf(address, found, list);
    },
  };
}

const LAST_IPV4 = 0xffff_ffff;
const LAST_IPV6 = (1n << 128n) - 1n;

/** Unsorted ranges, a column each: a number a range and column instead of an object. */
interface Columns<A> {
  readonly firsts: A[];
  readonly lasts: A[];
  readonly owners: number[];
}

/** Sorted ranges, each once, with the owners of each. */
interface Sorted<A> {
  readonly firsts: A[];
  readonly lasts: A[];
  readonly owners: (number | number[])[];
}

interface Painted<A> {
  /** Where each interval begins; it ends where the next begins. */
  readonly starts: ArrayLike<A>;
  /** The range seen there: its place in the three columns below plus 1, or 0 for none. */
  readonly shown: Uint32Array;
  readonly firsts: ArrayLike<A>;
  readonly lasts: ArrayLike<A>;
  /** The owners of each range, the first named first. */
  readonly owners: readonly (number | readonly number[])[];
}

interface Found {
  readonly first: number | bigint;
  readonly last: number | bigint;
  readonly owners: number | readonly number[];
}

function emptyColumns<A>(): Columns<A> {
  return { firsts: [], lasts: [], owners: [] };
}

function append<A>(columns: Columns<A>, first: A, last: A, owner: number): void {
  columns.firsts.push(first);
  columns.lasts.push(last);
  columns.owners.push(owner);
}

function indexOf(owners: Map<Owner, number>, owner: Owner): number {
  let index = owners.get(owner);
  if (index === undefined) owners.set(owner, (index = owners.size));
  return index;
}

function lean(table: Painted<number>): Painted<number> {
  return {
    ...table,
    starts: Uint32Array.from(table.starts),
    firsts: Uint32Array.from(table.firsts),
    lasts: Uint32Array.from(table.lasts),
  };
}

/** One pass over the ranges in order, with a stack of those that the present place lies in. */
function paint<A extends number | bigint>(
  columns: Columns<A>,
  next: (address: A) => A | undefined,
): Painted<A> {
  const { firsts, lasts, owners } = sortAndMerge(columns);
  const starts: A[] = [];
  const shown: number[] = [];
  const open: { readonly last: A; readonly row: number }[] = [];
  const show = (start: A | undefined, row: number): void => {
    if (start === undefined) return;
    if (starts.at(-1) === start) shown[shown.length - 1] = row;
    else {
      starts.push(start);
      shown.push(row);
    }
  };
  /** Ends every range on top that ends before `address` (all of them without one), and shows what was below. */
  const closeUntil = (address: A | undefined): void => {
    for (let top = open.at(-1); top && (address === undefined || top.last < address); top = open.at(-1)) {
      const end = top.last;
      // What lay below and ended no later than the one on top shows nowhere any more.
      while (open.length > 0 && (open.at(-1)?.last ?? end) <= end) open.pop();
      show(next(end), open.at(-1)?.row ?? 0);
    }
  };
  firsts.forEach((first, i) => {
    closeUntil(first);
    show(first, i + 1);
    open.push({ last: lasts[i] ?? first, row: i + 1 });
  });
  closeUntil(undefined);
  return { starts, shown: Uint32Array.from(shown), firsts, lasts, owners };
}

/** Sorted by first address, the wider before the narrower, each range once. */
function sortAndMerge<A extends number | bigint>(columns: Columns<A>): Sorted<A> {
  const order = Uint32Array.from(columns.firsts, (_, i) => i);
  // Sorting indices keeps equal ranges in the order of the file: the first named is the first origin.
  order.sort((i, j) => compare(columns.firsts, i, j) || compare(columns.lasts, j, i) || i - j);
  const sorted: Sorted<A> = {
    firsts: [],
    lasts: [],
    owners: [],
  };
  for (const i of order) {
    const first = columns.firsts[i];
    const last = columns.lasts[i];
    const owner = columns.owners[i];
    if (first === undefined || last === undefined || owner === undefined) continue;
    if (sorted.firsts.at(-1) === first && sorted.lasts.at(-1) === last) {
      const before = sorted.owners.pop() ?? [];
      sorted.owners.push([...(typeof before === 'number' ? [before] : before), owner]);
    } else {
      sorted.firsts.push(first);
      sorted.lasts.push(last);
      sorted.owners.push(owner);
    }
  }
  return sorted;
}

function compare(column: readonly (number | bigint)[], i: number, j: number): number {
  const [a, b] = [column[i], column[j]];
  if (a === undefined || b === undefined || a === b) return 0;
  return a < b ? -1 : 1;
}

/** The range shown at an address: the last interval that begins at or before it. */
function find<A extends number | bigint>(table: Painted<A>, address: A): Found | undefined {
  let low = 0;
  let high = table.starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const start = table.starts[middle];
    if (start !== undefined && start <= address) low = middle + 1;
    else high = middle;
  }
  const row = (table.shown[low - 1] ?? 0) - 1;
  const [first, last, owners] = [table.firsts[row], table.lasts[row], table.owners[row]];
  return first === undefined || last === undefined || owners === undefined
    ? undefined
    : { first, last, owners };
}

function originOf(address: Address, found: Found, list: readonly Owner[]): Origin {
  const indices = typeof found.owners === 'number' ? [found.owners] : found.owners;
  const named = indices.flatMap((index) => list[index] ?? []);
  const [owner = {}] = named;
  const asns = [...new Set(named.flatMap(({ asn, asns }) => asns ?? (asn === undefined ? [] : [asn])))];
  return {
    ...owner,
    ...(asns.length > 1 && { asns }),
    prefix: formatPrefix(widestNetwork(address, found)),
  };
}

/**
 * The widest network that holds the address and lies in the range: the prefix itself where the range is one.
 * ip2asn's ranges often are none, and the columns want one.
 */
function widestNetwork(address: Address, { first, last }: Found): { first: Address; length: number } {
  let length = bitsOf(familyOf(address));
  let widest = prefixOf(address, length);
  while (length > 0) {
    const wider = prefixOf(address, --length);
    if (wider.first < first || lastOf(wider) > last) break;
    widest = wider;
  }
  return widest;
}
