import { LARGEST_PAYLOAD, fill, grown } from './grow.js';
import type { Random } from './random.js';
import type { Seed } from './subjects.js';
import { LIMITS, TOKENS } from './tokens.js';

/** Lengths of what is grown: one packet as a rule, now and then whatever UDP carries. */
const SIZES = [64, 200, 512, 1472, 1472, 4096, 16_384, LARGEST_PAYLOAD];

const buffer = new Uint8Array(LARGEST_PAYLOAD);

/**
 * A message as a hostile or a broken server might have sent it: one of the seeds, cut, with bits and numbers changed,
 * with a part of it or a token repeated, or another's end on it. Valid until the next call: the bytes are reused.
 */
export function mutated({ message }: Seed, others: readonly Seed[], random: Random): Uint8Array {
  if (random.oneIn(12)) {
    const at = cutOf(message, random);
    const size = random.pick(SIZES);
    // Only now and then as long as it may be: one of those takes as long to make as a thousand short ones.
    return grown(message, at, tokenOf(message, at, random), size > 1472 && !random.oneIn(8) ? 700 : size);
  }
  let length = Math.min(message.length, random.oneIn(3) ? 1 + random.below(message.length) : message.length);
  buffer.set(message.subarray(0, length));
  for (let changes = 1 + random.below(4); changes > 0; changes--) length = change(length, others, random);
  return buffer.subarray(0, length);
}

function change(length: number, others: readonly Seed[], random: Random): number {
  const at = random.below(Math.max(1, random.oneIn(2) ? Math.min(64, length) : length));
  switch (random.below(8)) {
    case 0:
    case 1:
      buffer[at] = (buffer[at] ?? 0) ^ (1 << random.below(8));
      return length;
    case 2:
      buffer[at] = random.pick(LIMITS) & 0xff;
      return length;
    case 3:
      return putNumber(at, random.oneIn(2) ? 2 : 4, random.pick(LIMITS), length, random.oneIn(4));
    case 4: {
      const token = random.pick(TOKENS);
      const end = Math.min(buffer.length, Math.max(length, at + token.length * (1 + random.below(40))));
      fill(buffer.subarray(0, Math.min(end, at + token.length * 40)), at, token);
      return Math.min(end, Math.max(length, at + token.length * 40));
    }
    case 5: {
      const token = random.pick(TOKENS);
      const moved = Math.min(length, buffer.length - token.length - at) - at;
      buffer.copyWithin(at + token.length, at, Math.max(at, at + moved));
      buffer.set(token.subarray(0, buffer.length - at), at);
      return Math.min(buffer.length, length + token.length);
    }
    case 6: {
      const bytes = 1 + random.below(Math.max(1, length - at));
      const times = 1 + random.below(8);
      let end = length;
      for (let i = 0; i < times && end + bytes <= 4096; i++, end += bytes)
        buffer.copyWithin(end, at, at + bytes);
      return end;
    }
    default: {
      const other = random.pick(others).message;
      const from = random.below(Math.max(1, other.length));
      const part = other.subarray(from, from + buffer.length - at);
      buffer.set(part, at);
      return Math.max(1, at + part.length);
    }
  }
}

function putNumber(at: number, octets: number, value: number, length: number, isLittle: boolean): number {
  for (let i = 0; i < octets && at + i < length; i++) {
    const shift = 8 * (isLittle ? i : octets - 1 - i);
    buffer[at + i] = (value >>> shift) & 0xff;
  }
  return length;
}

/** Behind any of the first octets, or anywhere. */
function cutOf(message: Uint8Array, random: Random): number {
  return random.below(1 + (random.oneIn(3) ? message.length : Math.min(64, message.length)));
}

/** One of the list, or what follows the cut in the message itself: one of its own entries, as a rule. */
function tokenOf(message: Uint8Array, at: number, random: Random): Uint8Array {
  const own = message.subarray(at, at + 1 + random.below(80));
  return random.oneIn(3) && own.length > 0 ? own : random.pick(TOKENS);
}
