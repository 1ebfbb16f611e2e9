const MULTIPLIER = { '': 1, k: 1e3, K: 1e3, M: 1e6, G: 1e9 };

/** A kilobit, below which no reply would fit, and a terabit per second. */
export const LEAST_BANDWIDTH_BPS = 1e3;
export const MOST_BANDWIDTH_BPS = 1e12;

/**
 * Reads bits per second as people write them: `20M`, `500k`, `1.5G` or `20000000`; the multipliers are decimal.
 * Undefined for anything else and for what is below 1k or above 1000G.
 */
export function parseBandwidth(text: string): number | undefined {
  const match = /^(\d{1,13}(?:\.\d{1,3})?)([kKMG]?)$/.exec(text);
  if (!match) return undefined;
  const [, amount = '', unit = ''] = match;
  const bps = Math.round(Number(amount) * MULTIPLIER[unit as keyof typeof MULTIPLIER]);
  return bps >= LEAST_BANDWIDTH_BPS && bps <= MOST_BANDWIDTH_BPS ? bps : undefined;
}
