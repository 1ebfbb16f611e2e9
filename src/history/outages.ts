import type { Address } from '../domain/address.js';
import { subnetOf } from '../domain/address.js';

/** So many known exposures of one /24 (/64) that fall silent in one run are no coincidence. */
const SILENT_TOGETHER = 3;

/**
 * The subnets in which so many known exposures fell silent at once that an outage, or a filter on the way, is
 * as likely as a fix.
 * @param silent the address of each known exposure, open until now, that was silent; one as often as it has
 *   exposures.
 */
export function outages(silent: Iterable<Address>): (address: Address) => boolean {
  const counts = new Map<Address, number>();
  for (const address of silent) {
    const subnet = subnetOf(address).first;
    counts.set(subnet, (counts.get(subnet) ?? 0) + 1);
  }
  return (address) => (counts.get(subnetOf(address).first) ?? 0) >= SILENT_TOGETHER;
}
