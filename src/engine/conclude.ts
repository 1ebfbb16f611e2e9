import type { Address } from '../domain/address.js';
import type { NotExposedReason } from '../domain/reasons.js';
import type { Exchange } from '../domain/exchange.js';
import type { Finding } from '../domain/finding.js';
import { isLowerBound } from '../domain/factors.js';
import { areSame } from '../domain/stand-in.js';
import type { Directly } from '../measure/elsewhere.js';
import { fewPrefixes } from '../scope/few-prefixes.js';
import type { Scope } from '../scope/scope.js';
import type { Sighting } from '../sweep/sightings.js';
import type { LossLog } from '../sweep/losses.js';
import type { Span } from '../sweep/spans.js';
import type { Counters } from './counters.js';
import { findingOf } from './finding-of.js';
import { knownTwice, type Found } from './known-twice.js';
import type { KnownKnowledge } from './observe-known.js';
import { observeKnown } from './observe-known.js';
import type { ScanResult } from './scan-plan.js';

/** What a scan knows when nothing more is sent. */
export interface ScanKnowledge extends KnownKnowledge {
  /** How many were to be probed. */
  readonly addresses: number;
  /** Of the whole run. */
  readonly counters: () => Counters;
  /** Here caps and late replies are noted too. */
  readonly lossLog: LossLog;
  /** Where the sighting's request stands in the sweep. */
  readonly positionOf: (sighting: Sighting) => number | undefined;
  /** Whether a sighting's first reply came after the cooldown. */
  readonly isLate: (sighting: Sighting) => boolean;
}

/** The findings, and everything that is counted for run.json. */
export function conclude(known: ScanKnowledge): ScanResult {
  const { plan, measured } = known;
  noteCapped(known);
  const { findings, perProbe, lateResponders } = judge(known);
  const measurements = [...measured.values()];
  const all = known.counters();
  const alone = [
    ...measurements,
    ...[...known.rechecked.values(), ...known.canaries.map(({ outcome }) => outcome)].map(
      ({ exchanges }) => exchanges,
    ),
  ].flat();
  return {
    ...all,
    addresses: known.addresses,
    findings: takenFrom(findings),
    perProbe: perProbe.map((counts, index) => ({
      ...counts,
      ...(all.sent[index] ?? { sent: 0, sentBytes: 0 }),
    })),
    lateResponders,
    ...observeKnown(known, findings),
    measurementRequests: alone.filter(({ end }) => end !== 'unsent').length,
    farewells: alone.filter(({ farewellBytes }) => farewellBytes !== undefined).length,
    measured: measurements.filter((exchanges) => exchanges.length > 0).length,
    // What was excluded since is no loss.
    unknown: plan.probes.map((_, probe) => fewPrefixes(onlyAllowed(plan.scope, known.unknown(probe)))),
    ...lossEstimateOf(measurements),
    cappedMeasurements: measurements.filter((exchanges) => exchanges.some(isLowerBound)).length,
    ...(known.stoppedBy !== undefined && { stoppedBy: known.stoppedBy }),
  };
}

/** Nothing else holds what it gives out. */
function* takenFrom<T>(values: T[]): Generator<T> {
  values.reverse();
  for (let value = values.pop(); value !== undefined; value = values.pop()) yield value;
}

interface ProbeCounts {
  responders: number;
  exposures: number;
  readonly notExposed: Record<string, number>;
}

function notExposed({ notExposed: reasons }: ProbeCounts, reason: string): void {
  reasons[reason] = (reasons[reason] ?? 0) + 1;
}

/** Each sighting becomes a finding, or one more of a reason why there is none. */
function judge(known: ScanKnowledge): {
  readonly findings: Finding[];
  readonly perProbe: readonly ProbeCounts[];
  readonly lateResponders: number;
} {
  const { plan, ledger, measured, lossLog } = known;
  const found: (Found & { readonly counts: ProbeCounts })[] = [];
  const perProbe = plan.probes.map((): ProbeCounts => ({ responders: 0, exposures: 0, notExposed: {} }));
  let lateResponders = 0;
  const { sockets } = known.counters();
  const lossyProbes = new Set(sockets.flatMap(({ probe, socket }) => ((socket.drops ?? 0) > 0 ? probe : [])));
  for (const sighting of ledger.all()) {
    const selected = plan.probes[sighting.probe];
    const counts = perProbe[sighting.probe];
    if (selected === undefined || counts === undefined) continue;
    counts.responders++;
    const isLate = known.isLate(sighting);
    if (isLate) {
      lateResponders++;
      const { firstSeenAt: first } = sighting;
      lossLog.note({
        kind: 'late_replies',
        count: 1,
        probe: selected.probe.id,
        first,
        ...spanOf(known, sighting),
      });
    }
    // What was excluded after it had answered gives no row.
    const outcome = plan.scope.allows(sighting.probed)
      ? findingOf(
          {
            ...plan,
            isLate,
            lostReplies: lossyProbes.has(selected.probe.id),
            directly: (address) => directlyOf(known, sighting, address),
            answersOtherProtocols: (address) =>
              plan.probes.some(
                ({ probe }, index) =>
                  probe.protocol !== selected.probe.protocol &&
                  isAnsweredBy(ledger.get(index, sighting.probed), address),
              ),
          },
          selected,
          sighting,
          measured.get(sighting) ?? [],
        )
      : ('excluded-during-run' satisfies NotExposedReason);
    if (typeof outcome === 'string') notExposed(counts, outcome);
    else found.push({ finding: outcome, isWeak: selected.probe.strength === 'weak', counts });
  }
  const duplicates = knownTwice(found);
  const findings = found.flatMap(({ finding, counts }) => {
    const reason = duplicates.get(finding);
    if (reason === undefined) counts.exposures++;
    else notExposed(counts, reason);
    return reason === undefined ? finding : [];
  });
  return { findings, perProbe, lateResponders };
}

function isAnsweredBy(sighting: Sighting | undefined, address: Address): boolean {
  return sighting !== undefined && areSame(sighting.responder, address, sighting.probed);
}

/** What an address did when the sighting's probe asked it itself: silence only where nothing was lost. */
function directlyOf(known: ScanKnowledge, sighting: Sighting, address: Address): Directly {
  const { probe } = sighting;
  const own = known.ledger.get(probe, address);
  if (own !== undefined) {
    if (own.responder !== address || own.firstReading.kind === 'unrecognised') return 'unknown';
    return own.firstReading.kind === 'refusal' ? 'refused' : 'answered';
  }
  const wasAsked =
    known.stoppedBy === undefined && known.positionOf({ ...sighting, probed: address }) !== undefined;
  if (!wasAsked) return 'unknown';
  for (const lost of known.unknown(probe)) if (lost === address) return 'unknown';
  return 'silent';
}

function noteCapped(known: ScanKnowledge): void {
  for (const [sighting, exchanges] of known.measured)
    for (const exchange of exchanges.filter(({ caveats }) => caveats.includes('capped')))
      known.lossLog.note({
        kind: 'capped',
        count: 1,
        probe: known.plan.probes[sighting.probe]?.probe.id ?? '',
        first: exchange.requestedAt ?? sighting.firstSeenAt,
        ...spanOf(known, sighting),
      });
}

function spanOf({ positionOf }: ScanKnowledge, sighting: Sighting): { readonly positions?: Span } {
  const from = positionOf(sighting);
  return from === undefined ? {} : { positions: { from, to: from + 1 } };
}

function* onlyAllowed(scope: Scope, addresses: Iterable<Address>): Generator<Address, undefined> {
  for (const address of addresses) if (scope.allows(address)) yield address;
  return undefined;
}

/** Of those that answered the sweep, how many did not answer the same form in the measurement. */
function lossEstimateOf(measurements: readonly (readonly Exchange[])[]): { readonly lossEstimate?: number } {
  const again = measurements.flatMap(([first]) =>
    first === undefined || first.end === 'unsent' ? [] : first,
  );
  if (again.length === 0) return {};
  return { lossEstimate: again.filter(({ end }) => end === 'silent').length / again.length };
}
