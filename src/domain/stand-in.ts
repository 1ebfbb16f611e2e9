import type { Address } from './address.js';
import { formatAddress, ipv4, ipv6 } from './address.js';

/**
 * What a checkpoint keeps of an address outside the scope that answered for one inside: a number from 0 to 15. Every
 * sixteenth address has the same, so it names none, whatever else is known; but the same address has always the
 * same, so a run that goes on still sees where one host answered twice.
 * @param probed the address that was asked: another one, another number.
 */
export function standInNumber(address: Address, probed: Address): number {
  if (isStandIn(address)) return Number(BigInt(address) & MOST);
  // FNV-1a (draft-eastlake-fnv) of 32 bits, folded. No key: with four bits there is nothing to keep secret.
  let hash = 0x811c9dc5;
  for (const char of `${formatAddress(address)} ${formatAddress(probed)}`)
    hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
  for (const shift of [16, 8, 4]) hash ^= hash >>> shift;
  return hash & Number(MOST);
}

/** An address that no host has, with this number: of 240.0.0.0/28 (RFC 1112 §4), or of 100::/124 (RFC 6666). */
export function standIn(number: number, family: 4 | 6): Address {
  return family === 4 ? ipv4(FIRST_IPV4 + number) : ipv6(FIRST_IPV6 + BigInt(number));
}

/** Whether two addresses that answered for `probed` are the same, as far as a stand-in tells. */
export function areSame(a: Address, b: Address, probed: Address): boolean {
  if (a === b) return true;
  if (isStandIn(a) === isStandIn(b) || typeof a !== typeof b) return false;
  return standInNumber(a, probed) === standInNumber(b, probed);
}

const MOST = 15n;
const FIRST_IPV4 = 0xf000_0000;
const FIRST_IPV6 = 0x0100n << 112n;

function isStandIn(address: Address): boolean {
  const first = typeof address === 'number' ? BigInt(FIRST_IPV4) : FIRST_IPV6;
  return BigInt(address) >> 4n === first >> 4n;
}
