import type { Address } from '../domain/address.js';
import { parseAddress } from '../domain/address.js';
import type { Exchange } from '../domain/exchange.js';
import type { ExposureHistory } from '../history/exposure-history.js';
import { createMeasurementQueue } from '../measure/queue.js';
import type { Rechecked } from '../measure/recheck.js';
import type { Ledger } from '../sweep/ledger.js';
import type { Sighting } from '../sweep/sightings.js';
import { nextGeneration } from '../sweep/sightings.js';
import type { Progress, ProgressState } from './progress.js';
import type { MeasurementStage } from './measurement-stage.js';
import type { ScanPlan } from './scan-plan.js';

/** What became of known exposures that were silent, by finding_id. */
export type RecheckedKnown = ReadonlyMap<string, Rechecked>;

/**
 * Asks each known exposure that this run should have seen and did not. One that answers after all becomes a late
 * sighting, to be measured.
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
}): Promise<RecheckedKnown> {
  const silent = plan.known.flatMap((known) => {
    const address = parseAddress(known.probed_ip);
    const probe = probeAsking(plan, known);
    if (address === undefined || probe < 0 || !isTarget(address)) return [];
    return ledger.get(probe, address) === undefined ? [{ known, address, probe }] : [];
  });
  const found = new Map<string, Rechecked>();
  if (silent.length === 0) return found;
  const state = (): ProgressState => ({
    done: found.size,
    total: silent.length,
    responders: ledger.size,
  });
  progress.start('recheck', state());
  const queue = createMeasurementQueue(
    plan.parallel,
    async ({ known, address, probe }: (typeof silent)[0]) => {
      const rechecked = await stage.recheck(probe, address, { connected: !isAnsweredFromElsewhere(known) });
      found.set(known.finding_id, rechecked);
      progress.update(state());
      if (rechecked.kind === 'answered') putAnswer(plan, ledger, { address, probe }, rechecked.answer);
    },
  );
  for (const job of silent) queue.add(job.address, [job]);
  await queue.idle();
  progress.stop(state());
  return found;
}

/** The number of the probe that asks the exposure's own port, or -1: at another port silence and refusal mean nothing. */
export function probeAsking({ probes }: Pick<ScanPlan, 'probes'>, known: ExposureHistory): number {
  return probes.findIndex(({ probe, port }) => probe.id === known.probe && port === known.probed_port);
}

/** A connected socket would not hear the one who answers in its place. */
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
    datagrams,
    payloadBytes,
    ipPackets,
    wireBytes,
    strangerDatagrams: answer.strangers.datagrams,
    strangerBytes: answer.strangers.payloadBytes,
  };
  ledger.put(sighting);
}
