import type { Address, Prefix, Range } from '../domain/address.js';
import { lastOf, subnetOf } from '../domain/address.js';
import { addressSet, toPrefixes } from './address-set.js';

/** Beyond so many addresses whole subnets are named: what a list holds must not grow with the targets. */
const MOST_ADDRESSES = 262_144;

/**
 * The prefixes that hold these addresses, and nothing else while they are few; then, for those that come last,
 * their whole /24 or /64. One address may come more than once.
 */
export function fewPrefixes(addresses: Iterable<Address>): {
  readonly addresses: number;
  readonly prefixes: readonly Prefix[];
} {
  const single = new Set<Address>();
  const subnets = new Map<Address, Range>();
  let beyond = 0;
  for (const address of addresses) {
    if (single.has(address)) continue;
    if (single.size < MOST_ADDRESSES) single.add(address);
    else {
      const subnet = subnetOf(address);
      subnets.set(subnet.first, { first: subnet.first, last: lastOf(subnet) });
      beyond++;
    }
  }
  const ranges = [...[...single].map((address) => ({ first: address, last: address })), ...subnets.values()];
  return { addresses: single.size + beyond, prefixes: toPrefixes(addressSet(ranges)) };
}
