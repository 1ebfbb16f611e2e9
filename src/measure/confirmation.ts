import type { Exchange } from '../domain/exchange.js';
import { isLowerBound } from '../domain/factors.js';

/** How much two answers to the same request may differ: both bounds must be passed. */
const MOST_DIFFERENCE = { bytes: 1000, times: 2 };

/**
 * Whether the measurement says something so different from the sweep that the same form is asked once more.
 * @param sighting what the sweep saw, in the shape of an exchange.
 */
export function needsConfirmation(sighting: Exchange, measured: readonly Exchange[]): boolean {
  const again = sameFormIn(measured, sighting);
  return again.length > 0 && again.every((exchange) => differ(sighting, exchange));
}

export interface UnstableRange {
  readonly leastBytes: number;
  readonly mostBytes: number;
}

/**
 * Whether it differed again when it was asked again.
 * @returns the least and the most payload bytes that the same request brought; undefined where they agree.
 */
export function unstableRange(sighting: Exchange, measured: readonly Exchange[]): UnstableRange | undefined {
  const again = sameFormIn(measured, sighting);
  if (again.length < 2 || !needsConfirmation(sighting, measured)) return undefined;
  const bytes = [sighting, ...again].map(({ received }) => received.payloadBytes);
  return { leastBytes: Math.min(...bytes), mostBytes: Math.max(...bytes) };
}

function sameFormIn(measured: readonly Exchange[], { form }: Exchange): readonly Exchange[] {
  return measured.filter(
    (exchange) => exchange.form === form && exchange.purpose === 'measure' && exchange.end !== 'unsent',
  );
}

/** Where the smaller figure is a lower bound, a cap or a loss explains the difference; so may another responder. */
function differ(a: Exchange, b: Exchange): boolean {
  const [less, more] = a.received.payloadBytes < b.received.payloadBytes ? [a, b] : [b, a];
  const [lessBytes, moreBytes] = [less.received.payloadBytes, more.received.payloadBytes];
  if (isLowerBound(less) || [a, b].some(({ caveats }) => caveats.includes('off-address'))) return false;
  return moreBytes - lessBytes > MOST_DIFFERENCE.bytes && moreBytes > MOST_DIFFERENCE.times * lessBytes;
}
