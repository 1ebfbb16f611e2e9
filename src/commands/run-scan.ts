import { createHash, randomInt } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { Probe } from '../../probes/probe.js';
import type { Address, Family } from '../domain/address.js';
import type { Exchange } from '../domain/exchange.js';
import type { Finding, Origin } from '../domain/finding.js';
import { isLowerBound } from '../domain/measurement.js';
import type { Clock } from '../domain/time.js';
import { UsageError } from '../domain/usage-error.js';
import { measureResponder } from '../measure/measure-responder.js';
import { createMeasurementQueue } from '../measure/queue.js';
import { createRequestGate } from '../measure/request-gate.js';
import type { ExchangeLimits } from '../measure/run-exchange.js';
import { fewPrefixes } from '../scope/few-prefixes.js';
import type { Scope } from '../scope/scope.js';
import type { TargetSpace } from '../scope/target-space.js';
import type { Key } from '../sweep/keyed-permutation.js';
import type { Sighting } from '../sweep/ledger.js';
import { createLossLog, createSendErrorCounts } from '../sweep/losses.js';
import { createOrder, placesPerSubnet } from '../sweep/order.js';
import { createPacer, createReplyBudget } from '../sweep/pacer.js';
import type { Progress } from '../sweep/progress.js';
import type { Span } from '../sweep/spans.js';
import type { SweepStart } from '../sweep/sweep.js';
import { createSweep } from '../sweep/sweep.js';
import type { Shard } from '../sweep/shard.js';
import type { GuardedSocket } from '../udp/guarded-socket.js';
import { openGuardedSocket } from '../udp/guarded-socket.js';
import { readSendBufferDrops } from '../udp/send-buffer-drops.js';
import type { Counted } from './counted.js';
import { addCounted } from './counted.js';
import { createExpiry } from './expiry.js';
import { findingOf } from './finding-of.js';
import type { ScanKeeper, ScanSnapshot } from './keep-saving.js';
import { keepSaving } from './keep-saving.js';
import { createLossWatch } from './loss-watch.js';
import type { SelectedProbe } from './select-probes.js';
import type { RunControl } from './scope-reload.js';

/** Everything a scan needs to know; no defaults, they live where the user meets them. */
export interface ScanPlan {
  readonly scope: Scope;
  readonly space: TargetSpace;
  readonly probes: readonly SelectedProbe[];
  readonly originOf: (address: Address) => Origin;
  readonly pace: {
    readonly rate: number;
    readonly perSubnet: number;
    readonly perHost: number;
    readonly replyBandwidthBps: number;
  };
  readonly parallel: number;
  /** Passes of the sweep after the first, over those that did not answer. */
  readonly retries: number;
  /** Asked of the system for each socket, which gives what it allows. */
  readonly receiveBufferBytes: number;
  readonly cooldownMs: number;
  /** Absent: each probe's own. */
  readonly quietGapMs?: number | undefined;
  readonly formGapMs: number;
  readonly sourceAddress?: string | undefined;
  readonly seed: string;
  /** The secret by which replies prove themselves, never derived from the seed. */
  readonly tokenKey: Key;
  /** A long sweep pauses this often to measure, so that an address on lease is still the same host. */
  readonly stretchMs: number;
  /** Absent: all of the target space. */
  readonly shard?: Shard | undefined;
}

/** Where a run that was stopped goes on. */
export interface ScanStart extends SweepStart {
  readonly measured: ReadonlyMap<Sighting, readonly Exchange[]>;
  readonly counted: Counted;
}

/** What came of a scan: the findings, and everything run.json says of how they came about. */
export interface ScanResult extends Omit<Counted, 'sent'> {
  /** How many were to be probed: a shard's own. */
  readonly addresses: number;
  readonly findings: readonly Finding[];
  readonly perProbe: readonly {
    /** Packets of the sweep that the kernel took without error. */
    readonly sent: number;
    readonly sentBytes: number;
    readonly responders: number;
    readonly exposures: number;
    readonly notExposed: Readonly<Record<string, number>>;
  }[];
  readonly measurementRequests: number;
  readonly measured: number;
  readonly cappedMeasurements: number;
  /** By probe: of whom nobody can say whether they answer. */
  readonly unknown: readonly ReturnType<typeof fewPrefixes>[];
  /** The share of measured responders that did not answer the same form again; absent where none was measured. */
  readonly lossEstimate?: number;
  readonly lateResponders: number;
  /** Why it ended before its end. */
  readonly stoppedBy?: 'signal' | 'expiry' | 'scope';
}

/** The engine's own bounds: design decisions that no user has a reason to turn. */
const PACER_TICK_MS = 5;
/** More than the log of sent requests and the clocks are apart. */
const SAFETY_MS = 1000;
const PROGRESS_EVERY_MS = 200;
const NO_DESCRIPTOR_MS = 250;
const LOSSES_EVERY_MS = 1000;
/** Longer than an answer takes; a shorter cooldown says that answers take less. */
const PASS_GAP_MS = 2000;
const EXCHANGE_CAPS = {
  firstReplyMs: 5000,
  longestMs: 30_000,
  mostDatagrams: 2000,
  mostBytes: 4 * 1024 * 1024,
};

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
  const open = (
    family: Family,
    onDatagram: (payload: Uint8Array, from: Address, port: number) => void,
    onSendError: (code: string, to: string) => void,
  ): Promise<GuardedSocket> =>
    openGuardedSocket({
      allows: (address) => scope.allows(address),
      family,
      receiveBufferBytes: plan.receiveBufferBytes,
      sourceAddress: plan.sourceAddress,
      onDatagram,
      onSendError,
    });

  const sweepSockets: { readonly probe: number; readonly socket: GuardedSocket }[] = [];
  const hostGapMs = Math.max(plan.formGapMs, 1000 / pace.perHost);
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
      const socket = await open(family, onDatagram, (code, to) => {
        losses.refused(index, code, to);
      }).catch(explainBindError(plan.sourceAddress));
      sweepSockets.push({ probe: index, socket });
      return socket;
    },
  }).catch(async (error: unknown) => {
    await close();
    throw error;
  });

  const measuredOf = new Map<Sighting, readonly Exchange[]>(start?.measured);
  const unsaved: (readonly [Sighting, readonly Exchange[]])[] = [];
  const tally = { drops: 0, datagrams: 0, bytes: 0 };
  let sweepEndedMs = -Infinity;
  const gate = createRequestGate({
    pacer,
    budget,
    clock,
    hostGapMs,
    perSubnet: pace.perSubnet,
    sweepEndedMs: () => sweepEndedMs,
  });
  const queue = createMeasurementQueue(plan.parallel, async (sighting: Sighting) => {
    const selected = probes[sighting.probe];
    // An answer has taken the place of an alien reply since: it waits in the queue too.
    const isCurrent = sweep.ledger.get(sighting.probe, sighting.probed) === sighting;
    // It may have been excluded since: the guard would refuse it, request by request.
    if (!scope.allows(sighting.probed)) return;
    if (selected === undefined || !isCurrent || measuredOf.has(sighting)) return;
    const measured = await measureResponder(
      {
        gate,
        clock,
        signal,
        limitsFor: (probe) => limitsFor(probe, plan.quietGapMs),
        drawNonce: (bits) => (bits === 0 ? 0 : randomInt(2 ** bits)),
        openSocket: ({ family, onDatagram, onSendError }) =>
          patiently(() =>
            open(family, onDatagram, (code, to) => {
              losses.measurementRefused(code, to);
              onSendError(code);
            }),
          ),
        onSocketDrops(count) {
          tally.drops += count;
          losses.measurementDropped(count);
        },
        onReceived({ datagrams, payloadBytes }) {
          tally.datagrams += datagrams;
          tally.bytes += payloadBytes;
        },
      },
      {
        probe: selected.probe,
        to: sighting.probed,
        port: selected.port,
        sighted: [...sighting.forms]
          .sort((a, b) => a - b)
          .flatMap((form) => selected.probe.sweepForms[form] ?? []),
        expectedBits: sighting.wireBytes * 8,
        mayBurst: selected.options.length > 0,
      },
    );
    measuredOf.set(sighting, measured);
    // What a signal cut short is begun anew when the run goes on.
    if (!signal.aborted) unsaved.push([sighting, measured]);
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
    if (start !== undefined) await clock.sleep(Math.max(1000, hostGapMs), signal);
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
      sweepEndedMs = clock.monotonicMs();
      await measureStretch();
      // No window of one second holds packets of both stages, in this direction either.
      if (!ended) await clock.sleep(Math.max(1000, hostGapMs), signal);
    }
    await losses.sample();
    if (!signal.aborted && sweep.hasTouched()) await askAgain();
    await keeping.end();
    return await conclude();
  } finally {
    clearInterval(watching);
    keeping.cancel();
    await close();
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

  async function close(): Promise<void> {
    expiry.cancel();
    await Promise.all(sweepSockets.map(({ socket }) => socket.close()));
  }

  /** Whom a loss touched is asked once more, at half the rate, and who answers is measured. */
  async function askAgain(): Promise<void> {
    await clock.sleep(Math.max(1010, hostGapMs), signal);
    await sweep.askAgain({ pacer: slowPacer, perSubnet: pace.perSubnet / 2, signal });
    sweepEndedMs = clock.monotonicMs();
    await measureStretch();
    await losses.sample();
  }

  /** Measures whoever was sighted, from the sweep's last packet on; late ones as long as others are measured. */
  async function measureStretch(): Promise<void> {
    const before = measuredOf.size;
    const state = (): Parameters<Progress['update']>[0] => ({
      done: measuredOf.size - before,
      total: sweep.ledger.size - before,
      responders: sweep.ledger.size,
    });
    progress.start('measurement', state());
    const take = (): void => {
      if (signal.aborted) return;
      for (const group of sweep.ledger.takeNew()) {
        const [first] = group;
        if (first !== undefined) queue.add(first.probed, group);
      }
      progress.update(state());
    };
    const ticking = setInterval(take, PROGRESS_EVERY_MS);
    try {
      take();
      await clock.sleep(plan.cooldownMs, signal);
      sweep.endCooldown();
      do {
        take();
        await queue.idle();
      } while (!signal.aborted && sweep.ledger.hasNew());
    } catch (error) {
      // The others shall not go on sending for a run that is over.
      failure.abort();
      throw error;
    } finally {
      clearInterval(ticking);
    }
    progress.stop(state());
  }

  function whoStopped(): NonNullable<ScanResult['stoppedBy']> {
    if (stop.aborted) return 'signal';
    return control.revoked.aborted ? 'scope' : 'expiry';
  }

  async function snapshot(): Promise<ScanSnapshot> {
    const position = sweep.safePosition();
    const firstForms = firstFormsOf(probes);
    // Whoever answered before that was asked before that: no need to compute a hundred thousand positions.
    const longAgo = clock.now() - plan.cooldownMs - SAFETY_MS;
    return {
      sweep: {
        position,
        retried: sweep.safeRetried(),
        // Who was asked behind that position is asked again, and what came is then counted anew.
        sightings: [...sweep.ledger.all()].filter(
          ({ probed, probe, form, firstSeenAt }) =>
            firstSeenAt < longAgo ||
            (order.positionOf(probed, (firstForms[probe] ?? 0) + form) ?? 0) < position,
        ),
      },
      measured: unsaved.splice(0),
      counted: await countedSoFar(),
    };
  }

  async function countedSoFar(): Promise<Counted> {
    const sendBufferDrops = losses.sendBufferDrops();
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
      measurementSocketDrops: tally.drops,
      measurementDatagrams: tally.datagrams,
      measurementBytes: tally.bytes,
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

  async function conclude(): Promise<ScanResult> {
    const findings: Finding[] = [];
    const firstForms = firstFormsOf(probes);
    const counted: { responders: number; exposures: number; notExposed: Record<string, number> }[] =
      probes.map(() => ({
        responders: 0,
        exposures: 0,
        notExposed: {},
      }));
    const { sockets } = await countedSoFar();
    const lossyProbes = new Set(
      sockets.flatMap(({ probe, socket }) => ((socket.drops ?? 0) > 0 ? probe : [])),
    );
    let lateResponders = 0;
    const positionOf = ({ probed, probe, form }: Sighting): { readonly positions?: Span } => {
      const from = order.positionOf(probed, (firstForms[probe] ?? 0) + form);
      return from === undefined ? {} : { positions: { from, to: from + 1 } };
    };
    for (const [sighting, exchanges] of measuredOf)
      for (const exchange of exchanges.filter(isCapped))
        lossLog.note({
          kind: 'capped',
          count: 1,
          probe: probes[sighting.probe]?.probe.id ?? '',
          first: exchange.requestedAt,
          ...positionOf(sighting),
        });
    for (const sighting of sweep.ledger.all()) {
      const selected = probes[sighting.probe];
      const counts = counted[sighting.probe];
      if (selected === undefined || counts === undefined) continue;
      counts.responders++;
      if (sighting.late) {
        lateResponders++;
        const { firstSeenAt: first } = sighting;
        lossLog.note({
          kind: 'late_replies',
          count: 1,
          probe: selected.probe.id,
          first,
          ...positionOf(sighting),
        });
      }
      // What was excluded after it had answered gives no row.
      const outcome = scope.allows(sighting.probed)
        ? findingOf(
            { ...plan, lostReplies: lossyProbes.has(selected.probe.id) },
            selected,
            sighting,
            measuredOf.get(sighting) ?? [],
          )
        : 'excluded during the run';
      if (typeof outcome === 'string') counts.notExposed[outcome] = (counts.notExposed[outcome] ?? 0) + 1;
      else {
        counts.exposures++;
        findings.push(outcome);
      }
    }
    const measurements = [...measuredOf.values()];
    const all = await countedSoFar();
    return {
      ...all,
      addresses: order.addresses,
      findings,
      perProbe: counted.map((counts, index) => ({ ...counts, ...(all.sent[index] ?? sentBy(index)) })),
      lateResponders,
      measurementRequests: measurements.flat().filter(({ end }) => end !== 'unsent').length,
      measured: measurements.filter((measured) => measured.length > 0).length,
      // What was excluded since is no loss.
      unknown: probes.map((_, probe) => fewPrefixes(onlyAllowed(scope, sweep.unknown(probe)))),
      ...lossEstimateOf(measurements),
      cappedMeasurements: measurements.filter((measured) => measured.some(isLowerBound)).length,
      ...(signal.aborted && { stoppedBy: whoStopped() }),
    };
  }
}

function* onlyAllowed(scope: Scope, addresses: Iterable<Address>): Generator<Address, undefined> {
  for (const address of addresses) if (scope.allows(address)) yield address;
  return undefined;
}

function limitsFor(probe: Probe, quietGapMs: number | undefined): ExchangeLimits {
  return { ...EXCHANGE_CAPS, quietGapMs: quietGapMs ?? probe.quietGapMs };
}

/** Of those that answered the sweep, how many did not answer the same form in the measurement. */
function lossEstimateOf(measurements: readonly (readonly Exchange[])[]): { readonly lossEstimate?: number } {
  const again = measurements.flatMap(([first]) =>
    first === undefined || first.end === 'unsent' ? [] : first,
  );
  if (again.length === 0) return {};
  return { lossEstimate: again.filter(({ end }) => end === 'silent').length / again.length };
}

function isCapped({ caveats }: Exchange): boolean {
  return caveats.includes('capped');
}

/** The number of each probe's first form in the order. */
function firstFormsOf(probes: ScanPlan['probes']): readonly number[] {
  let forms = 0;
  return probes.map(({ probe }) => {
    const first = forms;
    forms += probe.sweepForms.length;
    return first;
  });
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
