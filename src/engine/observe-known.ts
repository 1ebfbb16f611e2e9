import type { Address } from '../domain/address.js';
import { compareAddresses, formatAddress, formatPrefix, parseAddress, subnetOf } from '../domain/address.js';
import type { Exchange, Reading } from '../domain/exchange.js';
import { compareText } from '../domain/sort-records.js';
import type { Finding } from '../domain/finding.js';
import type { ProbeResponders, RunCanary, RunPath, RunSuspect } from '../domain/run-record.js';
import { findingId } from '../../reports/record.js';
import { fingerprintOf } from '../history/request-fingerprint.js';
import type { ExposureHistory } from '../history/exposure-history.js';
import type { PathEvidence, PathProof, Silence } from '../history/path-proof.js';
import { proofOfPath } from '../history/path-proof.js';
import type { ObservedKnown } from '../history/verdict.js';
import type { Ledger } from '../sweep/ledger.js';
import type { Measured } from './measured.js';
import type { AskedCanaries, RecheckedKnown } from './recheck-known.js';
import { probeAsking } from './recheck-known.js';
import type { ScanPlan, ScanResult } from './scan-plan.js';
import type { SelectedProbe } from './selected-probe.js';

/** What a scan knows when nothing more is sent, as far as known exposures go. */
export interface KnownKnowledge {
  readonly plan: ScanPlan;
  readonly ledger: Ledger;
  readonly measured: Measured;
  /** The addresses of which it is unknown whether they answer the probe. */
  readonly unknown: (probe: number) => Iterable<Address>;
  /** Whether the run was to ask an address. */
  readonly isTarget: (address: Address) => boolean;
  readonly rechecked: RecheckedKnown;
  readonly canaries: AskedCanaries;
  readonly stoppedBy?: ScanResult['stoppedBy'];
}

/** What a run learned of what earlier runs know. */
export interface KnownObserved {
  /** By finding_id: every known exposure that is not among the findings. */
  readonly observed: ReadonlyMap<string, ObservedKnown>;
  readonly path?: RunPath;
  readonly suspect?: RunSuspect;
}

/** What became of known exposures, and whether the run reached the network at all: only then silence says anything. */
export function observeKnown(scan: KnownKnowledge, findings: readonly Finding[]): KnownObserved {
  const { plan } = scan;
  const seen = new Set(
    findings.map(({ ip, measurement, protocol, probe }) =>
      findingId(formatAddress(ip), measurement.probedPort, protocol, probe),
    ),
  );
  const unseen = plan.known.filter(({ finding_id }) => !seen.has(finding_id));
  const expected = expectedIn(scan);
  const lossy = lossyAmong(scan, expected, unseen);
  const observed = unseen.map((known) => [known, observe(scan, lossy, known)] as const);
  // A run that was stopped tells nothing of silence anyway.
  if (scan.stoppedBy !== undefined)
    return { observed: new Map(observed.map(([{ finding_id }, each]) => [finding_id, each])) };
  const { path, proof } = pathOf(scan, {
    expected: expected.filter(({ address, probe }) => lossy[probe]?.has(address) !== true),
    fell: observed.flatMap(([known, { observation }]) => {
      const isNew = observation.kind === 'silent' && known.silent === undefined;
      return isNew && observation.fingerprint === known.asked ? silenceOf(known) : [];
    }),
    answered: new Set(findings.map(({ probe }) => probe)),
  });
  return {
    observed: new Map(
      observed.map(([known, { observation, exchanges }]) => [
        known.finding_id,
        {
          exchanges,
          observation:
            observation.kind === 'silent'
              ? { ...observation, unreached: silenceOf(known).map(proof.doubtOf)[0] }
              : observation,
        },
      ]),
    ),
    path,
    ...(proof.suspect && { suspect: proof.suspect }),
  };
}

function silenceOf({ probed_ip, probe }: ExposureHistory): readonly Silence[] {
  const address = parseAddress(probed_ip);
  return address === undefined ? [] : [{ address, probe }];
}

function observe(
  scan: KnownKnowledge,
  lossy: readonly ReadonlySet<Address>[],
  known: ExposureHistory,
): ObservedKnown {
  const { plan, ledger, measured, rechecked, stoppedBy } = scan;
  const address = parseAddress(known.probed_ip);
  const index = probeAsking(plan, known);
  const selected = plan.probes[index];
  const nothing = (kind: 'no-target' | 'not-asked' | 'answers-otherwise'): ObservedKnown => ({
    observation: { kind },
    exchanges: [],
  });
  if (address === undefined || !scan.isTarget(address) || !isAllowed(plan, known.ip))
    return nothing('no-target');
  if (selected === undefined) return nothing('not-asked');
  const again = rechecked.get(known.finding_id);
  const sighting = ledger.get(index, address);
  if (sighting !== undefined) {
    const alone = measured.get(sighting) ?? [];
    const evidence = evidenceIn(selected, alone);
    if (evidence !== undefined)
      return {
        observation: { kind: 'closed', evidence },
        exchanges: [...(again?.exchanges ?? []), ...alone],
      };
    return nothing(stoppedBy !== undefined && alone.length === 0 ? 'not-asked' : 'answers-otherwise');
  }
  const exchanges = again?.exchanges ?? [];
  if (again?.kind === 'closed') return { observation: { kind: 'closed', evidence: 'closed' }, exchanges };
  if (stoppedBy !== undefined) return nothing('not-asked');
  return {
    observation: {
      kind: 'silent',
      fingerprint: fingerprintOfSelected(selected),
      rechecked: again?.kind === 'silent',
      lossy: lossy[index]?.has(address) === true,
    },
    exchanges,
  };
}

/** The row names the address, and none outside the scope is named. */
function isAllowed({ scope }: ScanPlan, ip: string): boolean {
  const address = parseAddress(ip);
  return address !== undefined && scope.allows(address);
}

/**
 * What proves it closed, of what it said alone to everything that the sweep asks and to whatever the probe asked then:
 * only refusals for good, or answers to the same question of which the probe knows that they expose nothing. Alone,
 * for what the sweep heard may come from another address, and only the measurement goes on to ask what a refusal
 * leaves open.
 */
function evidenceIn(
  { probe }: SelectedProbe,
  measured: readonly Exchange[],
): 'refused' | 'answered' | undefined {
  const readings = measured.flatMap(({ replies }) => replies.map(({ reading }) => reading));
  const answered = new Set(measured.flatMap(({ form, replies }) => (replies.length > 0 ? form : [])));
  if (!probe.sweepForms.every(({ name }) => answered.has(name))) return undefined;
  const isNo = (reading: Reading): boolean => reading.kind === 'refusal' && !reading.transient;
  if (readings.every(isNo)) return 'refused';
  const judgement = probe.judge(measured);
  return readings.every((reading) => reading.kind === 'answer' || isNo(reading)) &&
    judgement.kind === 'refusal' &&
    judgement.exposesNothing === true
    ? 'answered'
    : undefined;
}

/** What every target is asked with a probe, as a hash. */
function fingerprintOfSelected({ probe, port }: Pick<SelectedProbe, 'probe' | 'port'>): string {
  return fingerprintOf({
    port,
    forms: probe.sweepForms.map((form) => ({
      request_hex: Buffer.from(form.encode(0)).toString('hex'),
    })),
  });
}

type ProbedAddress = Pick<Expected, 'address' | 'probe'>;

/** An address of which this run expects any sign of life to a probe of its plan: they gave one to the same question before. */
interface Expected extends Pick<Silence, 'address'> {
  readonly probe: number;
  /** Whether it answered when it was last asked. */
  readonly recent: boolean;
  /** An exposure, or a responder that is none. */
  readonly isExposure: boolean;
}

function expectedIn({ plan, isTarget }: KnownKnowledge): readonly Expected[] {
  const fingerprints = plan.probes.map(fingerprintOfSelected);
  const exposures = plan.known.flatMap((known): Expected | [] => {
    const address = parseAddress(known.probed_ip);
    const probe = probeAsking(plan, known);
    if (address === undefined || fingerprints[probe] !== known.asked || !isTarget(address)) return [];
    return { address, probe, recent: known.silent === undefined, isExposure: true };
  });
  const others = plan.probes.flatMap(({ probe: { id } }, probe) => {
    const known = plan.responders[id];
    if (known === undefined || known.asked !== fingerprints[probe]) return [];
    const silent = new Set(known.silent);
    return known.addresses.flatMap((text): Expected | [] => {
      const address = parseAddress(text);
      return address === undefined || !isTarget(address)
        ? []
        : { address, probe, recent: !silent.has(text), isExposure: false };
    });
  });
  return [...exposures, ...others];
}

/** By probe of the plan: those of which it is unknown whether they answer it, among what may be millions of others. */
function lossyAmong(
  scan: KnownKnowledge,
  expected: readonly Expected[],
  unseen: readonly ExposureHistory[],
): readonly ReadonlySet<Address>[] {
  const wanted = new Set([
    ...expected.map(({ address }) => address),
    ...unseen.flatMap(({ probed_ip }) => parseAddress(probed_ip) ?? []),
  ]);
  return scan.plan.probes.map((_, probe) => {
    const found = new Set<Address>();
    if (wanted.size === 0) return found;
    for (const address of scan.unknown(probe)) if (wanted.has(address)) found.add(address);
    return found;
  });
}

function pathOf(
  scan: KnownKnowledge,
  {
    expected,
    fell,
    answered,
  }: { readonly expected: readonly Expected[] } & Pick<PathEvidence, 'fell' | 'answered'>,
): { readonly path: RunPath; readonly proof: PathProof } {
  const { plan, ledger } = scan;
  const alive = aliveIn(scan);
  const recent = new Map<Address, boolean>();
  for (const one of expected) recent.set(one.address, one.recent || recent.get(one.address) === true);
  const each = [...recent].map(([address, isRecent]) => ({
    address,
    recent: isRecent,
    answered: alive.has(address),
  }));
  const canaries = canariesIn(scan);
  const proof = proofOfPath({
    expected: each,
    canaries,
    isAlive: alive.size > 0 || canaries.some((canary) => canary.answered),
    fell,
    answered,
    networksOf: (address) => networksOf(plan, address),
  });
  const { dark } = proof;
  const silent = expected.filter(
    ({ address, probe, isExposure }) => !isExposure && ledger.get(probe, address) === undefined,
  );
  const isReached = ({ address, probe }: Expected): boolean =>
    proof.doubtOf({ address, probe: plan.probes[probe]?.probe.id ?? '' }) === undefined;
  const doubtful = byProbe(
    plan,
    silent.filter((one) => !isReached(one)),
  );
  const responders = byProbe(
    plan,
    [...ledger.all()].map(({ probed, probe }) => ({ address: probed, probe })),
  );
  const gone = byProbe(plan, [...silent.filter(isReached), ...noLongerAllowed(plan)]);
  return {
    proof,
    path: {
      expected: each.length,
      answered: each.filter((one) => one.answered).length,
      ...(canaries.length > 0 && {
        canaries: canaries.map(({ address, ...canary }) => ({ ip: formatAddress(address), ...canary })),
      }),
      ...(dark.length > 0 && { dark }),
      responders,
      ...(doubtful.length > 0 && { silent: doubtful }),
      ...(gone.length > 0 && { gone }),
    },
  };
}

/** That gave any sign of life: an answer to any probe, be it a refusal or nothing that one can read, or a closed port. */
function aliveIn({ plan, ledger, rechecked }: KnownKnowledge): ReadonlySet<Address> {
  const alive = new Set<Address>();
  for (const { probed } of ledger.all()) alive.add(probed);
  for (const { finding_id, probed_ip } of plan.known) {
    const address = parseAddress(probed_ip);
    if (address !== undefined && rechecked.get(finding_id)?.kind === 'closed') alive.add(address);
  }
  return alive;
}

function canariesIn({
  plan,
  canaries,
}: KnownKnowledge): readonly (Omit<RunCanary, 'ip'> & { readonly address: Address })[] {
  return canaries
    .map(({ address, asks: { probe, port }, outcome: { exchanges } }) => ({
      address,
      probe: probe.id,
      port,
      network: scopeNetworkOf(plan, address) ?? '',
      requests: exchanges.filter(({ end }) => end !== 'unsent').length,
      answered: exchanges.some(({ replies }) =>
        replies.some(({ reading }) => reading.kind !== 'unrecognised'),
      ),
    }))
    .sort((a, b) => compareAddresses(a.address, b.address) || compareText(a.probe, b.probe));
}

function networksOf(plan: ScanPlan, address: Address): readonly string[] {
  const { asn } = plan.originOf(address);
  return [
    ...new Set(
      [
        scopeNetworkOf(plan, address) ?? [],
        formatPrefix(subnetOf(address)),
        asn === undefined ? [] : `AS${asn}`,
      ].flat(),
    ),
  ];
}

function scopeNetworkOf({ scope }: ScanPlan, address: Address): string | undefined {
  const network = scope.networkOf(address);
  return network && formatPrefix(network.prefix);
}

function* noLongerAllowed({ scope, probes, responders }: ScanPlan): Generator<ProbedAddress> {
  for (const [probe, selected] of probes.entries())
    for (const text of responders[selected.probe.id]?.addresses ?? []) {
      const address = parseAddress(text);
      if (address !== undefined && !scope.allows(address)) yield { address, probe };
    }
}

function byProbe({ probes }: ScanPlan, found: readonly ProbedAddress[]): readonly ProbeResponders[] {
  return probes.flatMap(({ probe: { id } }, index) => {
    const addresses = found
      .filter(({ probe }) => probe === index)
      .map(({ address }) => address)
      .sort(compareAddresses)
      .map(formatAddress);
    return addresses.length === 0 ? [] : { probe: id, addresses };
  });
}
