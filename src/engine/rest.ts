/**
 * What lies between two stages of a run, of whatever kind: sweep and measurement, two passes of the sweep, and the
 * session before. A whole second, so that no window of one second holds packets of both and the caps hold across
 * them without one stage knowing of the other; 10 ms more, because a socket's packet leaves a little after the clock
 * was read.
 * @param hostGapMs between two requests to one host.
 */
export function restBetweenStagesMs(hostGapMs: number): number {
  return Math.max(1010, hostGapMs);
}
