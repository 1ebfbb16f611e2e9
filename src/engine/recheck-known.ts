import type { Address } from '../domain/address.js';
import { parseAddress } from '../domain/address.js';
import type { Exchange } from '../domain/exchange.js';
import type { ExposureHistory } from '../history/exposure-history.js';
import type { Rechecked } from '../measure/recheck.js';
import type { Ledger } from '../sweep/ledger.js';
import type { Sighting } from '../sweep/sightings.js';
import { nextGeneration } from '../sweep/sightings.js';
import type { Progress, ProgressState } from './progress.js';
import type { MeasurementStage } from './measurement-stage.js';
import type { PlannedCanary, ScanPlan } from './scan-plan.js';

/** What became of known exposures that were silent, by finding_id. */
export type RecheckedKnown = ReadonlyMap<string, Rechecked>;

/** What became of the canaries that were asked, in the order in which they were done. */
export type AskedCanaries = readonly (PlannedCanary & { readonly outcome: Rechecked })[];

/**
 * Asks each known exposure that this run should have seen and did not, and the canaries beside them: so what proves
 * the path proves it for the time when silence was heard. An exposure that answers after all becomes a late sighting,
 * to be measured.
 * @param isTarget whether this run was to ask an address.
 */
export async function recheckKnown({
  plan,
  ledger,
  stage,
  isTarget,
  progress,
}: {
  readonly plan: ScanPlan;
  readonly ledger: Ledger;
  readonly stage: Pick<MeasurementStage, 'recheck'>;
  readonly isTarget: (address: Address) => boolean;
  readonly progress: Progress;
}): Promise<{ readonly rechecked: RecheckedKnown; readonly canaries: AskedCanaries }> {
  const silent = plan.known.flatMap((known) => {
    const address = parseAddress(known.probed_ip);
    const probe = probeAsking(plan, known);
    const asks = plan.probes[probe];
    if (address === undefined || asks === undefined || !isTarget(address)) return [];
    return ledger.get(probe, address) === undefined ? [{ known, address, probe, asks }] : [];
  });
  const rechecked = new Map<string, Rechecked>();
  const canaries: AskedCanaries[number][] = [];
  // What was excluded since the run began is asked nothing, and makes no run suspect.
  const askable = plan.canaries.filter(({ address }) => plan.scope.allows(address));
  const jobs = askable.length + silent.length;
  if (jobs === 0) return { rechecked, canaries: [] };
  const state = (): ProgressState => ({
    done: rechecked.size + canaries.length,
    total: jobs,
    responders: ledger.size,
  });
  progress.start('recheck', state());
  const askCanary = async (canary: PlannedCanary): Promise<void> => {
    const outcome = await stage.recheck(canary.asks, canary.address, { connected: true });
    canaries.push({ ...canary, outcome });
    progress.update(state());
  };
  const askKnown = async ({ known, address, probe, asks }: (typeof silent)[number]): Promise<void> => {
    const outcome = await stage.recheck(asks, address, { connected: !isAnsweredFromElsewhere(known) });
    rechecked.set(known.finding_id, outcome);
    if (outcome.kind === 'answered') putAnswer(plan, ledger, { address, probe }, outcome.answer);
    progress.update(state());
  };
  await Promise.all([...askable.map(askCanary), ...silent.map(askKnown)]);
  progress.stop(state());
  return { rechecked, canaries };
}

/** The number of the probe that asks the exposure's own port, or -1: at another port silence and refusal mean nothing. */
export function probeAsking({ probes }: Pick<ScanPlan, 'probes'>, known: ExposureHistory): number {
  return probes.findIndex(({ probe, port }) => probe.id === known.probe && port === known.probed_port);
}

/** A connected socket would not hear the address that answers in its place. */
function isAnsweredFromElsewhere({ ip, probed_ip, last }: ExposureHistory): boolean {
  return ip !== probed_ip || last?.tag?.split(';').includes('off-address') === true;
}

function putAnswer(
  plan: ScanPlan,
  ledger: Ledger,
  { address, probe }: { readonly address: Address; readonly probe: number },
  answer: Exchange,
): void {
  const [reply] = answer.replies;
  const forms = plan.probes[probe]?.probe.sweepForms ?? [];
  const form = forms.findIndex(({ name }) => name === answer.form);
  if (reply === undefined || answer.responder === undefined || form < 0) return;
  if (answer.requestedAt === undefined) return;
  const { datagrams, payloadBytes, ipPackets, wireBytes } = answer.received;
  const sighting: Sighting = {
    probed: address,
    probe,
    generation: nextGeneration(ledger.get(probe, address)),
    forms: new Set([form]),
    form,
    request: answer.request,
    firstReading: reply.reading,
    firstPayloadBytes: reply.payloadBytes,
    responder: answer.responder.address,
    responderPort: answer.responder.port,
    firstSeenAt: answer.requestedAt,
    firstReplyMs: 0,
    datagrams,
    payloadBytes,
    ipPackets,
    wireBytes,
    offPathDatagrams: answer.offPath.datagrams,
    offPathBytes: answer.offPath.payloadBytes,
  };
  ledger.put(sighting);
}
