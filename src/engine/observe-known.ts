import type { Address } from '../domain/address.js';
import { formatAddress, parseAddress } from '../domain/address.js';
import type { Exchange } from '../domain/exchange.js';
import type { Finding } from '../domain/finding.js';
import { findingId } from '../../reports/record.js';
import { askedBy } from '../history/asked.js';
import type { ExposureHistory } from '../history/exposure-history.js';
import type { Silence } from '../history/outages.js';
import { outages } from '../history/outages.js';
import type { ObservedKnown } from '../history/verdict.js';
import type { Ledger } from '../sweep/ledger.js';
import type { Measured } from './measured.js';
import type { RecheckedKnown } from './recheck-known.js';
import { probeAsking } from './recheck-known.js';
import type { ScanPlan, ScanResult } from './scan-plan.js';
import type { SelectedProbe } from './selected-probe.js';

/** What a scan knows when nothing more is sent, as far as known exposures go. */
export interface KnownKnowledge {
  readonly plan: ScanPlan;
  readonly ledger: Ledger;
  readonly measured: Measured;
  /** Of whom nobody can say whether they answer the probe. */
  readonly unknown: (probe: number) => Iterable<Address>;
  /** Whether the run was to ask an address. */
  readonly isTarget: (address: Address) => boolean;
  readonly rechecked: RecheckedKnown;
  readonly stoppedBy?: ScanResult['stoppedBy'];
}

/** By finding_id: every known exposure that is not among the findings. */
export function observeKnown(
  scan: KnownKnowledge,
  findings: readonly Finding[],
): ReadonlyMap<string, ObservedKnown> {
  const seen = new Set(
    findings.map(({ ip, measurement, protocol, probe }) =>
      findingId(formatAddress(ip), measurement.probedPort, protocol, probe),
    ),
  );
  const unseen = scan.plan.known.filter(({ finding_id }) => !seen.has(finding_id));
  if (unseen.length === 0) return new Map();
  const lossy = scan.plan.probes.map((_, probe) => addressesIn(scan.unknown(probe), unseen));
  const observed = unseen.map((known) => [known, observe(scan, lossy, known)] as const);
  const silenceOf = ({ probed_ip, probe }: ExposureHistory): Silence | undefined => {
    const address = parseAddress(probed_ip);
    return address === undefined ? undefined : { address, probe };
  };
  const isOutage = outages(
    observed.flatMap(([known, { observation }]) =>
      observation.kind === 'silent' ? (silenceOf(known) ?? []) : [],
    ),
    new Set(findings.map(({ probe }) => probe)),
  );
  return new Map(
    observed.map(([known, { observation, exchanges }]) => {
      const silence = silenceOf(known);
      const outage = silence !== undefined && isOutage(silence);
      return [
        known.finding_id,
        { exchanges, observation: observation.kind === 'silent' ? { ...observation, outage } : observation },
      ];
    }),
  );
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
    if (isRefusal(selected, alone))
      return {
        observation: { kind: 'closed', evidence: 'refused' },
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
      asked: askedBy({
        port: selected.port,
        forms: selected.probe.sweepForms.map((form) => ({
          request_hex: Buffer.from(form.encode(0)).toString('hex'),
        })),
      }),
      rechecked: again?.kind === 'silent',
      lossy: lossy[index]?.has(address) === true,
      outage: false,
    },
    exchanges,
  };
}

/** The row names it, and nobody outside the scope is named. */
function isAllowed({ scope }: ScanPlan, ip: string): boolean {
  const address = parseAddress(ip);
  return address !== undefined && scope.allows(address);
}

/**
 * Whether it said no for good to everything that the sweep asks, and to whatever the probe asked then. Said alone: what the
 * sweep heard may come from another address, and only the measurement goes on to ask what a refusal leaves open.
 */
function isRefusal({ probe }: SelectedProbe, measured: readonly Exchange[]): boolean {
  const readings = measured.flatMap(({ replies }) => replies.map(({ reading }) => reading));
  const refused = new Set(measured.flatMap(({ form, replies }) => (replies.length > 0 ? form : [])));
  return (
    probe.sweepForms.every(({ name }) => refused.has(name)) &&
    readings.every((reading) => reading.kind === 'refusal' && !reading.passing)
  );
}

/** Those of the addresses that a known exposure has: there may be millions of others. */
function addressesIn(addresses: Iterable<Address>, known: readonly ExposureHistory[]): ReadonlySet<Address> {
  const wanted = new Set(known.flatMap(({ probed_ip }) => parseAddress(probed_ip) ?? []));
  const found = new Set<Address>();
  for (const address of addresses) if (wanted.has(address)) found.add(address);
  return found;
}
