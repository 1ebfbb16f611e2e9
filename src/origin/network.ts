import type { Range } from '../domain/address.js';
import { bitsOf, familyOf, lastOf, parseAddress, prefixOf } from '../domain/address.js';

/**
 * Reads the network of a map's line: `192.0.2.0/24`, `2001:db8::/32`, or one address without a length. Gives a
 * sentence that says why where it is none.
 */
export function parseNetwork(text: string): Range | string {
  const slash = text.indexOf('/');
  return slash < 0
    ? parseNetworkParts(text, undefined)
    : parseNetworkParts(text.slice(0, slash), text.slice(slash + 1));
}

/** The same for a file that keeps address and length apart. */
export function parseNetworkParts(addressText: string, lengthText: string | undefined): Range | string {
  const address = parseAddress(addressText);
  if (address === undefined) return `"${addressText}" is not an IP address`;
  const bits = bitsOf(familyOf(address));
  if (lengthText === undefined) return { first: address, last: address };
  const length = /^(?:0|[1-9]\d{0,2})$/.test(lengthText) ? Number(lengthText) : NaN;
  if (!(length <= bits)) return `"${lengthText}" is not a prefix length from 0 to ${bits}`;
  const network = prefixOf(address, length);
  if (network.first !== address) return `"${addressText}/${lengthText}" has host bits set`;
  return { first: address, last: lastOf(network) };
}
