import { randomInt } from 'node:crypto';
import type { Probe, RequestForm } from '../../probes/probe.js';
import type { Address } from '../domain/address.js';
import { familyOf } from '../domain/address.js';
import { errorCode } from '../domain/error-code.js';
import type { Exchange, Traffic } from '../domain/exchange.js';
import { trafficOf } from '../domain/exchange.js';
import type { Clock } from '../domain/time.js';
import { needsConfirmation } from '../measure/confirmation.js';
import { limitsFor } from '../measure/exchange-limits.js';
import type { Measuring } from '../measure/measure-responder.js';
import { measureResponder } from '../measure/measure-responder.js';
import { createMeasurementQueue } from '../measure/queue.js';
import type { Budget, Pace } from '../measure/request-gate.js';
import { createRequestGate } from '../measure/request-gate.js';
import type { Rechecked } from '../measure/recheck.js';
import { recheck } from '../measure/recheck.js';
import type { OpenExchangeSocket } from '../measure/run-exchange.js';
import { PORT_CLOSED } from '../measure/run-exchange.js';
import type { Ledger } from '../sweep/ledger.js';
import type { Sighting } from '../sweep/sightings.js';
import { exchangeOfSighting } from '../sweep/sightings.js';
import { every } from './every.js';
import type { Progress, ProgressState } from './progress.js';
import { hostGapMs, restBetweenStagesMs } from './rest.js';
import type { GuardedSocket, GuardedSocketOptions } from '../udp/guarded-socket.js';
import type { LateSpans } from './late-spans.js';
import type { LossWatch } from './loss-watch.js';
import type { Measured } from './measured.js';
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

export interface MeasurementStageOptions {
  readonly plan: ScanPlan;
  readonly ledger: Ledger;
  readonly pacer: Pace;
  readonly budget: Budget;
  readonly clock: Clock;
  readonly progress: Progress;
  readonly losses: Pick<LossWatch, 'measurementRefused' | 'measurementDropped'>;
  readonly openSocket: (
    socket: Pick<GuardedSocketOptions, 'family' | 'onDatagram' | 'onSendError' | 'connectTo'>,
  ) => Promise<GuardedSocket>;
  /** Told of the end of each cooldown. */
  readonly late: Pick<LateSpans, 'open'>;
  readonly signal: AbortSignal;
  /** Of a run that goes on. */
  readonly measured?: Measured | undefined;
}

const TAKE_EVERY_MS = 200;
const NO_DESCRIPTOR_MS = 250;
/** Before a form is asked again whose answer was so different from the sweep's. */
const CONFIRM_AFTER_MS = 30_000;

interface Job {
  readonly sighting: Sighting;
  /** Asks once more what the sweep asked, and nothing else. */
  readonly confirms: boolean;
}

/** One closure, for taking, measuring, confirming and saving share what was measured and what waits. */
export function createMeasurementStage(options: MeasurementStageOptions): MeasurementStage {
  const { plan, ledger, clock, progress, losses, signal } = options;
  const measuredOf = createMeasured(options.measured);
  let unsaved: (readonly [Sighting, readonly Exchange[]])[] = [];
  /** How many exchanges of each were given out to be saved. */
  const savedOf = new Map(Array.from(measuredOf, ([sighting, { length }]) => [keyOf(sighting), length]));
  /** Those that are to be asked once more. */
  const unconfirmed = new Set<string>();
  const tally = { drops: 0, datagrams: 0, bytes: 0 };
  let sweepEndedMs = -Infinity;
  const gate = createRequestGate({
    ...options,
    hostGapMs: hostGapMs(plan),
    perSubnet: plan.pace.perSubnet,
    restMs: restBetweenStagesMs(plan),
    sweepEndedMs: () => sweepEndedMs,
  });
  const measuring: Measuring = {
    gate,
    clock,
    signal,
    limitsFor: (probe, tookMs) => limitsFor(probe, plan, tookMs),
    drawNonce,
    openSocket: (handlers) => openSocket(handlers),
    onSocketDrops(drops) {
      tally.drops += drops;
      losses.measurementDropped(drops);
    },
    onReceived: count,
  };
  const queue = createMeasurementQueue(plan.parallel, measure);
  /** Outside the queue: a responder that only waits keeps no other one from being measured. */
  const waiting = new Set<Promise<void>>();

  return {
    measured: measuredOf,
    takeUnsaved() {
      const taken = unsaved;
      unsaved = [];
      return taken;
    },
    tally: () => ({ ...tally }),
    async run() {
      sweepEndedMs = clock.monotonicMs();
      const before = measuredOf.size;
      const state = (): ProgressState => ({
        done: measuredOf.size - before,
        total: ledger.size - before,
        responders: ledger.size,
      });
      progress.start('measurement', state());
      const take = (): void => {
        if (signal.aborted) return;
        for (const group of ledger.takeNew()) {
          const [first] = group;
          const jobs = group.map((sighting): Job => ({ sighting, confirms: false }));
          if (first !== undefined) queue.add(first.probed, jobs);
        }
        progress.update(state());
      };
      const stopTaking = every(clock, TAKE_EVERY_MS, take);
      try {
        take();
        await clock.sleep(plan.cooldownMs, signal);
        options.late.open();
        do {
          take();
          await queue.idle();
          await Promise.all(waiting);
        } while (!signal.aborted && (ledger.hasNew() || queue.open > 0 || waiting.size > 0));
      } finally {
        stopTaking();
      }
      progress.stop(state());
    },
    recheck({ probe, port }, to, { connected }) {
      return recheck(
        {
          gate,
          clock,
          signal,
          limits: limitsFor(probe, plan),
          drawNonce,
          openConnected: (handlers) =>
            openSocket(handlers, connected ? { connectTo: { address: to, port } } : undefined),
          onReceived: count,
        },
        { probe, to, port },
      );
    },
  };

  function count({ datagrams, payloadBytes }: Traffic): void {
    tally.datagrams += datagrams;
    tally.bytes += payloadBytes;
  }

  function openSocket(
    { family, onDatagram, onSendError }: Parameters<OpenExchangeSocket>[0],
    how: Pick<GuardedSocketOptions, 'connectTo'> = {},
  ): Promise<GuardedSocket> {
    return patiently(() =>
      options.openSocket({
        ...how,
        family,
        onDatagram,
        onSendError(code, to) {
          // A closed port is an answer.
          if (code !== PORT_CLOSED) losses.measurementRefused(code, to);
          onSendError(code);
        },
      }),
    );
  }

  async function measure(job: Job): Promise<void> {
    const { confirms } = job;
    const { probe: index, probed, generation } = job.sighting;
    const selected = plan.probes[index];
    const sighting = ledger.get(index, probed);
    // A better reply has taken its place since: that sighting waits in the queue too.
    if (selected === undefined || sighting?.generation !== generation) return;
    // It may have been excluded since: the guard would refuse it, request by request.
    if (!plan.scope.allows(probed)) return;
    const before = measuredOf.get(sighting);
    if (confirms && before === undefined) return;
    const sighted = sightedForms(selected.probe, sighting, { confirms, before });
    // Measured, unless it has answered another form since.
    if (before !== undefined && sighted.length === 0) return;
    const exchanges = await measureResponder(measuring, {
      probe: selected.probe,
      asks: confirms ? 'sighted-only' : 'all',
      to: probed,
      port: selected.port,
      sighted,
      earlier: before ?? [],
      expectedBits: sighting.wireBytes * 8,
      tookMs: slowestReplyMs(probed),
      mayBurst: selected.options.length > 0,
    });
    const measured = [...(before ?? []), ...exchanges];
    measuredOf.set(sighting, measured);
    // What a signal cut short is begun anew when the run goes on.
    if (signal.aborted) return;
    const key = keyOf(sighting);
    if (confirms) unconfirmed.delete(key);
    else if (
      before === undefined &&
      needsConfirmation(asExchange(latest(sighting), selected.probe), measured)
    )
      confirmLater(sighting);
    if (unconfirmed.has(key)) return;
    unsaved.push([sighting, measured.slice(savedOf.get(key) ?? 0)]);
    savedOf.set(key, measured.length);
  }

  /** Of the sweep, whatever it asked; undefined where it asked nothing that was answered. */
  function slowestReplyMs(probed: Address): number | undefined {
    const took = plan.probes.flatMap((_, index) => ledger.get(index, probed)?.tookMs ?? []);
    return took.length > 0 ? Math.max(...took) : undefined;
  }

  /** With what came since it was taken from the ledger. */
  function latest(sighting: Sighting): Sighting {
    const now = ledger.get(sighting.probe, sighting.probed);
    return now?.generation === sighting.generation ? now : sighting;
  }

  function confirmLater(sighting: Sighting): void {
    unconfirmed.add(keyOf(sighting));
    const turn = clock.sleep(CONFIRM_AFTER_MS, signal).then(() => {
      waiting.delete(turn);
      if (!signal.aborted) queue.add(sighting.probed, [{ sighting, confirms: true }]);
    });
    waiting.add(turn);
  }

  /** Where the process has no descriptor left, one comes free when another exchange ends. */
  async function patiently(openSocket: () => Promise<GuardedSocket>): Promise<GuardedSocket> {
    for (;;) {
      try {
        return await openSocket();
      } catch (error) {
        const code = errorCode(error);
        const isTransient = code === 'EMFILE' || code === 'ENFILE' || code === 'ENOBUFS';
        if (!isTransient || signal.aborted) {
          losses.measurementRefused(code, '');
          throw error;
        }
        await clock.sleep(NO_DESCRIPTOR_MS, signal);
      }
    }
  }
}

/** The forms to ask first: those of the sighting that were not asked before, or the one that is to be confirmed. */
function sightedForms(
  probe: Probe,
  { form, forms }: Sighting,
  { confirms, before = [] }: { readonly confirms: boolean; readonly before: readonly Exchange[] | undefined },
): readonly RequestForm[] {
  const numbers = confirms ? [form] : [...forms].sort((a, b) => a - b);
  return numbers
    .flatMap((number) => probe.sweepForms[number] ?? [])
    .filter(({ name }) => confirms || before.every((exchange) => exchange.form !== name));
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
