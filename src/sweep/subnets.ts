import type { Address, Range } from '../domain/address.js';
import { addressPlus, compareAddresses, lastOf, rangeSize, subnetOf, successor } from '../domain/address.js';

/**
 * The subnets (/24, /64) of a target space, put into classes of equally many hosts. What is stored grows with
 * the ranges of the space, never with its subnets or addresses: whole subnets in a row are one run.
 */
export interface SubnetClass {
  /** Hosts in each subnet of the class. */
  readonly hosts: number;
  /** Subnets in the class. */
  readonly count: number;
  readonly runs: readonly SubnetRun[];
}

/** Subnets in a row that are wholly in the space, or one subnet that is partly in it. */
export interface SubnetRun {
  /** The place of its first subnet in the class. */
  readonly start: number;
  readonly count: number;
  readonly hosts: number;
  /** What of each subnet is in the space; for a row of whole subnets the piece of the first. */
  readonly pieces: readonly Piece[];
}

interface Piece {
  readonly first: Address;
  readonly size: number;
  /** Hosts of the subnet before this piece. */
  readonly before: number;
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
  addressAt(classIndex: number, subnet: number, host: number): Address;
  placeOf(address: Address): Placement | undefined;
}

interface Located {
  readonly first: Address;
  readonly last: Address;
  readonly classIndex: number;
  readonly run: SubnetRun;
}

/** @param ranges sorted and merged. */
export function subnetsOf(ranges: readonly Range[]): Subnets {
  const byHosts = new Map<number, { count: number; runs: SubnetRun[] }>();
  for (const { count, pieces } of rowsOf(ranges)) {
    const hosts = pieces.reduce((sum, piece) => sum + piece.size, 0);
    const entry = byHosts.get(hosts) ?? { count: 0, runs: [] };
    entry.runs.push({ start: entry.count, count, hosts, pieces });
    entry.count += count;
    byHosts.set(hosts, entry);
  }
  const classes = [...byHosts]
    .sort(([a], [b]) => b - a)
    .map(([hosts, { count, runs }]): SubnetClass => ({ hosts, count, runs }));
  const located = classes.flatMap((subnetClass, classIndex) =>
    subnetClass.runs.map((run): Located => locate(run, classIndex)),
  );
  located.sort((a, b) => compareAddresses(a.first, b.first));
  return {
    classes,
    addressAt: (classIndex, subnet, host) => addressIn(classes, classIndex, subnet, host),
    placeOf: (address) => placementOf(located, address),
  };
}

/** Splits sorted ranges at subnet borders: rows of whole subnets, and single subnets with their pieces. */
function rowsOf(ranges: readonly Range[]): { count: number; pieces: Piece[] }[] {
  const rows: { count: number; pieces: Piece[] }[] = [];
  let partial: { readonly subnet: Address; readonly pieces: Piece[]; hosts: number } | undefined;
  const addPiece = (subnet: Address, first: Address, last: Address): void => {
    if (partial?.subnet !== subnet) {
      partial = { subnet, pieces: [], hosts: 0 };
      rows.push({ count: 1, pieces: partial.pieces });
    }
    const size = Number(rangeSize({ first, last }));
    partial.pieces.push({ first, size, before: partial.hosts });
    partial.hosts += size;
  };
  for (const { first, last } of ranges) {
    let at: Address | undefined = first;
    while (at !== undefined && compareAddresses(at, last) <= 0) {
      const subnet = subnetOf(at);
      const end = lastOf(subnet);
      if (at !== subnet.first || compareAddresses(end, last) > 0) {
        const stop = compareAddresses(end, last) > 0 ? last : end;
        addPiece(subnet.first, at, stop);
        at = successor(stop);
      } else {
        const size = Number(rangeSize({ first: subnet.first, last: end }));
        const count = Math.floor(Number(rangeSize({ first: at, last })) / size);
        rows.push({ count, pieces: [{ first: at, size, before: 0 }] });
        at = successor(addressPlus(at, count * size - 1));
      }
    }
  }
  return rows;
}

function locate(run: SubnetRun, classIndex: number): Located {
  const [piece] = run.pieces;
  if (piece === undefined) throw new RangeError('a subnet without hosts');
  const subnet = subnetOf(piece.first);
  return {
    first: subnet.first,
    last: lastOf(subnetOf(addressPlus(piece.first, (run.count - 1) * run.hosts))),
    classIndex,
    run,
  };
}

function addressIn(
  classes: readonly SubnetClass[],
  classIndex: number,
  subnet: number,
  host: number,
): Address {
  const run = lastAtOrBefore(classes[classIndex]?.runs ?? [], (candidate) => candidate.start <= subnet);
  if (run?.count === 1) {
    const piece = lastAtOrBefore(run.pieces, (candidate) => candidate.before <= host);
    if (piece !== undefined) return addressPlus(piece.first, host - piece.before);
  }
  const first = run?.pieces[0]?.first;
  if (run === undefined || first === undefined)
    throw new RangeError(`no subnet ${subnet} in class ${classIndex}`);
  return addressPlus(first, (subnet - run.start) * run.hosts + host);
}

function placementOf(located: readonly Located[], address: Address): Placement | undefined {
  const found = lastAtOrBefore(located, (candidate) => compareAddresses(candidate.first, address) <= 0);
  if (found === undefined || compareAddresses(address, found.last) > 0) return undefined;
  const { run, classIndex } = found;
  if (run.count === 1) {
    const piece = lastAtOrBefore(run.pieces, (candidate) => compareAddresses(candidate.first, address) <= 0);
    const offset = piece === undefined ? 0 : Number(BigInt(address) - BigInt(piece.first));
    if (piece === undefined || offset >= piece.size) return undefined;
    return { classIndex, subnet: run.start, host: piece.before + offset };
  }
  const offset = Number(BigInt(address) - BigInt(found.first));
  const row = Math.floor(offset / run.hosts);
  return { classIndex, subnet: run.start + row, host: offset - row * run.hosts };
}

/** The last element of a list sorted so that `holds` is true first and false after. */
function lastAtOrBefore<T>(list: readonly T[], holds: (element: T) => boolean): T | undefined {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const element = list[middle];
    if (element !== undefined && holds(element)) low = middle + 1;
    else high = middle;
  }
  return list[low - 1];
}
