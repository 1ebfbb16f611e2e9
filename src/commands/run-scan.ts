import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { Clock } from '../domain/time.js';
import { UsageError } from '../domain/usage-error.js';
import type { Key } from '../sweep/keyed-permutation.js';
import type { Sighting } from '../sweep/ledger.js';
import { createLossLog, createSendErrorCounts } from '../sweep/losses.js';
import { createOrder, placesPerSubnet } from '../sweep/order.js';
import { createPacer, createReplyBudget } from '../sweep/pacer.js';
import type { Progress } from '../sweep/progress.js';
import { createSweep } from '../sweep/sweep.js';
import type { GuardedSocket } from '../udp/guarded-socket.js';
import { openGuardedSocket } from '../udp/guarded-socket.js';
import { readSendBufferDrops } from '../udp/send-buffer-drops.js';
import { conclude } from './conclude.js';
import type { Counted } from './counted.js';
import { addCounted } from './counted.js';
import { createExpiry } from './expiry.js';
import type { ScanKeeper, ScanSnapshot } from './keep-saving.js';
import { keepSaving } from './keep-saving.js';
import { createLossWatch } from './loss-watch.js';
import type { MeasurementStageOptions } from './measurement-stage.js';
import { createMeasurementStage, hostGapMs } from './measurement-stage.js';
import type { ScanPlan, ScanResult, ScanStart } from './scan-plan.js';
import { firstFormsOf } from './scan-plan.js';
import { PACER_TICK_MS } from './scan-defaults.js';
import type { RunControl } from './scope-reload.js';

/** The engine's own bounds: design decisions that no user has a reason to turn. */
/** More than the log of sent requests and the clocks are apart. */
const SAFETY_MS = 1000;
const PROGRESS_EVERY_MS = 200;
const LOSSES_EVERY_MS = 1000;
/** Longer than an answer takes; a shorter cooldown says that answers take less. */
const PASS_GAP_MS = 2000;

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
  const { scope, space, probes, pace } = plan;
  const expiry = createExpiry(scope.validUntilEnd, clock);
  const failure = new AbortController();
  const signal = AbortSignal.any([stop, expiry.signal, failure.signal, control.revoked]);
  // Everybody who waits for anything listens to it; Node takes more than ten for a leak.
  setMaxListeners(0, signal);
  const sendErrors = createSendErrorCounts();
  const order = createOrder({
    ranges: space.ranges,
    forms: probes.reduce((sum, { probe }) => sum + probe.sweepForms.length, 0),
    pad: placesPerSubnet(pace),
    key: keyFrom(`order ${plan.seed}`),
    shard: plan.shard,
  });
  const pacer = createPacer(pace.rate, PACER_TICK_MS);
  /** For what is asked again after losses. */
  const slowPacer = createPacer(pace.rate / 2, PACER_TICK_MS);
  const budget = createReplyBudget(pace.replyBandwidthBps);
  control.onChange(({ rate, replyBandwidthBps, validUntilEnd }) => {
    pacer.setLimit(rate);
    slowPacer.setLimit(rate / 2);
    budget.setLimit(replyBandwidthBps);
    expiry.moveTo(validUntilEnd);
  });
  const open: MeasurementStageOptions['openSocket'] = (socket) =>
    openGuardedSocket({
      ...socket,
      allows: (address) => scope.allows(address),
      receiveBufferBytes: plan.receiveBufferBytes,
      sourceAddress: plan.sourceAddress,
    });

  const sweepSockets: { readonly probe: number; readonly socket: GuardedSocket }[] = [];
  const gapMs = hostGapMs(plan);
  const firstForms = firstFormsOf(probes);
  const lossLog = createLossLog();
  const losses = await createLossWatch({
    clock,
    cooldownMs: plan.cooldownMs,
    sendErrors,
    log: lossLog,
    probes: probes.map(({ probe }) => probe.id),
    sweep: () => sweep,
    sockets: () => sweepSockets,
    readSendBufferDrops,
  });
  const sweep = await createSweep({
    order,
    probes,
    rate: pace.rate,
    perSubnet: pace.perSubnet,
    cooldownMs: plan.cooldownMs,
    retries: plan.retries,
    // More than a second too, so that no window of one second holds packets of two passes.
    passGapMs: Math.max(1000 / pace.perHost, Math.min(PASS_GAP_MS, plan.cooldownMs), 1010),
    pacer,
    budget,
    clock,
    tokenKey: plan.tokenKey,
    start: start && { ...start, touched: start.counted.touched },
    async openSocket(index, onDatagram, family) {
      const onSendError = (code: string, to: string): void => {
        losses.refused(index, code, to);
      };
      const socket = await open({ family, onDatagram, onSendError }).catch(
        explainBindError(plan.sourceAddress),
      );
      sweepSockets.push({ probe: index, socket });
      return socket;
    },
  }).catch(async (error: unknown) => {
    await close();
    throw error;
  });

  const stage = createMeasurementStage({
    plan,
    ledger: sweep.ledger,
    pacer,
    budget,
    clock,
    progress,
    losses,
    openSocket: open,
    onCooldownEnd: () => {
      sweep.endCooldown();
    },
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
    watching = setInterval(() => void losses.sample(), LOSSES_EVERY_MS);
    for (let ended = false; !ended && !signal.aborted;) {
      const state = (): Parameters<Progress['update']>[0] => ({
        ...sweep.progress(),
        responders: sweep.ledger.size,
      });
      progress.start('sweep', state());
      const ticking = setInterval(() => {
        progress.update(state());
      }, PROGRESS_EVERY_MS);
      const untilMs = clock.monotonicMs() + plan.stretchMs;
      ended =
        (await sweep.run({ untilMs, signal }).finally(() => {
          clearInterval(ticking);
        })) !== 'paused';
      progress.stop(state());
      await stage.run();
      // No window of one second holds packets of both stages, in this direction either.
      if (!ended) await clock.sleep(Math.max(1000, gapMs), signal);
    }
    await losses.sample();
    if (!signal.aborted && sweep.hasTouched()) await askAgain();
    await keeping.end();
    return await conclude({
      plan,
      addresses: order.addresses,
      ledger: sweep.ledger,
      measured: stage.measured,
      counted: countedSoFar,
      lossLog,
      positionOf,
      unknown: (probe) => sweep.unknown(probe),
      ...(signal.aborted && { stoppedBy: whoStopped() }),
    });
  } catch (error) {
    // The others shall not go on sending for a run that is over.
    failure.abort();
    throw error;
  } finally {
    clearInterval(watching);
    keeping.cancel();
    await close();
  }

  async function close(): Promise<void> {
    expiry.cancel();
    await Promise.all(sweepSockets.map(({ socket }) => socket.close()));
  }

  /** Whom a loss touched is asked once more, at half the rate, and who answers is measured. */
  async function askAgain(): Promise<void> {
    await clock.sleep(Math.max(1010, gapMs), signal);
    await sweep.askAgain({ pacer: slowPacer, perSubnet: pace.perSubnet / 2, signal });
    await stage.run();
    await losses.sample();
  }

  function whoStopped(): NonNullable<ScanResult['stoppedBy']> {
    if (stop.aborted) return 'signal';
    return control.revoked.aborted ? 'scope' : 'expiry';
  }

  function positionOf({ probed, probe, form }: Sighting): number | undefined {
    return order.positionOf(probed, (firstForms[probe] ?? 0) + form);
  }

  async function snapshot(): Promise<ScanSnapshot> {
    const position = sweep.safePosition();
    // Whoever answered before that was asked before that: no need to compute a hundred thousand positions.
    const longAgo = clock.now() - plan.cooldownMs - SAFETY_MS;
    return {
      sweep: {
        position,
        retried: sweep.safeRetried(),
        // Who was asked behind that position is asked again, and what came is then counted anew.
        sightings: [...sweep.ledger.all()].filter(
          (sighting) => sighting.firstSeenAt < longAgo || (positionOf(sighting) ?? 0) < position,
        ),
      },
      measured: stage.takeUnsaved(),
      counted: await countedSoFar(),
    };
  }

  async function countedSoFar(): Promise<Counted> {
    const sendBufferDrops = losses.sendBufferDrops();
    const { drops, datagrams, bytes } = stage.tally();
    const own: Counted = {
      sweep: sweep.counts(),
      sent: probes.map((_, probe) => sentBy(probe)),
      sockets: await Promise.all(
        sweepSockets.map(async ({ probe, socket }) => ({
          probe: probes[probe]?.probe.id ?? '',
          socket: {
            localAddress: socket.localAddress,
            localPort: socket.localPort,
            receiveBufferBytes: socket.receiveBufferBytes,
            drops: await socket.readDrops(),
          },
        })),
      ),
      sendErrors: sendErrors.list(),
      lossEvents: lossLog.list(),
      touched: sweep.touched(),
      ...(sendBufferDrops !== undefined && { sendBufferDrops }),
      measurementLosses: losses.measurementLosses(),
      measurementSocketDrops: drops,
      measurementDatagrams: datagrams,
      measurementBytes: bytes,
    };
    return start === undefined ? own : addCounted(start.counted, own);
  }

  function sentBy(probe: number): { readonly sent: number; readonly sentBytes: number } {
    const sums = sweepSockets.filter((entry) => entry.probe === probe).map(({ socket }) => socket.sent());
    return {
      sent: sums.reduce((sum, { datagrams }) => sum + datagrams, 0),
      sentBytes: sums.reduce((sum, { payloadBytes }) => sum + payloadBytes, 0),
    };
  }
}

/** Eight words of a hash, so that any text will do as a seed. */
function keyFrom(text: string): Key {
  return new Uint32Array(new Uint8Array(createHash('sha256').update(text).digest()).buffer);
}

function explainBindError(sourceAddress: string | undefined): (error: unknown) => never {
  return (error) => {
    if (error instanceof Error && 'code' in error && error.code === 'EAFNOSUPPORT')
      throw new UsageError('this machine has no IPv6', 'give IPv4 addresses and prefixes as targets');
    if (sourceAddress === undefined) throw error;
    throw new UsageError(
      `--source: cannot send from ${sourceAddress}: ${error instanceof Error ? error.message : String(error)}`,
      'name an address of this machine, as "ip address" lists them',
    );
  };
}
