import { PACER_TICK_MS } from '../sweep/pacer.js';

/**
 * What lies between two stages of a run, of whatever kind: sweep and measurement, two passes of the sweep, and the
 * session before. Each stage has limits of its own and knows nothing of the other, so it is the longest interval of
 * any of them, for the rate and a subnet's cap may be less than one a second; a pacer may make up for one tick. And a
 * whole second, so that no window of one
 * second holds packets of both; 10 ms more, because a packet leaves a little after the clock was read.
 */
export function restBetweenStagesMs({
  pace,
  formGapMs,
}: {
  readonly pace: { readonly rate: number; readonly perSubnet: number; readonly perHost: number };
  readonly formGapMs: number;
}): number {
  const intervalMs = 1000 / pace.rate + PACER_TICK_MS;
  return Math.max(1010, intervalMs, 1000 / pace.perSubnet, hostGapMs({ pace, formGapMs }));
}

/**
 * The same between the sweep's last packet and the first request of the measurements, which know when the sweep asked
 * a host: then no more than the rate and every subnet's cap need. A packet that leaves one interval and one tick later
 * leaves room for the tick that the next ones may make up for.
 */
export function restAfterSweepMs({
  rate,
  perSubnet,
}: {
  readonly rate: number;
  readonly perSubnet: number;
}): number {
  return Math.max(1000 / rate + PACER_TICK_MS, 1000 / perSubnet) + 10;
}

/** Between two requests to one host, of whatever stage. */
export function hostGapMs({
  formGapMs,
  pace,
}: {
  readonly formGapMs: number;
  readonly pace: { readonly perHost: number };
}): number {
  return Math.max(formGapMs, 1000 / pace.perHost);
}
