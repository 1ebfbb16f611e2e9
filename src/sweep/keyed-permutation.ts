/** Eight 32-bit words that fix a permutation; drawn or derived outside, never from a clock. */
export type Key = Uint32Array;

export interface Permutation {
  readonly size: number;
  /** Where `index` goes: each of 0 … size − 1 exactly once. */
  at(index: number): number;
  /** The index that goes to `value`. */
  inverse(value: number): number;
}

const ROUNDS = 6;

/**
 * A keyed order of 0 … size − 1 that needs no table: a generalised Feistel network over Z_a × Z_b with
 * a · b just above `size`, and cycle walking for the few values beyond it (Black and Rogaway, CT-RSA 2002).
 * It spreads load; it keeps no secret.
 * @param size at most 2^53.
 * @param tweak another order for each value under the same key.
 */
export function keyedPermutation(size: number, key: Key, tweak = 0): Permutation {
  return {
    size,
    at: (index) => permute(size, key, tweak, index),
    inverse: (value) => unpermute(size, key, tweak, value),
  };
}

/** `keyedPermutation(size, key, tweak).at(index)` without making the object, for the path that every packet takes. */
export function permute(size: number, key: Key, tweak: number, index: number): number {
  const a = Math.ceil(Math.sqrt(size));
  const b = Math.ceil(size / a);
  const salt = saltOf(key, tweak);
  let value = index;
  do {
    let low = remainder(value, a);
    let high = (value - low) / a;
    for (let round = 0; round < ROUNDS; round += 2) {
      low = remainder(low + mix(high, key, salt, round), a);
      high = remainder(high + mix(low, key, salt, round + 1), b);
    }
    value = high * a + low;
  } while (value >= size);
  return value;
}

export function unpermute(size: number, key: Key, tweak: number, value: number): number {
  const a = Math.ceil(Math.sqrt(size));
  const b = Math.ceil(size / a);
  const salt = saltOf(key, tweak);
  let index = value;
  do {
    let low = remainder(index, a);
    let high = (index - low) / a;
    for (let round = ROUNDS - 2; round >= 0; round -= 2) {
      high = remainder(high + b - remainder(mix(low, key, salt, round + 1), b), b);
      low = remainder(low + a - remainder(mix(high, key, salt, round), a), a);
    }
    index = high * a + low;
  } while (index >= size);
  return index;
}

/**
 * `value % by` of whole numbers up to 2^53, which is a call where they have more than 32 bits. The low bits are the
 * remainder where `by` is a power of two, as it is for the hosts of a whole /24.
 */
function remainder(value: number, by: number): number {
  const mask = by - 1;
  return (by & mask) === 0 ? value & mask : value - Math.floor(value / by) * by;
}

function saltOf(key: Key, tweak: number): number {
  return Math.imul(tweak ^ (key[7] ?? 0), 0x9e3779b1);
}

/** The 32-bit finaliser of MurmurHash3 over the word, its round key and the salt. */
function mix(word: number, key: Key, salt: number, round: number): number {
  let h = (word ^ (key[round] ?? 0)) + salt;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
