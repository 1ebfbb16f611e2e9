import { formatAddress } from '../domain/address.js';
import type { NotExposedReason } from '../domain/reasons.js';
import type { Finding } from '../domain/finding.js';
import { UNIDENTIFIED } from '../measure/verdict.js';

/** A finding, and whether the reader of its probe is a weak one (`strength` of probes/probe.ts). */
export interface Found {
  readonly finding: Finding;
  readonly isWeak: boolean;
}

/**
 * Several probes may have asked one address and port. What a weak reader makes of it is left to a reader that
 * knows its protocol by the bytes. And what no reader knows is one exposure, however many asked: the first probe of the list
 * reports it, a weak one last, so that it is the same exposure in every run.
 * @param found in the order of the list of probes.
 * @returns the findings that are left out, each with the reason.
 */
export function knownTwice(found: readonly Found[]): ReadonlyMap<Finding, NotExposedReason> {
  const weak = found.filter(({ isWeak }) => isWeak);
  const strong = found.filter(({ isWeak }) => !isWeak);
  const weakPorts = new Set(weak.map(({ finding }) => finding.measurement.probedPort));
  const known = new Set(
    strong
      .filter(({ finding }) => !isUnidentified(finding) && weakPorts.has(finding.measurement.probedPort))
      .map(({ finding }) => placeOf(finding)),
  );
  const unidentified = new Set<string>();
  const leftOut = new Map<Finding, NotExposedReason>();
  for (const { finding, isWeak } of [...strong, ...weak])
    if (isWeak && known.has(placeOf(finding))) leftOut.set(finding, 'recognised-elsewhere');
    else if (isUnidentified(finding)) {
      const place = placeOf(finding);
      if (unidentified.has(place)) leftOut.set(finding, 'unidentified-elsewhere');
      unidentified.add(place);
    }
  return leftOut;
}

function isUnidentified({ report }: Finding): boolean {
  return report === UNIDENTIFIED;
}

function placeOf({ measurement: { probed, probedPort } }: Finding): string {
  return `${formatAddress(probed)} ${probedPort}`;
}
