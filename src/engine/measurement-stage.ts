import { randomInt } from 'node:crypto';
import type { Probe, RequestForm } from '../../probes/probe.js';
import type { Address } from '../domain/address.js';
import { familyOf } from '../domain/address.js';
import type { Exchange } from '../domain/exchange.js';
import { trafficOf } from '../domain/exchange.js';
import { needsConfirmation } from '../measure/confirmation.js';
import { limitsFor } from '../measure/exchange-limits.js';
import type { Measuring, ResponderToMeasure } from '../measure/measure-responder.js';
import { measureResponder } from '../measure/measure-responder.js';
import type { MeasurementQueue } from '../measure/queue.js';
import { createMeasurementQueue } from '../measure/queue.js';
import type { Budget, Pace } from '../measure/request-gate.js';
import { createRequestGate } from '../measure/request-gate.js';
import type { Rechecked, Rechecking } from '../measure/recheck.js';
import { recheck } from '../measure/recheck.js';
import type { Ledger } from '../sweep/ledger.js';
import type { Sighting } from '../sweep/sightings.js';
import { exchangeOfSighting } from '../sweep/sightings.js';
import { every } from './every.js';
import type { Progress, ProgressState } from './progress.js';
import { hostGapMs, restAfterSweepMs } from './rest.js';
import type { ExchangeSockets } from './exchange-socket.js';
import { openExchangeSocket } from './exchange-socket.js';
import type { LateSpans } from './late-spans.js';
import type { LossWatch } from './loss-watch.js';
import type { Measured, MutableMeasured } from './measured.js';
import { createMeasured, keyOf } from './measured.js';
import type { ScanPlan } from './scan-plan.js';
import type { SelectedProbe } from './selected-probe.js';

/** The second stage of a batch: each responder of the ledger is asked alone. */
export interface MeasurementStage {
  /** What was asked of each sighting, by now. */
  readonly measured: Measured;
  /** What was measured since the last call, but for what a signal cut short. */
  takeUnsaved(): readonly (readonly [Sighting, readonly Exchange[]])[];
  /** What arrived at the sockets of measurements, and what their buffers had no room for. */
  tally(): { readonly drops: number; readonly datagrams: number; readonly bytes: number };
  /**
   * Measures what was sighted, from the sweep's last packet on, which left just now; late ones as long as others
   * are measured. @throws what a measurement throws.
   */
  run(): Promise<void>;
  /**
   * Asks one address three times at most, until it says anything.
   * @param how.connected whether on a connected socket, which hears that a port is closed, and no other address.
   */
  recheck(
    asks: Pick<SelectedProbe, 'probe' | 'port'>,
    to: Address,
    how: { readonly connected: boolean },
  ): Promise<Rechecked>;
}

export interface MeasurementStageOptions extends ExchangeSockets {
  readonly plan: ScanPlan;
  readonly ledger: Ledger;
  readonly pacer: Pace;
  readonly budget: Budget;
  readonly progress: Progress;
  readonly losses: Pick<LossWatch, 'measurementRefused' | 'measurementDropped'>;
  /** Whether the sweep has asked a host since then (monotonic), or may have. */
  readonly askedSince: (sinceMs: number) => Promise<(host: Address) => boolean>;
  /** Told of the end of each cooldown. */
  readonly late: Pick<LateSpans, 'open'>;
  /** Of a run that goes on. */
  readonly measured?: Measured | undefined;
}

const TAKE_EVERY_MS = 200;
/** Before a form is asked again whose answer was so different from the sweep's. */
const CONFIRM_AFTER_MS = 30_000;

export function createMeasurementStage(options: MeasurementStageOptions): MeasurementStage {
  const stage = openStage(options);
  const { measured, tally } = stage;
  return {
    measured,
    takeUnsaved: () => measured.takeUnsaved(),
    tally: () => ({ ...tally }),
    run: () => measureSighted(stage),
    recheck: (asks, to, how) => recheckInTurn(stage, asks, to, how),
  };
}

/** The parts of the stage, as long as the run. */
interface Stage extends Omit<MeasurementStageOptions, 'measured'> {
  readonly measured: MutableMeasured;
  readonly tally: { drops: number; datagrams: number; bytes: number };
  readonly measuring: Measuring;
  readonly queue: MeasurementQueue;
  /** Those that are to be asked once more. */
  readonly unconfirmed: Set<string>;
  /** Their turns. Outside the queue: a responder that only waits keeps no other one from being measured. */
  readonly waiting: Set<Promise<void>>;
  /** What was asked by the sweep that has just ended. */
  readonly sweep: { endedMs: number; hasJustAsked: (host: Address) => boolean };
}

function openStage(options: MeasurementStageOptions): Stage {
  const { plan, clock, losses, signal } = options;
  const queue = createMeasurementQueue(plan.parallel);
  const tally = { drops: 0, datagrams: 0, bytes: 0 };
  const sweep: Stage['sweep'] = { endedMs: -Infinity, hasJustAsked: () => false };
  const restMs = restAfterSweepMs(plan.pace);
  const measuring: Measuring = {
    gate: createRequestGate({
      ...options,
      hostGapMs: hostGapMs(plan),
      perSubnet: plan.pace.perSubnet,
      sweep: {
        freeMs: () => sweep.endedMs + restMs,
        askedMs: (host) => (sweep.hasJustAsked(host) ? sweep.endedMs : -Infinity),
      },
      onPass(to) {
        queue.asked(to);
      },
    }),
    clock,
    signal,
    limitsFor: (probe, tookMs) => limitsFor(probe, plan, tookMs),
    drawNonce,
    openSocket: (handlers) => openExchangeSocket(options, handlers),
    onSocketDrops(drops) {
      tally.drops += drops;
      losses.measurementDropped(drops);
    },
    onReceived({ datagrams, payloadBytes }) {
      tally.datagrams += datagrams;
      tally.bytes += payloadBytes;
    },
  };
  return {
    ...options,
    measured: createMeasured(options.measured),
    tally,
    measuring,
    queue,
    unconfirmed: new Set(),
    waiting: new Set(),
    sweep,
  };
}

async function measureSighted(stage: Stage): Promise<void> {
  const { plan, ledger, measured, queue, waiting, clock, progress, signal } = stage;
  stage.sweep.endedMs = clock.monotonicMs();
  stage.sweep.hasJustAsked = await stage.askedSince(stage.sweep.endedMs - hostGapMs(plan));
  const before = measured.size;
  const state = (): ProgressState => ({
    done: measured.size - before,
    total: ledger.size - before,
    responders: ledger.size,
  });
  progress.start('measurement', state());
  const take = (): void => {
    if (signal.aborted) return;
    for (const group of ledger.takeNew()) {
      const jobs = group.map((sighting) => () => measure(stage, sighting));
      if (group[0] !== undefined) queue.add(group[0].probed, jobs);
    }
    progress.update(state());
  };
  const stopTaking = every(clock, TAKE_EVERY_MS, take);
  try {
    take();
    await clock.sleep(plan.cooldownMs, signal);
    stage.late.open();
    do {
      take();
      await queue.idle();
      await Promise.all(waiting);
    } while (!signal.aborted && (ledger.hasNew() || queue.open > 0 || waiting.size > 0));
  } finally {
    stopTaking();
  }
  progress.stop(state());
}

/** Everything that is to be asked of it, unless it was asked before: then the forms that it has answered since. */
async function measure(stage: Stage, taken: Sighting): Promise<void> {
  const { measured, signal } = stage;
  const asked = stillToAsk(stage, taken);
  if (asked === undefined) return;
  const { sighting, selected } = asked;
  const before = measured.get(sighting);
  const sighted = formsOf(
    selected.probe,
    [...sighting.forms].sort((a, b) => a - b),
  ).filter(({ name }) => (before ?? []).every(({ form }) => form !== name));
  if (before !== undefined && sighted.length === 0) return;
  await ask(stage, asked, { asks: 'all', sighted });
  // What a signal cut short is begun anew when the run goes on.
  if (signal.aborted) return;
  const isDoubtful =
    before === undefined &&
    needsConfirmation(asExchange(latest(stage, sighting), selected.probe), measured.get(sighting) ?? []);
  if (isDoubtful) confirmLater(stage, sighting);
  else if (!stage.unconfirmed.has(keyOf(sighting))) measured.finish(sighting);
}

function confirmLater(stage: Stage, sighting: Sighting): void {
  const { clock, queue, signal, unconfirmed, waiting } = stage;
  unconfirmed.add(keyOf(sighting));
  const turn = clock.sleep(CONFIRM_AFTER_MS, signal).then(() => {
    waiting.delete(turn);
    if (!signal.aborted) queue.add(sighting.probed, [() => confirm(stage, sighting)]);
  });
  waiting.add(turn);
}

/** Once more what the sweep asked, and nothing else. */
async function confirm(stage: Stage, taken: Sighting): Promise<void> {
  const { measured, signal, unconfirmed } = stage;
  const asked = stillToAsk(stage, taken);
  if (asked === undefined || measured.get(taken) === undefined) return;
  const { sighting, selected } = asked;
  await ask(stage, asked, { asks: 'sighted-only', sighted: formsOf(selected.probe, [sighting.form]) });
  if (signal.aborted) return;
  unconfirmed.delete(keyOf(sighting));
  measured.finish(sighting);
}

interface ToAsk {
  /** As it is now: sums may have grown since it was taken. */
  readonly sighting: Sighting;
  readonly selected: SelectedProbe;
}

function stillToAsk({ plan, ledger }: Stage, { probe, probed, generation }: Sighting): ToAsk | undefined {
  const selected = plan.probes[probe];
  const sighting = ledger.get(probe, probed);
  // A better reply has taken its place since: that sighting waits in the queue too.
  if (selected === undefined || sighting?.generation !== generation) return undefined;
  // It may have been excluded since: the guard would refuse it, request by request.
  return plan.scope.allows(probed) ? { sighting, selected } : undefined;
}

async function ask(
  stage: Stage,
  { sighting, selected }: ToAsk,
  what: Pick<ResponderToMeasure, 'asks' | 'sighted'>,
): Promise<void> {
  const before = stage.measured.get(sighting) ?? [];
  const exchanges = await measureResponder(stage.measuring, {
    ...what,
    probe: selected.probe,
    to: sighting.probed,
    port: selected.port,
    earlier: before,
    expectedBits: sighting.wireBytes * 8,
    tookMs: slowestReplyMs(stage, sighting.probed),
    mayBurst: selected.options.length > 0,
  });
  stage.measured.set(sighting, [...before, ...exchanges]);
}

/** Of the sweep, whatever it asked; undefined where it asked nothing that was answered. */
function slowestReplyMs({ plan, ledger }: Stage, probed: Address): number | undefined {
  const took = plan.probes.flatMap((_, index) => ledger.get(index, probed)?.tookMs ?? []);
  return took.length > 0 ? Math.max(...took) : undefined;
}

/** With what came since it was taken from the ledger. */
function latest({ ledger }: Stage, sighting: Sighting): Sighting {
  const now = ledger.get(sighting.probe, sighting.probed);
  return now?.generation === sighting.generation ? now : sighting;
}

/** In the queue with all else that is asked of the address. @throws what a measurement throws. */
function recheckInTurn(
  { measuring, plan, queue, ...options }: Stage,
  { probe, port }: Pick<SelectedProbe, 'probe' | 'port'>,
  to: Address,
  { connected }: { readonly connected: boolean },
): Promise<Rechecked> {
  return new Promise((resolve, reject) => {
    const rechecking: Rechecking = {
      ...measuring,
      limits: limitsFor(probe, plan),
      openConnected: (handlers) =>
        openExchangeSocket(options, handlers, connected ? { connectTo: { address: to, port } } : undefined),
    };
    queue.add(to, [() => recheck(rechecking, { probe, to, port }).then(resolve, reject)]);
  });
}

function formsOf({ sweepForms }: Probe, numbers: readonly number[]): readonly RequestForm[] {
  return numbers.flatMap((number) => sweepForms[number] ?? []);
}

function asExchange(sighting: Sighting, probe: Probe): Exchange {
  return exchangeOfSighting(sighting, {
    formName: probe.sweepForms[sighting.form]?.name ?? '',
    sent: trafficOf(sighting.request.length, familyOf(sighting.probed)),
  });
}

/** Of so many bits, as no one can foresee it. */
export function drawNonce(bits: number): number {
  return bits === 0 ? 0 : randomInt(2 ** bits);
}
