import type { Prefix, Range } from '../domain/address.js';
import { formatPrefix, ipv4, ipv6 } from '../domain/address.js';
import type { AddressSet } from './address-set.js';
import { addressSet, rangeOf, touches } from './address-set.js';

/** A part of the address space that no scope can open. */
interface NeverProbed {
  readonly prefixes: readonly Prefix[];
  /** What it is called in a message, and where that is written down. */
  readonly what: string;
}

/**
 * What is never probed, whatever the scope says: addresses that stand for no single host (a link-local one of
 * IPv6 stands for another host on every link, and we take no zone), and IPv6 addresses that stand for an IPv4 one
 * (mapped, compatible, translated, or tunnelled: 6to4, Teredo), since through them a packet would reach an IPv4
 * host that the IPv4 part of the scope was never asked about. From the IANA IPv4 and IPv6 Special-Purpose Address Registries and the
 * multicast registries, RFC as cited.
 *
 * Private, loopback, IPv4 link-local and documentation ranges are not here: a scope that lists them means them.
 * Broadcast addresses of subnets are not here either, for their masks can not be known from outside; the
 * kernel refuses to send to those of its own links.
 */
const NEVER_PROBED: readonly NeverProbed[] = [
  { prefixes: [{ first: ipv4(0), length: 8 }], what: 'this network, RFC 791 §3.2' },
  { prefixes: [{ first: ipv4(0xe000_0000), length: 4 }], what: 'multicast, RFC 5771' },
  {
    prefixes: [{ first: ipv4(0xffff_ffff), length: 32 }],
    what: 'the limited broadcast address, RFC 919 §7',
  },
  { prefixes: [{ first: ipv4(0xf000_0000), length: 4 }], what: 'reserved, RFC 1112 §4' },
  { prefixes: [{ first: ipv6(0n), length: 128 }], what: 'the unspecified address, RFC 4291 §2.5.2' },
  {
    prefixes: [{ first: ipv6(0xffff_0000_0000n), length: 96 }],
    what: 'IPv4-mapped, RFC 4291 §2.5.5.2: the packet would go to the IPv4 address',
  },
  {
    // ::/96 but for ::/127, the unspecified address and loopback: ::2/127, ::4/126 and so on up to ::8000:0/97.
    prefixes: Array.from({ length: 31 }, (_, i) => ({ first: ipv6(2n << BigInt(i)), length: 127 - i })),
    what: 'IPv4-compatible, RFC 4291 §2.5.5.1: the packet would go to the IPv4 address',
  },
  {
    prefixes: [{ first: ipv6(0x0064_ff9bn << 96n), length: 96 }],
    what: 'IPv4 through a translator, RFC 6052 §2.1: the packet would go to the IPv4 address',
  },
  {
    // RFC 3056 §2: bits 16 to 47 are the IPv4 address of the router that the packet is sent to in protocol 41.
    prefixes: [{ first: ipv6(0x2002n << 112n), length: 16 }],
    what: '6to4, RFC 3056 §2: the packet would go to the IPv4 address',
  },
  {
    // RFC 4380 §4: the last 32 bits are, inverted, the IPv4 address that the packet is sent to in UDP.
    prefixes: [{ first: ipv6(0x2001_0000n << 96n), length: 32 }],
    what: 'Teredo, RFC 4380 §4: the packet would go to the IPv4 address',
  },
  {
    prefixes: [{ first: ipv6(0xfe80n << 112n), length: 10 }],
    what: 'link-local, RFC 4291 §2.5.6: it is an address only together with a zone, and zones are not scanned',
  },
  { prefixes: [{ first: ipv6(0xff00n << 112n), length: 8 }], what: 'multicast, RFC 4291 §2.7' },
];

/** All of it as one set. */
export const neverProbed: AddressSet = addressSet(
  NEVER_PROBED.flatMap(({ prefixes }) => prefixes.map(rangeOf)),
);

/** Why no part of this range may be probed that far: `224.0.0.0/4 (multicast, RFC 5771)`; undefined when all may. */
export function whyNeverProbed(range: Range): string | undefined {
  if (!touches(neverProbed, range)) return undefined;
  for (const { prefixes, what } of NEVER_PROBED) {
    const touched = prefixes.find((prefix) => touches(addressSet([rangeOf(prefix)]), range));
    if (touched) return `${formatPrefix(touched)} (${what})`;
  }
  return undefined;
}
