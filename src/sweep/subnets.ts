import type { Address, Family, Prefix, Range } from '../domain/address.js';
import {
  addressesIn,
  addressPlus,
  compareAddresses,
  familyOf,
  lastOf,
  subnetOf,
  successor,
} from '../domain/address.js';

/**
 * The subnets (/24, /64) of a target space, put into classes of equally many hosts. What is stored grows with
 * the ranges of the space, never with its subnets or addresses: whole subnets in a row are one run. It is stored
 * in columns, a few numbers a run: a million single targets may be a million runs.
 */
export interface SubnetClass {
  /** Hosts in each subnet of the class. */
  readonly hosts: number;
  /** Subnets in the class. */
  readonly count: number;
}

/** Where an address stands: the class, its subnet's place in the class, its own place among the subnet's hosts. */
export interface Placement {
  readonly classIndex: number;
  readonly subnet: number;
  readonly host: number;
}

export interface Subnets {
  /** The class with the most hosts first. */
  readonly classes: readonly SubnetClass[];
  /** The families that the addresses are of, IPv4 first. */
  readonly families: readonly Family[];
  addressAt(classIndex: number, subnet: number, host: number): Address;
  placeOf(address: Address): Placement | undefined;
}

/** Subnets in a row that are wholly in the space, or one subnet that is partly in it; in the order of addresses. */
interface Runs {
  /** Subnets of each run. */
  readonly counts: number[];
  /** Hosts in each of its subnets. */
  readonly hosts: number[];
  /** Its first piece; its last is before the next run's first. */
  readonly pieces: number[];
}

/** What of each subnet is in the space; of a row of whole subnets the first one's piece. */
interface Pieces {
  readonly firsts: Address[];
  readonly sizes: number[];
  /** Hosts of the subnet before each piece. */
  readonly befores: number[];
}

/** The runs of one class, in the order of addresses. */
interface RunsOfClass {
  readonly hosts: number;
  readonly runs: number[];
  /** The place of each run's first subnet in the class. */
  readonly starts: number[];
  count: number;
}

/** One closure over the columns, which both directions read. @param ranges sorted and merged. */
export function subnetsOf(ranges: Iterable<Range>): Subnets {
  const { runs, pieces } = cut(ranges);
  const byHosts = new Map<number, RunsOfClass>();
  const startOf = new Float64Array(runs.counts.length);
  runs.hosts.forEach((hosts, run) => {
    let ofClass = byHosts.get(hosts);
    if (ofClass === undefined) byHosts.set(hosts, (ofClass = { hosts, runs: [], starts: [], count: 0 }));
    startOf[run] = ofClass.count;
    ofClass.runs.push(run);
    ofClass.starts.push(ofClass.count);
    ofClass.count += runs.counts[run] ?? 0;
  });
  const classes = [...byHosts.values()].sort((a, b) => b.hosts - a.hosts);
  const classOf = new Map(classes.map(({ hosts }, index) => [hosts, index]));
  const firstOf = (run: number): Address | undefined => pieces.firsts[runs.pieces[run] ?? -1];
  const { firsts } = pieces;

  return {
    classes,
    families: ([4, 6] as const).filter((family) =>
      [firsts[0], firsts.at(-1)].some((first) => first !== undefined && familyOf(first) === family),
    ),
    addressAt(classIndex, subnet, host) {
      const ofClass = classes[classIndex];
      const at = ofClass === undefined ? -1 : lastNotAbove(ofClass.starts, subnet, 0, ofClass.starts.length);
      const run = ofClass?.runs[at] ?? -1;
      const first = firstOf(run);
      if (ofClass === undefined || first === undefined)
        throw new RangeError(`no subnet ${subnet} in class ${classIndex}`);
      if (runs.counts[run] !== 1)
        return addressPlus(first, (subnet - (ofClass.starts[at] ?? 0)) * ofClass.hosts + host);
      const piece = lastNotAbove(pieces.befores, host, ...piecesOf(run));
      return addressPlus(firsts[piece] ?? first, host - (pieces.befores[piece] ?? 0));
    },
    placeOf(address) {
      const run = lastPlace(
        0,
        runs.counts.length,
        (at) => compareAddresses(firstOf(at) ?? address, address) <= 0,
      );
      const first = firstOf(run);
      const hosts = runs.hosts[run];
      if (first === undefined || hosts === undefined || familyOf(first) !== familyOf(address))
        return undefined;
      const classIndex = classOf.get(hosts) ?? -1;
      const start = startOf[run] ?? 0;
      if (runs.counts[run] !== 1) {
        const offset = Number(BigInt(address) - BigInt(first));
        const row = Math.floor(offset / hosts);
        if (row >= (runs.counts[run] ?? 0)) return undefined;
        return { classIndex, subnet: start + row, host: offset - row * hosts };
      }
      const piece = lastUpTo(address, ...piecesOf(run));
      const offset = Number(BigInt(address) - BigInt(firsts[piece] ?? first));
      if (offset >= (pieces.sizes[piece] ?? 0)) return undefined;
      return { classIndex, subnet: start, host: (pieces.befores[piece] ?? 0) + offset };
    },
  };

  /** The places of a run's pieces: from, and up to. */
  function piecesOf(run: number): [from: number, to: number] {
    return [runs.pieces[run] ?? 0, runs.pieces[run + 1] ?? firsts.length];
  }

  /** The last of these pieces that begins no later than the address. */
  function lastUpTo(address: Address, from: number, to: number): number {
    return lastPlace(from, to, (piece) => compareAddresses(firsts[piece] ?? address, address) <= 0);
  }
}

/** Cuts sorted ranges at subnet borders: rows of whole subnets, and single subnets with their pieces. */
function cut(ranges: Iterable<Range>): { readonly runs: Runs; readonly pieces: Pieces } {
  const runs: Runs = { counts: [], hosts: [], pieces: [] };
  const pieces: Pieces = { firsts: [], sizes: [], befores: [] };
  const addPiece = (first: Address, size: number, before: number): void => {
    pieces.firsts.push(first);
    pieces.sizes.push(size);
    pieces.befores.push(before);
  };
  const addRun = (count: number, hosts: number): void => {
    runs.counts.push(count);
    runs.hosts.push(hosts);
    runs.pieces.push(pieces.firsts.length);
  };
  /** The subnet that the last run is a part of. */
  let partial: Address | undefined;
  // Neighbours lie in the same one, and of IPv6 each costs four bigints.
  let subnet: Prefix | undefined;
  let end: Address | undefined;
  for (const { first, last } of ranges) {
    let at: Address | undefined = first;
    while (at !== undefined && compareAddresses(at, last) <= 0) {
      if (subnet === undefined || end === undefined || compareAddresses(at, end) > 0) {
        subnet = subnetOf(at);
        end = lastOf(subnet);
      }
      if (at !== subnet.first || compareAddresses(end, last) > 0) {
        const stop = compareAddresses(end, last) > 0 ? last : end;
        if (partial !== subnet.first) addRun(1, 0);
        partial = subnet.first;
        const [run, size] = [runs.hosts.length - 1, addressesIn({ first: at, last: stop })];
        const before = runs.hosts[run] ?? 0;
        addPiece(at, size, before);
        runs.hosts[run] = before + size;
        at = successor(stop);
      } else {
        const size = addressesIn({ first: subnet.first, last: end });
        const count = Math.floor(addressesIn({ first: at, last }) / size);
        addRun(count, size);
        addPiece(at, size, 0);
        at = successor(addressPlus(at, count * size - 1));
      }
    }
  }
  return { runs, pieces };
}

/** The last place from `low` on and before `high` where `holds` is true, as it is at first; otherwise `low` - 1. */
function lastPlace(low: number, high: number, holds: (place: number) => boolean): number {
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The same for numbers that ascend; asked before every packet, so it makes no function. */
function lastNotAbove(ascending: readonly number[], value: number, low: number, high: number): number {
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
