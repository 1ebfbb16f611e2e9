import type { Address } from '../domain/address.js';
import { formatPrefix, subnetOf } from '../domain/address.js';
import type { DarkPart, RunSuspect } from '../domain/run-record.js';

/** What of a run shows whether its packets, and the answers to them, got through. */
export interface PathEvidence {
  /** Addresses that answered earlier runs and that this one asked the same, each once. */
  readonly expected: readonly ExpectedResponder[];
  /** Those of the scope that were asked. `network`: the network of the scope that it lies in. */
  readonly canaries: readonly {
    readonly address: Address;
    readonly network: string;
    readonly answered: boolean;
  }[];
  /** Whether anything at all answered, refused or said that its port is closed. */
  readonly isAlive: boolean;
  /** Known exposures that answered when they were last asked, and were silent in this run. */
  readonly fell: readonly Silence[];
  /** The probes that found an exposure anywhere in this run. */
  readonly answered: ReadonlySet<string>;
  /** The networks in which an address may go dark with others: the scope's prefix, the AS, the /24 (/64). */
  readonly networksOf: (address: Address) => readonly string[];
}

export interface ExpectedResponder {
  readonly address: Address;
  /** Whether it answered when it was last asked. */
  readonly recent: boolean;
  /** Whether it did anything now. */
  readonly answered: boolean;
}

/** A known exposure that was silent. */
export interface Silence {
  readonly address: Address;
  readonly probe: string;
}

/** What follows for the silences of a run. */
export interface PathProof {
  /** Present where the run as a whole is in doubt. */
  readonly suspect?: RunSuspect;
  /** What else fell silent together, while the rest of the run stands. */
  readonly dark: readonly DarkPart[];
  /** Why the silence of one proves nothing; undefined: the run reached it. */
  readonly doubtOf: (silence: Silence) => 'path not proved' | 'outage' | undefined;
}

/** One responder alone may have been closed; of two, a run can tell. */
const FEWEST_EXPECTED = 2;
/** So many known exposures that fall silent together in one run are no coincidence. */
const FELL_TOGETHER = 3;

/**
 * Whether a run proved its path, as a whole and for each network. A canary decides for the networks that it lies in;
 * elsewhere at least half of the known responders must have answered anything. An outage, or a filter on the way,
 * is as likely as a fix where so many fell silent in one run: in one /24 (/64), or to one probe that found nothing.
 */
export function proofOfPath(evidence: PathEvidence): PathProof {
  const suspect = suspectIn(evidence);
  if (suspect !== undefined) return { suspect, dark: [], doubtOf: () => 'path not proved' };
  if (!evidence.isAlive) return { dark: [], doubtOf: () => 'path not proved' };
  const { networksOf } = evidence;
  const networks = darkNetworks(evidence);
  const probes = darkProbes(evidence);
  return {
    dark: [...networks.values(), ...probes.values()],
    doubtOf: ({ address, probe }) =>
      probes.has(probe) || networksOf(address).some((name) => networks.has(name)) ? 'outage' : undefined,
  };
}

function suspectIn({ canaries, expected }: PathEvidence): RunSuspect | undefined {
  const networks = [...new Set(canaries.map(({ network }) => network))].filter((name) =>
    canaries.every(({ network, answered }) => network !== name || !answered),
  );
  if (networks.length > 0) {
    const failed = canaries.filter(({ network }) => networks.includes(network));
    return { reason: 'canaries', expected: failed.length, answered: 0, networks };
  }
  if (canaries.length > 0) return undefined;
  const counts = countsOf(expected);
  return isDark(counts) ? { reason: 'responders', ...counts } : undefined;
}

function darkNetworks({ canaries, expected, fell, networksOf }: PathEvidence): ReadonlyMap<string, DarkPart> {
  const proved = new Set(canaries.flatMap(({ address, answered }) => (answered ? networksOf(address) : [])));
  const members = new Map<string, ExpectedResponder[]>();
  for (const one of expected)
    for (const name of networksOf(one.address)) {
      const all = members.get(name);
      if (all === undefined) members.set(name, [one]);
      else all.push(one);
    }
  const together = tooMany(fell, ({ address }) => formatPrefix(subnetOf(address)));
  return new Map(
    [...members]
      .map(([name, all]) => [name, countsOf(all)] as const)
      .filter(([name, count]) => (isDark(count) && !proved.has(name)) || together.has(name))
      .map(([network, count]) => [network, { network, ...count }]),
  );
}

function darkProbes({ fell, answered }: PathEvidence): ReadonlyMap<string, DarkPart> {
  return new Map(
    [...tooMany(fell, ({ probe }) => probe)]
      .filter(([probe]) => !answered.has(probe))
      .map(([probe, expected]) => [probe, { probe, expected, answered: 0 }]),
  );
}

function isDark({ expected, answered }: { readonly expected: number; readonly answered: number }): boolean {
  return expected >= FEWEST_EXPECTED && answered * 2 < expected;
}

/**
 * Who answered when it was last asked counts. Otherwise those that were closed in silence would keep a network dark for
 * good. Where that leaves none that could speak for the network, all that are known count: a line that stays dark is
 * no fix, however long it does.
 */
function countsOf(expected: readonly ExpectedResponder[]): {
  readonly expected: number;
  readonly answered: number;
} {
  const recent = expected.filter((one) => one.recent);
  const isEnough = recent.length >= FEWEST_EXPECTED || recent.some(({ answered }) => answered);
  const counting = isEnough ? recent : expected;
  return { expected: counting.length, answered: counting.filter(({ answered }) => answered).length };
}

function tooMany(fell: readonly Silence[], keyOf: (silence: Silence) => string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const silence of fell) counts.set(keyOf(silence), (counts.get(keyOf(silence)) ?? 0) + 1);
  return new Map([...counts].filter(([, count]) => count >= FELL_TOGETHER));
}
