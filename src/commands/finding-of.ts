import type { Address } from '../domain/address.js';
import { familyOf } from '../domain/address.js';
import type { Exchange } from '../domain/exchange.js';
import { trafficOf } from '../domain/exchange.js';
import type { Finding, Origin } from '../domain/finding.js';
import { severityOf } from '../domain/finding.js';
import { factorsOf } from '../domain/measurement.js';
import { verdictOn } from '../measure/verdict.js';
import type { Sighting } from '../sweep/ledger.js';
import { exchangeOfSighting } from '../sweep/ledger.js';
import type { Scope } from '../scope/scope.js';
import type { SelectedProbe } from './select-probes.js';

/**
 * One row of the reports, or the reason why there is none.
 * @param lostReplies whether the sweep's sockets of this probe lost datagrams: then what the sweep counted of
 *   anybody may be too little.
 */
export function findingOf(
  {
    scope,
    originOf,
    lostReplies,
  }: {
    readonly scope: Scope;
    readonly originOf: (address: Address) => Origin;
    readonly lostReplies: boolean;
  },
  selected: SelectedProbe,
  sighting: Sighting,
  measured: readonly Exchange[],
): Finding | string {
  const { probe, port } = selected;
  const form = probe.sweepForms[sighting.form];
  const sighted = exchangeOfSighting(sighting, {
    formName: form?.name ?? '',
    sent: trafficOf(sighting.request.length, familyOf(sighting.probed)),
    lostReplies,
  });
  const verdict = verdictOn(selected, sighted, measured);
  if (verdict.kind === 'none') return verdict.reason;
  const { exposure, reported } = verdict;
  const responder = reported.responder?.address ?? sighting.probed;
  const ip = scope.allows(responder) ? responder : sighting.probed;
  const severity = severityOf(exposure, factorsOf(reported).wireAmplification, probe.severity);
  return {
    probe: probe.id,
    protocol: probe.protocol,
    report: verdict.report ?? probe.report,
    ip,
    port: reported.responder?.port ?? port,
    measurement: { probed: sighting.probed, probedPort: port, exchanges: [sighted, ...measured] },
    reported,
    exposure,
    severity: severity.level,
    severityReason: severity.reason,
    origin: originOf(ip),
  };
}
