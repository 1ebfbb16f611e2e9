import { randomInt } from 'node:crypto';
import type { Probe } from '../../probes/probe.js';
import type { Address } from '../domain/address.js';
import { familyOf } from '../domain/address.js';
import type { Exchange, Traffic } from '../domain/exchange.js';
import { trafficOf } from '../domain/exchange.js';
import type { Clock } from '../domain/time.js';
import { needsConfirmation } from '../measure/confirmation.js';
import { measureResponder } from '../measure/measure-responder.js';
import { createMeasurementQueue } from '../measure/queue.js';
import type { Budget, Pace } from '../measure/request-gate.js';
import { createRequestGate } from '../measure/request-gate.js';
import type { Rechecked } from '../measure/recheck.js';
import { recheck } from '../measure/recheck.js';
import type { ExchangeLimits, OpenExchangeSocket } from '../measure/run-exchange.js';
import { PORT_CLOSED } from '../measure/run-exchange.js';
import type { Ledger, Sighting } from '../sweep/ledger.js';
import { exchangeOfSighting } from '../sweep/ledger.js';
import { every } from './every.js';
import type { Progress, ProgressState } from './progress.js';
import { restBetweenStagesMs } from './rest.js';
import type { GuardedSocket, GuardedSocketOptions } from '../udp/guarded-socket.js';
import type { LossWatch } from './loss-watch.js';
import type { ScanPlan } from './scan-plan.js';

/** The second stage of a stretch: each responder of the ledger is asked alone. */
export interface MeasurementStage {
  /** What was asked of each sighting, by now. */
  readonly measured: ReadonlyMap<Sighting, readonly Exchange[]>;
  /** What was measured since the last call, but for what a signal cut short. */
  takeUnsaved(): readonly (readonly [Sighting, readonly Exchange[]])[];
  /** What arrived at the sockets of measurements, and what their buffers had no room for. */
  tally(): { readonly drops: number; readonly datagrams: number; readonly bytes: number };
  /**
   * Measures whoever was sighted, from the sweep's last packet on, which left just now; late ones as long as others
   * are measured. @throws what a measurement throws.
   */
  run(): Promise<void>;
  /**
   * Asks one that was silent again, of a probe of the plan by its number.
   * @param how.connected whether on a socket that hears that a port is closed, and nobody else.
   */
  recheck(probe: number, to: Address, how: { readonly connected: boolean }): Promise<Rechecked>;
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
  /** First replies are late ones from now on. */
  readonly onCooldownEnd: () => Promise<void>;
  readonly signal: AbortSignal;
  /** Of a run that goes on. */
  readonly measured?: ReadonlyMap<Sighting, readonly Exchange[]> | undefined;
}

const TAKE_EVERY_MS = 200;
const NO_DESCRIPTOR_MS = 250;
/** Before a form is asked again whose answer was so different from the sweep's. */
const CONFIRM_AFTER_MS = 30_000;
const EXCHANGE_CAPS = {
  firstReplyMs: 5000,
  longestMs: 30_000,
  mostDatagrams: 2000,
  mostBytes: 4 * 1024 * 1024,
};

interface Job {
  readonly sighting: Sighting;
  /** Asks once more what the sweep asked, and nothing else. */
  readonly confirms: boolean;
}

export function createMeasurementStage(options: MeasurementStageOptions): MeasurementStage {
  const { plan, ledger, clock, progress, losses, signal } = options;
  const measuredOf = new Map<Sighting, readonly Exchange[]>(options.measured);
  let unsaved: (readonly [Sighting, readonly Exchange[]])[] = [];
  /** How many exchanges of each were given out to be saved. */
  const savedOf = new Map([...measuredOf].map(([sighting, { length }]) => [sighting, length]));
  const unconfirmed = new Set<Sighting>();
  const tally = { drops: 0, datagrams: 0, bytes: 0 };
  let sweepEndedMs = -Infinity;
  const gate = createRequestGate({
    ...options,
    hostGapMs: hostGapMs(plan),
    perSubnet: plan.pace.perSubnet,
    restMs: restBetweenStagesMs(hostGapMs(plan)),
    sweepEndedMs: () => sweepEndedMs,
  });
  const queue = createMeasurementQueue(plan.parallel, measure);
  /** Outside the queue: who only waits keeps nobody else from being measured. */
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
        await options.onCooldownEnd();
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
    async recheck(index, to, { connected }) {
      const selected = plan.probes[index];
      if (selected === undefined) throw new RangeError(`no probe ${index}`);
      const { probe, port } = selected;
      return recheck(
        {
          gate,
          clock,
          signal,
          limits: limitsFor(probe, plan.quietGapMs),
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

  async function measure({ sighting, confirms }: Job): Promise<void> {
    const selected = plan.probes[sighting.probe];
    // An answer has taken the place of an alien reply since: it waits in the queue too.
    const isCurrent = ledger.get(sighting.probe, sighting.probed) === sighting;
    // It may have been excluded since: the guard would refuse it, request by request.
    if (!plan.scope.allows(sighting.probed)) return;
    const before = measuredOf.get(sighting);
    if (selected === undefined || !isCurrent || (confirms && before === undefined)) return;
    const { probe, port } = selected;
    const sighted = (confirms ? [sighting.form] : [...sighting.forms].sort((a, b) => a - b))
      .flatMap((form) => probe.sweepForms[form] ?? [])
      .filter(({ name }) => confirms || (before ?? []).every(({ form }) => form !== name));
    // Measured, unless it has answered another form since.
    if (before !== undefined && sighted.length === 0) return;
    const exchanges = await measureResponder(
      {
        gate,
        clock,
        signal,
        limitsFor: (probe) => limitsFor(probe, plan.quietGapMs),
        drawNonce,
        openSocket: (handlers) => openSocket(handlers),
        onSocketDrops(count) {
          tally.drops += count;
          losses.measurementDropped(count);
        },
        onReceived: count,
      },
      {
        probe,
        asks: confirms ? 'sighted-only' : 'all',
        to: sighting.probed,
        port,
        sighted,
        earlier: before ?? [],
        expectedBits: sighting.wireBytes * 8,
        mayBurst: selected.options.length > 0,
      },
    );
    const measured = [...(before ?? []), ...exchanges];
    measuredOf.set(sighting, measured);
    // What a signal cut short is begun anew when the run goes on.
    if (signal.aborted) return;
    if (confirms) unconfirmed.delete(sighting);
    else if (before === undefined && needsConfirmation(asExchange(sighting, probe), measured))
      confirmLater(sighting);
    if (unconfirmed.has(sighting)) return;
    unsaved.push([sighting, measured.slice(savedOf.get(sighting) ?? 0)]);
    savedOf.set(sighting, measured.length);
  }

  function confirmLater(sighting: Sighting): void {
    unconfirmed.add(sighting);
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
        const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
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

function asExchange(sighting: Sighting, probe: Probe): Exchange {
  return exchangeOfSighting(sighting, {
    formName: probe.sweepForms[sighting.form]?.name ?? '',
    sent: trafficOf(sighting.request.length, familyOf(sighting.probed)),
  });
}

/** Between two requests to one host, of whatever stage. */
export function hostGapMs({ formGapMs, pace }: Pick<ScanPlan, 'formGapMs' | 'pace'>): number {
  return Math.max(formGapMs, 1000 / pace.perHost);
}

function drawNonce(bits: number): number {
  return bits === 0 ? 0 : randomInt(2 ** bits);
}

/** When an exchange of this probe is over. @param quietGapMs absent: the probe's own. */
export function limitsFor(probe: Probe, quietGapMs: number | undefined): ExchangeLimits {
  return { ...EXCHANGE_CAPS, quietGapMs: quietGapMs ?? probe.quietGapMs };
}
