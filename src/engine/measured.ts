import { formatAddress } from '../domain/address.js';
import type { Exchange } from '../domain/exchange.js';
import type { Sighting } from '../sweep/sightings.js';

/** What was asked of each sighting: by probe, probed address and generation, however its sums have grown since. */
export interface Measured extends Iterable<readonly [Sighting, readonly Exchange[]]> {
  readonly size: number;
  get(sighting: Sighting): readonly Exchange[] | undefined;
  values(): Iterable<readonly Exchange[]>;
}

export interface MutableMeasured extends Measured {
  set(sighting: Sighting, exchanges: readonly Exchange[]): void;
  /** What was set of it is whole, and may be saved. */
  finish(sighting: Sighting): void;
  /** What has become whole since the last call, each with what was not taken before. */
  takeUnsaved(): readonly (readonly [Sighting, readonly Exchange[]])[];
}

interface Entry {
  readonly sighting: Sighting;
  readonly exchanges: readonly Exchange[];
  /** How many of them were given out to be saved. */
  saved: number;
}

/** @param entries of an earlier part of the run, which has saved them. */
export function createMeasured(
  entries: Iterable<readonly [Sighting, readonly Exchange[]]> = [],
): MutableMeasured {
  const byKey = new Map<string, Entry>();
  let unsaved: (readonly [Sighting, readonly Exchange[]])[] = [];
  for (const [sighting, exchanges] of entries)
    byKey.set(keyOf(sighting), { sighting, exchanges, saved: exchanges.length });
  return {
    get size() {
      return byKey.size;
    },
    get: (sighting) => byKey.get(keyOf(sighting))?.exchanges,
    set(sighting, exchanges) {
      const saved = byKey.get(keyOf(sighting))?.saved ?? 0;
      byKey.set(keyOf(sighting), { sighting, exchanges, saved });
    },
    finish(sighting) {
      const entry = byKey.get(keyOf(sighting));
      if (entry === undefined) return;
      unsaved.push([sighting, entry.exchanges.slice(entry.saved)]);
      entry.saved = entry.exchanges.length;
    },
    takeUnsaved() {
      const taken = unsaved;
      unsaved = [];
      return taken;
    },
    *values() {
      for (const { exchanges } of byKey.values()) yield exchanges;
    },
    *[Symbol.iterator]() {
      for (const { sighting, exchanges } of byKey.values()) yield [sighting, exchanges] as const;
    },
  };
}

/** Of a sighting, whatever its sums are by now. */
export function keyOf({ probe, probed, generation }: Sighting): string {
  return `${probe} ${formatAddress(probed)} ${generation}`;
}
