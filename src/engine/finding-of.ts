import type { Address } from '../domain/address.js';
import { familyOf } from '../domain/address.js';
import type { Exchange } from '../domain/exchange.js';
import { trafficOf } from '../domain/exchange.js';
import type { Finding, Origin, SeverityThresholds } from '../domain/finding.js';
import { severityOf } from '../domain/finding.js';
import { factorsOf } from '../domain/factors.js';
import type { Directly } from '../measure/elsewhere.js';
import { elsewhereOf } from '../measure/elsewhere.js';
import { verdictOn } from '../measure/verdict.js';
import type { Sighting } from '../sweep/sightings.js';
import { exchangeOfSighting } from '../sweep/sightings.js';
import type { Scope } from '../scope/scope.js';
import type { SelectedProbe } from './selected-probe.js';

/** What the run knows beside the sighting and its measurement. */
interface Known {
  readonly scope: Scope;
  readonly originOf: (address: Address) => Origin;
  /** Whether the sighting's first reply came after the cooldown. */
  readonly isLate: boolean;
  /** Whether the sweep's sockets of this probe lost datagrams: then what the sweep counted may be too little. */
  readonly lostReplies: boolean;
  /** What an address did when this probe asked it itself. */
  readonly directly: (address: Address) => Directly;
  /** Whether this address answered what another protocol asked at the probed one. */
  readonly answersOtherProtocols: (address: Address) => boolean;
  readonly severityThresholds?: SeverityThresholds | undefined;
}

/** One row of the reports, or the reason why there is none. */
export function findingOf(
  { scope, originOf, isLate, lostReplies, directly, answersOtherProtocols, severityThresholds }: Known,
  selected: SelectedProbe,
  sighting: Sighting,
  measured: readonly Exchange[],
): Finding | string {
  const { probe, port } = selected;
  const form = probe.sweepForms[sighting.form];
  const sighted = exchangeOfSighting(sighting, {
    formName: form?.name ?? '',
    sent: trafficOf(sighting.request.length, familyOf(sighting.probed)),
    isLate,
    lostReplies,
  });
  const verdict = verdictOn(selected, sighted, measured);
  if (verdict.kind === 'none') return verdict.reason;
  const { exposure, reported } = verdict;
  const { probed } = sighting;
  const responder = reported.responder?.address ?? probed;
  const answeredBy =
    responder === probed
      ? undefined
      : whoAnswered({
          isInScope: scope.allows(responder),
          directly: directly(responder),
          answersOtherProtocols: answersOtherProtocols(responder),
          probed: originOf(probed),
          responder: reported.responder?.origin ?? originOf(responder),
        });
  // Where it answered when it was asked itself, it has a row of its own.
  const isResponders =
    answeredBy?.how === 'other-address' && answeredBy.isInScope && answeredBy.directly !== 'answered';
  const ip = isResponders ? responder : probed;
  const severity = severityOf(
    exposure,
    factorsOf(reported).wireAmplification,
    probe.severity,
    severityThresholds,
  );
  return {
    probe: probe.id,
    protocol: probe.protocol,
    report: verdict.report ?? probe.report,
    ip,
    port: reported.responder?.port ?? port,
    measurement: { probed, probedPort: port, exchanges: [sighted, ...measured] },
    reported,
    exposure: answeredBy ? { ...exposure, tags: [...exposure.tags, answeredBy.how] } : exposure,
    ...(answeredBy && {
      answeredBy: { ...(answeredBy.isInScope && { address: responder }), origin: answeredBy.responder },
    }),
    severity: severity.level,
    severityReason: severity.reason,
    origin: originOf(ip),
  };
}

function whoAnswered<Seen extends Parameters<typeof elsewhereOf>[0]>(
  seen: Seen,
): Seen & { readonly how: ReturnType<typeof elsewhereOf> } {
  return { ...seen, how: elsewhereOf(seen) };
}
