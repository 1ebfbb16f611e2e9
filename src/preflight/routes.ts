import type { Address, Range } from '../domain/address.js';
import { bitsOf, familyOf, ipv4, ipv6, lastOf, prefixOf } from '../domain/address.js';
import type { AddressSet } from '../scope/address-set.js';
import { addressSet, difference, intersection, sizeOf } from '../scope/address-set.js';

/** One line of the kernel's main routing table. */
export interface Route {
  readonly range: Range;
  /** Bits of its prefix: the longer one wins. */
  readonly length: number;
  readonly interface: string;
  /** Whether packets go to the target itself and not to a gateway: then each target takes a neighbour entry. */
  readonly direct: boolean;
}

/** The addresses among the targets that are reached without a gateway, by family. */
export function directlyConnected(
  targets: AddressSet,
  routes: readonly Route[],
): Readonly<Record<4 | 6, number>> {
  const direct = { 4: 0, 6: 0 };
  let left = targets;
  for (const { range, direct: isDirect } of routes.toSorted((a, b) => b.length - a.length)) {
    const covered = addressSet([range]);
    if (isDirect) direct[familyOf(range.first)] += Number(sizeOf(intersection(left, covered)));
    left = difference(left, covered);
  }
  return direct;
}

const RTF_UP = 0x1;
const RTF_GATEWAY = 0x2;
const RTF_REJECT = 0x200;

/**
 * Reads /proc/net/route (proc(5)): addresses are words in the byte order of the machine, little-endian wherever
 * this runs, flags are those of route(8).
 * @param withoutNeighbours interfaces that resolve no addresses: loopback, point-to-point, tunnels.
 */
export function ipv4Routes(table: string, withoutNeighbours: ReadonlySet<string>): readonly Route[] {
  return table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [name = '', destination = '', , flagWord = '', , , , mask = ''] = line.trim().split(/\s+/);
      const flags = Number.parseInt(flagWord, 16);
      const first = littleEndian(destination);
      const length = first === undefined ? undefined : lengthOfMask(littleEndian(mask));
      if (first === undefined || length === undefined || !isUsable(flags)) return [];
      const direct = (flags & RTF_GATEWAY) === 0 && !withoutNeighbours.has(name);
      return [route(ipv4(first), length, name, direct)];
    });
}

/**
 * Reads /proc/net/ipv6_route: destination and its length, source and its length, next hop, metric, use counts,
 * flags, interface; all in hex, addresses in network order.
 */
export function ipv6Routes(table: string, withoutNeighbours: ReadonlySet<string>): readonly Route[] {
  return table.split('\n').flatMap((line) => {
    const [destination = '', lengthWord = '', , , , , , , flagWord = '', name = ''] = line
      .trim()
      .split(/\s+/);
    const flags = Number.parseInt(flagWord, 16);
    if (!/^[0-9a-f]{32}$/.test(destination) || !isUsable(flags)) return [];
    const direct = (flags & RTF_GATEWAY) === 0 && !withoutNeighbours.has(name);
    return [route(ipv6(BigInt(`0x${destination}`)), Number.parseInt(lengthWord, 16), name, direct)];
  });
}

function isUsable(flags: number): boolean {
  return (flags & RTF_UP) !== 0 && (flags & RTF_REJECT) === 0;
}

function route(first: Address, length: number, name: string, direct: boolean): Route {
  const prefix = prefixOf(first, Math.min(length, bitsOf(familyOf(first))));
  return { range: { first: prefix.first, last: lastOf(prefix) }, length, interface: name, direct };
}

function littleEndian(word: string): number | undefined {
  const octets = /^([0-9A-Fa-f]{2}){4}$/.test(word) ? (word.match(/../g) ?? []) : [];
  return octets.length === 4 ? Number.parseInt(octets.reverse().join(''), 16) : undefined;
}

function lengthOfMask(mask: number | undefined): number | undefined {
  return mask === undefined ? undefined : Math.clz32(~mask);
}
