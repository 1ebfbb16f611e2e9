import { setMaxListeners } from 'node:events';
import type { Address } from '../domain/address.js';
import type { Clock } from '../domain/time.js';
import { UsageError } from '../domain/usage-error.js';
import type { LiveGuard } from '../scope/guard.js';
import { createGuard } from '../scope/guard.js';
import { createSharedReplyBudget } from '../sweep/pacer.js';
import type { Sighting } from '../sweep/sightings.js';
import type { OpenGuardedSocket } from '../udp/guarded-socket.js';
import { every } from './every.js';
import type { Partition } from './partition.js';
import { createPartition } from './partition.js';
import type { SelectedProbe } from './selected-probe.js';
import type { FromWorker, ToWorker, WorkerAnswer, WorkerPlan, WorkerRequest } from './worker-messages.js';

/** How often the first thread hears of new sightings: as often as it looks for them. */
const TELL_EVERY_MS = 200;

interface WorkerPorts {
  /** The probes of the plan, built again: only their ids can be sent. */
  readonly probes: readonly SelectedProbe[];
  readonly clock: Clock;
  readonly openSocket: OpenGuardedSocket;
  readonly post: (message: FromWorker) => void;
  /** Called after the last message. */
  readonly end: () => void;
}

/**
 * A partition behind messages: what a worker does from its beginning to its end.
 * @returns what takes the messages of the first thread.
 */
export function servePartition(plan: WorkerPlan, ports: WorkerPorts): (message: ToWorker) => void {
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const guard = createGuard(plan.guard);
  const changed = plan.probes.map(() => new Map<Address, Sighting>());
  const opening = createPartition(plan, {
    ...ports,
    guard,
    budget: createSharedReplyBudget(plan.pace.replyBandwidthBps, plan.paidOffNs),
    signal: stop.signal,
    onSighting: (sighting) => changed[sighting.probe]?.set(sighting.probed, sighting),
  });
  let stopTelling = (): void => undefined;
  let told: FromWorker['progress'] = { done: -1, total: 0, sent: 0 };

  const tell = (partition: Partition, answered?: FromWorker['answered']): void => {
    // What is new goes ahead of the answer that builds on it.
    const sightings = changed.flatMap((sighted) => [...sighted.values()]);
    for (const sighted of changed) sighted.clear();
    told = partition.progress();
    ports.post({ progress: told, sightings, ...(answered && { answered }) });
  };
  const hasNews = (partition: Partition): boolean => {
    const { done, sent } = partition.progress();
    return done !== told.done || sent !== told.sent || changed.some(({ size }) => size > 0);
  };
  const serve = async (id: number, request: WorkerRequest): Promise<void> => {
    try {
      const partition = await opening;
      const answer = await answerOf(partition, guard, request);
      // What is to be measured is the first thread's business.
      partition.ledger.takeNew();
      tell(partition, { id, answer });
    } catch (error) {
      const progress = { done: 0, total: 0, sent: 0 };
      ports.post({ progress, sightings: [], answered: { id, answer: failureOf(error) } });
    }
    if (request.kind !== 'close') return;
    stopTelling();
    ports.end();
  };
  opening.then(
    (partition) => {
      if (!stop.signal.aborted)
        stopTelling = every(ports.clock, TELL_EVERY_MS, () => {
          if (hasNews(partition)) tell(partition);
        });
    },
    // Each request is answered with this error.
    () => undefined,
  );
  return (message) => {
    if (message === 'abort') stop.abort();
    else void serve(message.id, message.request);
  };
}

async function answerOf(
  partition: Partition,
  guard: LiveGuard,
  request: WorkerRequest,
): Promise<WorkerAnswer> {
  const { kind } = request;
  switch (kind) {
    case 'run':
      return { kind, value: await partition.run(request.untilMs) };
    case 'ask-again':
      return { kind, value: await partition.askAgain() };
    case 'has-suspects':
      return { kind, value: await partition.hasSuspects() };
    case 'suspect-since':
      return { kind, value: await partition.suspectSince(request.sinceMs) };
    case 'asked-since':
      return { kind, value: await partition.askedSince(request.sinceMs) };
    case 'state':
      return { kind, value: await partition.state() };
    case 'sample':
      await partition.sample();
      return { kind, value: undefined };
    case 'limits':
      await partition.setLimits(request.limits);
      return { kind, value: undefined };
    case 'guard':
      guard.follow(request.rules);
      return { kind, value: undefined };
    case 'close':
      await partition.close();
      return { kind, value: undefined };
  }
}

function failureOf(error: unknown): WorkerAnswer {
  return {
    kind: 'failed',
    message: error instanceof Error ? error.message : String(error),
    ...(error instanceof Error && 'code' in error && { code: String(error.code) }),
    ...(error instanceof UsageError && { hint: error.hint }),
  };
}
