/** Seeded and fast: xorshift32 (Marsaglia, 2003). The same seed gives the same numbers on every machine. */
export interface Random {
  /** A whole number from 0 to `bound` - 1. */
  below(bound: number): number;
  /** Whether one of `n` times. */
  oneIn(n: number): boolean;
  pick<T>(list: readonly T[]): T;
}

export function randomFrom(seed: number): Random {
  // Zero would stay zero; neighbouring seeds must not give neighbouring numbers.
  let state = Math.imul(seed ^ 0x9e37_79b9, 0x85eb_ca6b) || 1;
  const below = (bound: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
  return {
    below,
    oneIn: (n) => below(n) === 0,
    pick(list) {
      const value = list[below(list.length)];
      if (value === undefined) throw new RangeError('nothing to pick from');
      return value;
    },
  };
}
