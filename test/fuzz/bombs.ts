import type { Random } from './random.js';
import type { Seed } from './subjects.js';
import { LARGEST_PAYLOAD, grown } from './grow.js';
import { TOKENS } from './tokens.js';

/** One packet, four of them, and whatever UDP carries. */
const SIZES = [1472, 6000, LARGEST_PAYLOAD] as const;
const OWN_PIECES = [1, 2, 4, 7, 12, 16, 24, 72];

/** A payload that is one thing over and over, and what it was made of, for the one who has to mend a reader. */
export interface Bomb {
  readonly payload: Uint8Array;
  readonly request: Uint8Array;
  readonly about: string;
}

/**
 * Every token, and pieces of the message itself, behind heads of it, with every count and length at its maximum. There
 * are millions of these: each call gives one.
 */
export function bomb(seeds: readonly Seed[], random: Random): Bomb {
  const { message, request } = random.pick(seeds);
  const at = random.below(1 + (random.oneIn(3) ? message.length : Math.min(64, message.length)));
  const own = message.subarray(at, at + random.pick(OWN_PIECES));
  const token = random.oneIn(3) && own.length > 0 ? own : random.pick(TOKENS);
  const payload = grown(message, at, token, random.pick(SIZES));
  const counts = random.below(4);
  // Counts stand in the first octets: DNS has four of them, NTP two.
  if (counts > 0) {
    const place = random.below(Math.min(14, payload.length));
    payload.fill(random.oneIn(2) ? 0xff : 0x0f, place, place + 2 * counts);
  }
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes.subarray(0, 40)).toString('hex');
  return {
    payload,
    request,
    about: `${payload.length} bytes: ${hex(payload)} … cut at ${at}, then ${hex(token)} over and over`,
  };
}
