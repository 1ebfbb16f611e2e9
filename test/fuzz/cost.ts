import { hash } from 'node:crypto';

/** The law: so many times what hashing the same bytes takes. */
const MOST_HASHES = 50;
/** Where V8 counts each block for the coverage of `npm test`, this code takes up to 1.2 times as long, and hashing does not. */
const COVERAGE_ALLOWANCE = process.env['NODE_V8_COVERAGE'] ? 2 : 1;
/** The law as it can be measured here and now. */
export const MOST_HASHES_HERE = MOST_HASHES * COVERAGE_ALLOWANCE;

/**
 * A payload counts as so many bytes longer than it is. A call has a cost of its own, and a short answer may well have
 * a field in each third byte: one of ntpd of 488 bytes has 166. On the machine where this was written fifty hashes of
 * 8 KiB are 0.26 ms, a twentieth of the 5 ms that nothing may take.
 */
const SPARE_BYTES = 8192;
const LONGEST = SPARE_BYTES + 65_507;

/**
 * How often something is measured at most before it counts as too slow: another program may have had
 * the processor, or the call may not have been compiled yet.
 */
const TRIES = 200;
/** So that the figure is of the call itself, too. */
const TRIES_WITHIN = 3;
/** No other program takes so much of each of these. */
const FAR_BEYOND = 4;
const TRIES_FAR_BEYOND = 25;

/** In nanoseconds, so that two calls a microsecond apart differ. */
function nowNs(): number {
  return Number(process.hrtime.bigint());
}

/** What the hashes of the law of so many bytes take here and now, in nanoseconds: from the best of many at two lengths. */
export function calibrate(): (bytes: number) => number {
  const [short, long] = [SPARE_BYTES, LONGEST].map((length) => {
    const bytes = new Uint8Array(length).fill(0x61);
    let best = Infinity;
    for (let i = 0; i < 300; i++) {
      const started = nowNs();
      hash('sha256', bytes, 'buffer');
      best = Math.min(best, nowNs() - started);
    }
    return best;
  }) as [number, number];
  const perByte = (long - short) / (LONGEST - SPARE_BYTES);
  return (bytes) => MOST_HASHES_HERE * (short + bytes * perByte);
}

/** What a call took, in nanoseconds. */
export function costOf(call: () => unknown): number {
  const started = nowNs();
  call();
  return nowNs() - started;
}

/**
 * How many times the limit a call takes: the best of three tries, or of as many as it needs to be within it. A call that is slow
 * by what it does stays slow; one that was interrupted, or not yet compiled, does not.
 */
export function timesLimit(call: () => unknown, bytes: number, limitOf: (bytes: number) => number): number {
  const limit = limitOf(bytes);
  let best = Infinity;
  for (let i = 0; i < TRIES && (best > limit || i < TRIES_WITHIN); i++) {
    if (i >= TRIES_FAR_BEYOND && best > FAR_BEYOND * limit) break;
    best = Math.min(best, costOf(call));
  }
  return best / limit;
}
