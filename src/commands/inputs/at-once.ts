import { readMostAtOnce } from '../../preflight/most-at-once.js';
import type { Settings } from '../../settings/all-settings.js';
import { socketsOfFamily } from '../../sweep/probe-channel.js';
import type { ScanInputs } from './scan-inputs.js';

/** The sockets that a scan has open at once. */
export interface AtOnce {
  /** Responders measured at once, at most: as set, or what the machine allows. */
  readonly parallel: number;
  /** Open from the first packet to the last measurement. */
  readonly sweepSockets: number;
}

export async function readAtOnce(
  { parallel, cooldown }: Pick<Settings, 'parallel' | 'cooldown'>,
  inputs: Pick<ScanInputs, 'probes' | 'rate' | 'space'>,
): Promise<AtOnce> {
  const sweepSockets = sweepSocketsOf(inputs, cooldown);
  return { parallel: parallel ?? (await readMostAtOnce(sweepSockets)), sweepSockets };
}

function sweepSocketsOf(
  { probes, rate, space }: Pick<ScanInputs, 'probes' | 'rate' | 'space'>,
  cooldownMs: number,
): number {
  const { firsts4, firsts6 } = space.set.ranges;
  const families = [firsts4, firsts6].filter(({ length }) => length > 0).length;
  return families * probes.reduce((sum, { probe }) => sum + socketsOfFamily(probe, { rate, cooldownMs }), 0);
}
