import { join } from 'node:path';
import { addressCount } from '../../domain/address.js';
import { readRunRecord } from '../../archive/run-archive.js';
import { runNames } from '../../archive/run-directory.js';
import type { RunFirstAsked, RunPartial, RunRecord } from '../../domain/run-record.js';
import { standingOf } from '../../domain/run-standing.js';
import type { AddressSet } from '../../scope/address-set.js';
import { addressSet, difference, intersection, sizeOf } from '../../scope/address-set.js';
import { givenRange } from '../../scope/parse-range.js';
import { quickRange } from '../../scope/target-list.js';

/** What a run asks, as far as another one is compared with it. */
export interface RunCoverage {
  readonly targets: AddressSet;
  /** What the scope allows now: what it does not allow any more is not missing. */
  readonly allowed: AddressSet;
  readonly probes: readonly Pick<RunRecord['probes'][number], 'id' | 'port'>[];
}

/** The newest whole run of a folder, whose targets and probes are the usual ones; undefined where there is none. */
export async function findUsualRun(out: string): Promise<RunRecord | undefined> {
  for (const name of ['latest', ...(await runNames(out)).toReversed()]) {
    const run = await readRunRecord(join(out, name)).catch(() => undefined);
    if (run !== undefined && standingOf(run) === 'whole') return run;
  }
  return undefined;
}

/**
 * What a run leaves out of what the usual one asks.
 * @returns undefined where it asks at least as much of what the scope allows now.
 */
export function partialOf(
  usual: RunRecord | undefined,
  { targets, allowed, probes }: RunCoverage,
): RunPartial | undefined {
  if (usual === undefined) return undefined;
  const missing = difference(intersection(rangesOf(usual.targets.networks), allowed), targets);
  const missingProbes = usual.probes
    .filter(({ id, port }) => !probes.some((probe) => probe.id === id && probe.port === port))
    .map(({ id }) => id);
  const addresses = Number(sizeOf(missing));
  if (addresses === 0 && missingProbes.length === 0) return undefined;
  return {
    compared_with: usual.scan_id,
    ...(addresses > 0 && { missing_addresses: addresses }),
    ...(missingProbes.length > 0 && { missing_probes: missingProbes }),
  };
}

/** The probes of a run that the usual one does not ask; undefined where there are none. */
export function firstAskedOf(
  usual: RunRecord | undefined,
  { probes }: Pick<RunCoverage, 'probes'>,
): RunFirstAsked | undefined {
  if (usual === undefined) return undefined;
  const more = probes.map(({ id }) => id).filter((id) => !usual.probes.some((probe) => probe.id === id));
  return more.length === 0 ? undefined : { compared_with: usual.scan_id, probes: more };
}

const MOST_NAMED = 5;

/** Why a run is partial, and what makes it the usual one: a sentence for the console. */
export function partialNote({
  compared_with,
  missing_addresses = 0,
  missing_probes = [],
}: RunPartial): string {
  const named = missing_probes.slice(0, MOST_NAMED).join(', ');
  const more = missing_probes.length - MOST_NAMED;
  const missing = [
    ...(missing_addresses > 0 ? [addressCount(missing_addresses)] : []),
    ...(missing_probes.length > 0
      ? [
          `${missing_probes.length} ${missing_probes.length === 1 ? 'probe' : 'probes'} (${named}${more > 0 ? ` and ${more} more` : ''})`,
        ]
      : []),
  ];
  return `this run is partial: the usual run is the newest whole one, ${compared_with}, and asked ${missing.join(' and ')} more. latest, the trend, letters and --fail-on-new follow whole runs; if what this run asks shall be the usual from now on, run it once with --make-usual`;
}

/** What the run asked, from its own record. */
export function coverageOf({ targets, authorisation, probes }: RunRecord): RunCoverage {
  return {
    targets: rangesOf(targets.networks),
    allowed: difference(
      rangesOf(authorisation.networks.map(({ prefix }) => prefix)),
      rangesOf(authorisation.exclude),
    ),
    probes,
  };
}

/** A run of a million targets has as many texts. */
function rangesOf(texts: readonly string[]): AddressSet {
  return addressSet(
    (function* () {
      for (const text of texts) yield quickRange(text) ?? givenRange(text).range;
    })(),
  );
}
