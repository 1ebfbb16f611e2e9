import { setMaxListeners } from 'node:events';
import type { Address } from '../domain/address.js';
import type { Clock } from '../domain/time.js';
import { createLossLog, createSendErrorCounts } from '../sweep/losses.js';
import { createPacer, PACER_TICK_MS } from '../sweep/pacer.js';
import type { Progress, ProgressState } from './progress.js';
import { openGuardedSocket } from '../udp/guarded-socket.js';
import { readSendBufferDrops } from '../udp/send-buffer-drops.js';
import { conclude } from './conclude.js';
import type { Counted } from './counted.js';
import { addCounted, addSendErrors } from './counted.js';
import { createExpiry } from './expiry.js';
import type { ScanKeeper, ScanSnapshot } from './keep-saving.js';
import { keepSaving } from './keep-saving.js';
import { createLossWatch } from './loss-watch.js';
import { createMeasurementStage, hostGapMs } from './measurement-stage.js';
import { recheckKnown } from './recheck-known.js';
import type { ScanPlan, ScanResult, ScanStart } from './scan-plan.js';
import type { RunControl } from './scope-reload.js';
import type { SweepCrewState } from './sweep-crew.js';
import { createSweepCrew } from './sweep-crew.js';

/** The engine's own bounds: design decisions that no user has a reason to turn. */
/** More than the log of sent requests and the clocks are apart. */
const SAFETY_MS = 1000;
/**
 * Once after any loss, further times while replies are dropped: amplifiers that crowd each other out are fewer each
 * time, for who answered is not asked again.
 */
const MOST_TIMES_AGAIN = 3;
const PROGRESS_EVERY_MS = 200;
const LOSSES_EVERY_MS = 1000;

/**
 * Discover, then measure: the sweep learns who answers, stretch by stretch; each responder is then asked
 * alone. Here the parts are joined, and nowhere else.
 * @param stop aborts the run: nothing more is sent, what is known is returned.
 * @throws UsageError where the source address is not this machine's, or the machine has no IPv6 and needs it.
 */
export async function runScan(
  plan: ScanPlan,
  {
    clock,
    progress,
    stop,
    control,
    keeper,
    start,
  }: {
    readonly clock: Clock;
    readonly progress: Progress;
    readonly stop: AbortSignal;
    /** What may change while it runs. */
    readonly control: RunControl;
    /** Asked to save before the first packet, every so often, and when nothing more is sent. */
    readonly keeper: ScanKeeper;
    readonly start?: ScanStart | undefined;
  },
): Promise<ScanResult> {
  const { scope, pace } = plan;
  const expiry = createExpiry(scope.validUntilEnd, clock);
  const failure = new AbortController();
  const signal = AbortSignal.any([stop, expiry.signal, failure.signal, control.revoked]);
  // Everybody who waits for anything listens to it; Node takes more than ten for a leak.
  setMaxListeners(0, signal);
  const crew = await createSweepCrew(plan, {
    clock,
    signal,
    allows: (address) => control.mayAsk(address),
    start,
  }).catch((error: unknown) => {
    expiry.cancel();
    throw error;
  });
  const pacer = createPacer(pace.rate, PACER_TICK_MS);
  const stopFollowing = control.onChange(async (limits) => {
    if (limits === 'revoked') {
      await crew.forbid();
      return;
    }
    pacer.setLimit(limits.rate);
    expiry.moveTo(limits.validUntilEnd);
    await crew.follow(limits);
  });
  const gapMs = hostGapMs(plan);
  const sendErrors = createSendErrorCounts();
  const lossLog = createLossLog();
  const losses = await createLossWatch({
    clock,
    sendErrors,
    log: lossLog,
    touchSweep: (sinceMs) => crew.touch(sinceMs),
    readSendBufferDrops,
  });
  const stage = createMeasurementStage({
    plan,
    ledger: crew.ledger,
    pacer,
    budget: crew.budget,
    clock,
    progress,
    losses,
    openSocket: (socket) =>
      openGuardedSocket({
        ...socket,
        allows: (address) => control.mayAsk(address),
        receiveBufferBytes: plan.receiveBufferBytes,
        sourceAddress: plan.sourceAddress,
      }),
    onCooldownEnd: () => crew.endCooldown(),
    signal,
    measured: start?.measured,
  });

  let watching: NodeJS.Timeout | undefined;
  const keeping = keepSaving(keeper, snapshot, clock);
  keeping.failed.addEventListener('abort', () => {
    failure.abort();
  });
  try {
    // Before the first packet: a run that nobody could go on with is not begun.
    await keeping.begin();
    // The session before may have asked anybody just now.
    if (start !== undefined) await clock.sleep(Math.max(1000, gapMs), signal);
    watching = setInterval(() => {
      sample().catch(() => {
        failure.abort();
      });
    }, LOSSES_EVERY_MS);
    for (let ended = false; !ended && !signal.aborted;) {
      const state = (): ProgressState => ({ ...crew.progress(), responders: crew.ledger.size });
      progress.start('sweep', state());
      const ticking = setInterval(() => {
        progress.update(state());
      }, PROGRESS_EVERY_MS);
      const outcome = await crew.run(clock.monotonicMs() + plan.stretchMs).finally(() => {
        clearInterval(ticking);
      });
      ended = outcome !== 'paused';
      progress.stop(state());
      await stage.run();
      // No window of one second holds packets of both stages, in this direction either.
      if (!ended) await clock.sleep(Math.max(1000, gapMs), signal);
    }
    await sample();
    for (let times = 0, before = -1, dropped = 0; times < MOST_TIMES_AGAIN && dropped > before; times++) {
      if (signal.aborted || !(await crew.hasTouched())) break;
      before = await droppedReplies();
      await askAgain();
      dropped = await droppedReplies();
    }
    const rechecked = await recheckKnown({ plan, ledger: crew.ledger, stage, isTarget, progress });
    if (!signal.aborted && crew.ledger.hasNew()) await stage.run();
    await keeping.end();
    const known = await crew.state();
    return conclude({
      plan,
      addresses: crew.addresses,
      ledger: crew.ledger,
      measured: stage.measured,
      counted: () => countedWith(known),
      lossLog,
      positionOf: (sighting) => crew.positionOf(sighting),
      unknown: (probe) => crew.unknown(known, probe),
      isTarget,
      rechecked,
      ...(signal.aborted && { stoppedBy: whoStopped() }),
    });
  } catch (error) {
    // The others shall not go on sending for a run that is over.
    failure.abort();
    throw error;
  } finally {
    clearInterval(watching);
    // Whoever still held the run from outside would hold every sighting and exchange of it while reports are made.
    stopFollowing();
    keeping.cancel();
    expiry.cancel();
    await crew.close();
  }

  async function sample(): Promise<void> {
    await Promise.all([crew.sample(), losses.sample()]);
  }

  /** Whom a loss touched and who is silent is asked again, at half the rate, and who answers is measured. */
  async function askAgain(): Promise<void> {
    await clock.sleep(Math.max(1010, gapMs), signal);
    await crew.askAgain();
    await stage.run();
    await sample();
  }

  async function droppedReplies(): Promise<number> {
    const { counted } = await crew.state();
    const drops = counted.lossEvents.filter(({ kind }) => kind === 'socket_drops');
    return drops.reduce((sum, { count }) => sum + count, 0);
  }

  function whoStopped(): NonNullable<ScanResult['stoppedBy']> {
    if (stop.aborted) return 'signal';
    return control.revoked.aborted ? 'scope' : 'expiry';
  }

  function isTarget(address: Address): boolean {
    return scope.allows(address) && crew.covers(address);
  }

  async function snapshot(): Promise<ScanSnapshot> {
    const known = await crew.state();
    // Whoever answered before that was asked before that: no need to compute a hundred thousand positions.
    const longAgo = clock.now() - plan.cooldownMs - SAFETY_MS;
    return {
      sweep: {
        parts: known.places,
        // Who was asked behind that position is asked again, and what came is then counted anew.
        sightings: [...crew.ledger.all()].filter(
          (sighting) => sighting.firstSeenAt < longAgo || known.isBefore(sighting),
        ),
      },
      measured: stage.takeUnsaved(),
      counted: countedWith(known),
    };
  }

  function countedWith({ counted }: SweepCrewState): Counted {
    const sendBufferDrops = losses.sendBufferDrops();
    const { drops, datagrams, bytes } = stage.tally();
    const own: Counted = {
      ...counted,
      sendErrors: addSendErrors(counted.sendErrors, sendErrors.list()),
      lossEvents: [...counted.lossEvents, ...lossLog.list()],
      ...(sendBufferDrops !== undefined && { sendBufferDrops }),
      measurementLosses: losses.measurementLosses(),
      measurementSocketDrops: drops,
      measurementDatagrams: datagrams,
      measurementBytes: bytes,
    };
    return start === undefined ? own : addCounted(start.counted, own);
  }
}
