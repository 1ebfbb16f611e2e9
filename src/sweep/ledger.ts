import type { Address } from '../domain/address.js';
import type { Sighting } from './sightings.js';

/** The sightings. They exist only where something came back, so memory grows with responders. */
export interface Ledger {
  readonly size: number;
  get(probe: number, probed: Address): Sighting | undefined;
  /**
   * Notes a sighting in the place of the one before of the same address and probe. One of another generation, or
   * with a form that was not answered before, is brought as a new one.
   */
  put(sighting: Sighting): void;
  /** What is new since the last call, as it is now, the sightings of one address together, first sighted first. */
  takeNew(): readonly (readonly Sighting[])[];
  /** Whether `takeNew` would bring anything. */
  hasNew(): boolean;
  all(): Iterable<Sighting>;
}

/**
 * @param sightings of an earlier part of the same run; `takeNew` brings them too.
 * @param onChange hears of each sighting that is put from now on.
 */
export function createLedger(
  probes: number,
  sightings: Iterable<Sighting> = [],
  onChange: (sighting: Sighting) => void = () => undefined,
): Ledger {
  const byProbe = Array.from({ length: probes }, () => new Map<Address, Sighting>());
  /** The probes of each address that are new. */
  let fresh = new Map<Address, readonly number[]>();
  const get = (probe: number, probed: Address): Sighting | undefined => byProbe[probe]?.get(probed);
  const note = (sighting: Sighting): void => {
    const { probe, probed, generation, forms } = sighting;
    const known = get(probe, probed);
    byProbe[probe]?.set(probed, sighting);
    if (known?.generation === generation && known.forms.size === forms.size) return;
    const others = (fresh.get(probed) ?? []).filter((other) => other !== probe);
    fresh.set(probed, [...others, probe]);
  };
  for (const sighting of sightings) note(sighting);
  return {
    get size() {
      return byProbe.reduce((sum, map) => sum + map.size, 0);
    },
    get,
    put(sighting) {
      note(sighting);
      onChange(sighting);
    },
    takeNew() {
      const taken = [...fresh].map(([probed, list]) => list.flatMap((probe) => get(probe, probed) ?? []));
      fresh = new Map();
      return taken;
    },
    hasNew: () => fresh.size > 0,
    *all() {
      for (const map of byProbe) yield* map.values();
    },
  };
}
