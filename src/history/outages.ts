import type { Address } from '../domain/address.js';
import { subnetOf } from '../domain/address.js';

/** So many known exposures that fall silent together in one run are no coincidence. */
const SILENT_TOGETHER = 3;

/** A known exposure, open until now, that was silent. */
export interface Silence {
  readonly address: Address;
  readonly probe: string;
}

/**
 * Where an outage, or a filter on the way, is as likely as a fix: in a subnet (/24, /64) in which so many fell
 * silent at once, and for a probe of which so many fell silent and nobody anywhere answered it.
 * @param answered the probes that found anybody in this run.
 */
export function outages(
  silent: readonly Silence[],
  answered: ReadonlySet<string>,
): (silence: Silence) => boolean {
  const inSubnet = countBy(silent, ({ address }) => subnetOf(address).first);
  const ofProbe = countBy(silent, ({ probe }) => probe);
  return ({ address, probe }) =>
    (inSubnet.get(subnetOf(address).first) ?? 0) >= SILENT_TOGETHER ||
    ((ofProbe.get(probe) ?? 0) >= SILENT_TOGETHER && !answered.has(probe));
}

function countBy<Key>(
  silent: readonly Silence[],
  keyOf: (silence: Silence) => Key,
): ReadonlyMap<Key, number> {
  const counts = new Map<Key, number>();
  for (const silence of silent) counts.set(keyOf(silence), (counts.get(keyOf(silence)) ?? 0) + 1);
  return counts;
}
