import { setMaxListeners } from 'node:events';
import type { Address } from '../domain/address.js';
import type { LossLog, SendErrorCounts } from '../sweep/losses.js';
import { createLossLog, createSendErrorCounts } from '../sweep/losses.js';
import { createPacer, PACER_TICK_MS } from '../sweep/pacer.js';
import { conclude } from './conclude.js';
import type { Counters } from './counters.js';
import { addCounters, addSendErrors } from './counters.js';
import { every } from './every.js';
import type { Expiry } from './expiry.js';
import { createExpiry } from './expiry.js';
import type { ScanSnapshot } from './keep-saving.js';
import { keepSaving } from './keep-saving.js';
import type { LateSpans } from './late-spans.js';
import { createLateSpans } from './late-spans.js';
import type { LossWatch } from './loss-watch.js';
import { createLossWatch } from './loss-watch.js';
import type { MeasurementStage } from './measurement-stage.js';
import { createMeasurementStage } from './measurement-stage.js';
import { exchangeToKeep, sightingToKeep } from './outsiders.js';
import type { ProgressState } from './progress.js';
import { recheckKnown } from './recheck-known.js';
import { restBetweenStagesMs } from './rest.js';
import type { ScanPlan, ScanResult, ScanStart } from './scan-plan.js';
import type { ScanPorts } from './scan-ports.js';
import type { SweepPool, SweepPoolState } from './sweep-pool.js';
import { createSweepPool } from './sweep-pool.js';

/** Longer than the log of sent requests is exact, and than the clocks of two threads are apart. */
const SAFETY_MS = 1000;
/**
 * Once after any loss, further times while replies are dropped: amplifiers that crowd each other out are fewer each
 * time, for a host that answered is not asked again.
 */
const MOST_TIMES_AGAIN = 3;
const PROGRESS_EVERY_MS = 200;
const LOSSES_EVERY_MS = 1000;

/** What a run is given beside its plan and its ports. */
export interface ScanRun {
  /** Aborts the run: nothing more is sent, what is known is returned. */
  readonly stop: AbortSignal;
  /** Absent: a new run. */
  readonly start?: ScanStart | undefined;
}

/**
 * Discover, then measure: the sweep learns which hosts answer, batch by batch; each responder is then asked alone.
 * Here the parts are joined, and nowhere else.
 * @throws UsageError where the source address is not this machine's, or the machine has no IPv6 and needs it.
 */
export async function runScan(plan: ScanPlan, ports: ScanPorts, run: ScanRun): Promise<ScanResult> {
  const scan = await openScan(plan, ports, run);
  const checkpoints = keepSaving(ports.checkpointer, () => snapshotOf(scan), ports.clock);
  checkpoints.failed.addEventListener('abort', () => {
    scan.failure.abort();
  });
  let stopSampling: (() => void) | undefined;
  try {
    // Before the first packet: a run that could not be continued is not begun.
    await checkpoints.begin();
    stopSampling = every(ports.clock, LOSSES_EVERY_MS, () => {
      sample(scan).catch(() => {
        scan.failure.abort();
      });
    });
    await sweepAndMeasure(scan);
    await sample(scan);
    await askAgainAfterLosses(scan);
    const asked = await recheckKnown({
      plan,
      ledger: scan.pool.ledger,
      stage: scan.stage,
      isTarget: (address) => isTarget(scan, address),
      progress: ports.progress,
    });
    if (!scan.signal.aborted && scan.pool.ledger.hasNew()) await scan.stage.run();
    await checkpoints.end();
    return await concluded(scan, asked);
  } catch (error) {
    // The other threads must not go on sending for a run that is over.
    scan.failure.abort();
    throw error;
  } finally {
    stopSampling?.();
    checkpoints.cancel();
    await scan.close();
  }
}

/** The parts of a run while it goes on. */
interface Scan {
  readonly plan: ScanPlan;
  readonly ports: ScanPorts;
  readonly start: ScanStart | undefined;
  readonly pool: SweepPool;
  readonly stage: MeasurementStage;
  readonly losses: LossWatch;
  readonly sendErrors: SendErrorCounts;
  readonly lossLog: LossLog;
  readonly late: LateSpans;
  readonly expiry: Expiry;
  /** Aborts for whatever reason the run ends before its end. */
  readonly signal: AbortSignal;
  /** Aborted by a fault of our own. */
  readonly failure: AbortController;
  readonly restMs: number;
  stoppedBy(): ScanResult['stoppedBy'];
  close(): Promise<void>;
}

/** Makes the parts of a run one after the other, for each is given some of those before it. */
async function openScan(plan: ScanPlan, ports: ScanPorts, { stop, start }: ScanRun): Promise<Scan> {
  const { clock, control } = ports;
  const expiry = createExpiry(control.guard.rules.validUntilEnd, clock);
  const failure = new AbortController();
  const signal = AbortSignal.any([stop, expiry.signal, failure.signal, control.revoked]);
  // Every wait of the run listens to it; Node takes more than ten listeners for a leak.
  setMaxListeners(0, signal);
  const guard = {
    ...control.guard,
    get rules() {
      return control.guard.rules;
    },
    mayAsk(address: Address, now: number) {
      if (control.guard.mayAsk(address, now)) return true;
      // A machine that slept over the last day: the run ends with the first request that the guard keeps back.
      expiry.look();
      return false;
    },
  };
  const pool = await createSweepPool(plan, { ...ports, signal, guard }, start).catch((error: unknown) => {
    expiry.cancel();
    throw error;
  });
  const pacer = createPacer(plan.pace.rate, PACER_TICK_MS);
  const stopFollowing = control.onChange(async (limits) => {
    if (limits !== 'revoked') {
      pacer.setLimit(limits.rate);
      expiry.moveTo(limits.validUntilEnd);
    }
    await pool.follow(limits);
  });
  const sendErrors = createSendErrorCounts();
  const lossLog = createLossLog();
  const late = createLateSpans(clock, start?.late);
  const losses = await createLossWatch({
    clock,
    sendErrors,
    log: lossLog,
    suspectSince: (sinceMs) => pool.suspectSince(sinceMs),
    readSendBufferDrops: ports.readSendBufferDrops,
  });
  const stage = createMeasurementStage({
    plan,
    ledger: pool.ledger,
    pacer,
    budget: pool.budget,
    clock,
    progress: ports.progress,
    losses,
    askedSince: (sinceMs) => pool.askedSince(sinceMs),
    openSocket: (socket) =>
      ports.openSocket({
        ...socket,
        guard,
        clock,
        receiveBufferBytes: plan.receiveBufferBytes,
        sourceAddress: plan.sourceAddress,
      }),
    late,
    signal,
    measured: start?.measured,
  });
  return {
    plan,
    ports,
    start,
    pool,
    stage,
    losses,
    sendErrors,
    lossLog,
    late,
    expiry,
    signal,
    failure,
    restMs: restBetweenStagesMs(plan),
    stoppedBy() {
      if (!signal.aborted) return undefined;
      if (stop.aborted) return 'signal';
      return control.revoked.aborted ? 'scope' : 'expiry';
    },
    async close() {
      // Whatever still held the run from outside would hold every sighting and exchange of it while reports are made.
      stopFollowing();
      expiry.cancel();
      await pool.close();
    },
  };
}

/** The first pass and those after it, in batches, each measured before the next begins. */
async function sweepAndMeasure(scan: Scan): Promise<void> {
  const { plan, ports, pool, signal, restMs } = scan;
  const { clock, progress } = ports;
  const state = (): ProgressState => ({ ...pool.progress(), responders: pool.ledger.size });
  // The session before may have asked any of them just now, and owe for what came back.
  if (scan.start !== undefined) await clock.sleep(Math.max(restMs, scan.start.debtMs), signal);
  for (let isEnded = false; !isEnded && !signal.aborted;) {
    progress.start('sweep', state());
    const stopTicking = every(clock, PROGRESS_EVERY_MS, () => {
      progress.update(state());
    });
    scan.late.close();
    const outcome = await pool.run(clock.monotonicMs() + plan.batchMs).finally(stopTicking);
    progress.stop(state());
    if (outcome === 'aborted') scan.expiry.look();
    isEnded = outcome !== 'paused';
    await scan.stage.run();
    if (!isEnded) await clock.sleep(restMs, signal);
  }
}

/** Hosts that a loss made doubtful and that did not answer are asked again, at half the rate; answers are measured. */
async function askAgainAfterLosses(scan: Scan): Promise<void> {
  const { pool, signal, restMs } = scan;
  for (let times = 0, before = -1, dropped = 0; times < MOST_TIMES_AGAIN && dropped > before; times++) {
    if (signal.aborted || !(await pool.hasSuspects())) return;
    before = await droppedReplies(scan);
    await scan.ports.clock.sleep(restMs, signal);
    scan.late.close();
    if ((await pool.askAgain()) === 'aborted') scan.expiry.look();
    await scan.stage.run();
    await sample(scan);
    dropped = await droppedReplies(scan);
  }
}

async function sample({ pool, losses }: Scan): Promise<void> {
  await Promise.all([pool.sample(), losses.sample()]);
}

async function droppedReplies({ pool }: Scan): Promise<number> {
  const { counters } = await pool.state();
  const drops = counters.lossEvents.filter(({ kind }) => kind === 'socket_drops');
  return drops.reduce((sum, { count }) => sum + count, 0);
}

function isTarget({ plan, pool }: Scan, address: Address): boolean {
  return plan.scope.allows(address) && pool.covers(address);
}

async function snapshotOf(scan: Scan): Promise<ScanSnapshot> {
  const { plan, ports, pool, stage } = scan;
  const known = await pool.state();
  // A reply that old answers a request that is older still: no need to compute a hundred thousand positions.
  const longAgo = ports.clock.now() - plan.cooldownMs - SAFETY_MS;
  return {
    sweep: {
      parts: known.places,
      late: scan.late.list(),
      debtMs: pool.budget.waitMs(ports.clock.monotonicMs()),
      // What was asked behind that position is asked again, and what came is then counted anew.
      sightings: [...pool.ledger.all()]
        .filter((sighting) => sighting.firstSeenAt < longAgo || known.isBefore(sighting))
        .map((sighting) => sightingToKeep(plan, sighting)),
    },
    measured: stage
      .takeUnsaved()
      .map(([sighting, exchanges]) => [
        sighting,
        exchanges.map((exchange) => exchangeToKeep(plan, sighting.probed, exchange)),
      ]),
    counters: countersOf(scan, known),
  };
}

/** What all sessions of the run counted. */
function countersOf(
  { stage, losses, sendErrors, lossLog, start }: Scan,
  { counters }: SweepPoolState,
): Counters {
  const sendBufferDrops = losses.sendBufferDrops();
  const { drops, datagrams, bytes } = stage.tally();
  const own: Counters = {
    ...counters,
    sendErrors: addSendErrors(counters.sendErrors, sendErrors.list()),
    lossEvents: [...counters.lossEvents, ...lossLog.list()],
    ...(sendBufferDrops !== undefined && { sendBufferDrops }),
    measurementLosses: losses.measurementLosses(),
    measurementSocketDrops: drops,
    measurementDatagrams: datagrams,
    measurementBytes: bytes,
  };
  return start === undefined ? own : addCounters(start.counters, own);
}

async function concluded(
  scan: Scan,
  { rechecked, canaries }: Awaited<ReturnType<typeof recheckKnown>>,
): Promise<ScanResult> {
  const { plan, pool, stage, lossLog } = scan;
  const known = await pool.state();
  const stoppedBy = scan.stoppedBy();
  return conclude({
    plan,
    addresses: pool.addresses,
    ledger: pool.ledger,
    measured: stage.measured,
    counters: () => countersOf(scan, known),
    lossLog,
    positionOf: (sighting) => pool.positionOf(sighting),
    isLate: ({ firstSeenAt }) => scan.late.isLate(firstSeenAt),
    unknown: (probe) => pool.unknown(known, probe),
    isTarget: (address) => isTarget(scan, address),
    rechecked,
    canaries,
    ...(stoppedBy !== undefined && { stoppedBy }),
  });
}
