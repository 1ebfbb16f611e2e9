/**
 * An IP address is an unsigned integer whose JavaScript type is its family: a `number` is IPv4, a `bigint`
 * is IPv6. So no look-up can take one family for the other (`1 !== 1n`, also as a Map key), an IPv4 sweep
 * allocates nothing for an address, and no code needs a second field to tell the two apart.
 */
export type Address = Ipv4 | Ipv6;
export type Ipv4 = number & { readonly [brand]: 4 };
export type Ipv6 = bigint & { readonly [brand]: 6 };
declare const brand: unique symbol;

export type Family = 4 | 6;

/** All addresses from `first` to `last`, both included and of one family. */
export interface Range {
  readonly first: Address;
  readonly last: Address;
}

/** A network: its first address and the number of leading bits that its addresses share. */
export interface Prefix {
  readonly first: Address;
  readonly length: number;
}

const LAST_IPV4 = 0xffff_ffff;
const LAST_IPV6 = (1n << 128n) - 1n;

/** @throws RangeError when `value` is no unsigned 32-bit integer. */
export function ipv4(value: number): Ipv4 {
  if (!Number.isInteger(value) || value < 0 || value > LAST_IPV4)
    throw new RangeError(`no IPv4 address: ${value}`);
  return value as Ipv4;
}

/** @throws RangeError when `value` is no unsigned 128-bit integer. */
export function ipv6(value: bigint): Ipv6 {
  if (value < 0n || value > LAST_IPV6) throw new RangeError(`no IPv6 address: ${value.toString()}`);
  return value as Ipv6;
}

export function familyOf(address: Address): Family {
  return typeof address === 'number' ? 4 : 6;
}

/** Bits of an address of this family: 32 or 128. */
export function bitsOf(family: Family): 32 | 128 {
  return family === 4 ? 32 : 128;
}

/** The one total order of all addresses: every IPv4 address before every IPv6 address, then by value. */
export function compareAddresses(a: Address, b: Address): number {
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The address `count` places after this one. @throws RangeError past the end of the family. */
export function addressPlus(address: Address, count: number): Address {
  return typeof address === 'number' ? ipv4(address + count) : ipv6(address + BigInt(count));
}

/** The next address of the same family, or undefined after the last. */
export function successor(address: Address): Address | undefined {
  if (typeof address === 'number') return address === LAST_IPV4 ? undefined : ipv4(address + 1);
  return address === LAST_IPV6 ? undefined : ipv6(address + 1n);
}

/** The address before this one in the same family, or undefined before the first. */
export function predecessor(address: Address): Address | undefined {
  if (typeof address === 'number') return address === 0 ? undefined : ipv4(address - 1);
  return address === 0n ? undefined : ipv6(address - 1n);
}

/** How many addresses a range holds; exact up to 2^53, as a bigint beyond every doubt. */
export function rangeSize({ first, last }: Range): bigint {
  return BigInt(last) - BigInt(first) + 1n;
}

/** The same as a number, exact up to 2^53. A million single addresses of IPv6 are counted without making a bigint. */
export function addressesIn({ first, last }: Range): number {
  if (typeof first === 'number') return Number(last) - first + 1;
  return first === last ? 1 : Number(BigInt(last) - first + 1n);
}

/** The last address of a prefix. */
export function lastOf({ first, length }: Prefix): Address {
  if (typeof first === 'number') return ipv4(first + 2 ** (32 - length) - 1);
  return ipv6(first + (1n << BigInt(128 - length)) - 1n);
}

/** The prefix of this length that an address lies in. */
export function prefixOf(address: Address, length: number): Prefix {
  if (typeof address === 'number') {
    const size = 2 ** (32 - length);
    return { first: ipv4(address - (address % size)), length };
  }
  const shift = BigInt(128 - length);
  return { first: ipv6((address >> shift) << shift), length };
}

/** The subnet whose load the caps bound: /24 for IPv4, /64 for IPv6. */
export function subnetOf(address: Address): Prefix {
  return prefixOf(address, typeof address === 'number' ? 24 : 64);
}

/** Dotted decimal for IPv4, RFC 5952 for IPv6. */
export function formatAddress(address: Address): string {
  if (typeof address === 'number')
    return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
  return formatIpv6(address);
}

export function formatPrefix({ first, length }: Prefix): string {
  return `${formatAddress(first)}/${length}`;
}

/**
 * Reads an address as the kernel and well-kept data files write it: four decimal octets without leading
 * zeros, or RFC 4291 hexadecimal groups with at most one `::` and no embedded IPv4 part.
 * What people type goes through the scope room's stricter and more talkative parser.
 */
export function parseAddress(text: string): Address | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

function parseIpv4(text: string): Ipv4 | undefined {
  let value = 0;
  let octets = 0;
  let octet = -1;
  for (let i = 0; i <= text.length; i++) {
    const code = i < text.length ? text.charCodeAt(i) : 46;
    if (code === 46) {
      if (octet < 0) return undefined;
      value = value * 256 + octet;
      octets++;
      octet = -1;
    } else if (code >= 48 && code <= 57 && octet !== 0) {
      octet = (octet < 0 ? 0 : octet * 10) + code - 48;
      if (octet > 255) return undefined;
    } else return undefined;
  }
  return octets === 4 ? (value as Ipv4) : undefined;
}

/** Where the groups of an address are put together: a million addresses need no arrays of their own. */
const WORDS = new DataView(new ArrayBuffer(16));
const GROUPS = new Uint16Array(8);
const COLON = 58;

function parseIpv6(text: string): Ipv6 | undefined {
  const end = text.length;
  let count = 0;
  /** How many groups stand before `::`. */
  let gap = -1;
  let at = 0;
  if (text.startsWith('::')) {
    gap = 0;
    at = 2;
  }
  while (at < end) {
    let [value, digits] = [0, 0];
    for (let digit = hexDigit(text.charCodeAt(at)); digit >= 0; digit = hexDigit(text.charCodeAt(at))) {
      value = value * 16 + digit;
      at++;
      if (++digits > 4) return undefined;
    }
    if (digits === 0 || count === 8) return undefined;
    GROUPS[count++] = value;
    if (at === end) break;
    if (text.charCodeAt(at) !== COLON || ++at === end) return undefined;
    if (text.charCodeAt(at) !== COLON) continue;
    if (gap >= 0) return undefined;
    gap = count;
    at++;
  }
  if (gap < 0 ? count !== 8 : count === 8) return undefined;
  const missing = 8 - count;
  for (let i = 0; i < 8; i++) {
    const group = i < gap ? GROUPS[i] : i < gap + missing ? 0 : GROUPS[i - missing];
    WORDS.setUint16(2 * i, group ?? 0);
  }
  return ((WORDS.getBigUint64(0) << 64n) | WORDS.getBigUint64(8)) as Ipv6;
}

/** The value of 0-9, A-F or a-f; -1 for any other character, and for NaN, which stands behind the end. */
function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const letter = code | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

/** RFC 5952 §4: lower case, no leading zeros, the longest run of two or more zero groups as `::`, the first of equals. */
function formatIpv6(address: Ipv6): string {
  const groups = Array.from({ length: 8 }, (_, i) => Number((address >> BigInt(112 - 16 * i)) & 0xffffn));
  let best = { start: 0, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  if (best.length < 2) return hex(groups);
  return `${hex(groups.slice(0, best.start))}::${hex(groups.slice(best.start + best.length))}`;
}

/** For people: `1 address`, `256 addresses`. */
export function addressCount(count: number): string {
  return `${count} ${count === 1 ? 'address' : 'addresses'}`;
}
