import { networkInterfaces } from 'node:os';
import { familyOf, parseAddress } from '../domain/address.js';

/** Whether an address is the broadcast address of a network that this machine is on. IPv6 has none (RFC 4291 §2). */
export function isLocalBroadcast(text: string): boolean {
  const address = parseAddress(text);
  if (address === undefined || familyOf(address) !== 4) return false;
  return Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .some((own) => {
      const [host, mask] = [parseAddress(own.address), parseAddress(own.netmask)];
      if (typeof host !== 'number' || typeof mask !== 'number') return false;
      return (host | ~mask) >>> 0 === Number(address);
    });
}
