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
}

export function createMeasured(
  entries: Iterable<readonly [Sighting, readonly Exchange[]]> = [],
): MutableMeasured {
  const byKey = new Map<string, readonly [Sighting, readonly Exchange[]]>();
  const measured: MutableMeasured = {
    get size() {
      return byKey.size;
    },
    get: (sighting) => byKey.get(keyOf(sighting))?.[1],
    set(sighting, exchanges) {
      byKey.set(keyOf(sighting), [sighting, exchanges]);
    },
    *values() {
      for (const [, exchanges] of byKey.values()) yield exchanges;
    },
    [Symbol.iterator]: () => byKey.values(),
  };
  for (const [sighting, exchanges] of entries) measured.set(sighting, exchanges);
  return measured;
}

/** Of a sighting, whatever its sums are by now. */
export function keyOf({ probe, probed, generation }: Sighting): string {
  return `${probe} ${formatAddress(probed)} ${generation}`;
}
