import { setMaxListeners } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { UsageError } from '../domain/usage-error.js';
import { addressSet, membership } from '../scope/address-set.js';
import { createGuard } from '../scope/guard.js';
import { createSharedReplyBudget } from '../sweep/pacer.js';
import type { Sighting } from '../sweep/ledger.js';
import { systemClock } from '../system-clock.js';
import { openGuardedSocket } from '../udp/guarded-socket.js';
import { maskedProbe } from './masked-probe.js';
import { buildProbe } from './selected-probe.js';
import { createSweepPart } from './sweep-part.js';
import type { FromThread, SweepThread, SweepThreadCall, SweepThreadPlan, ToThread } from './sweep-thread.js';

/** How often the first thread hears of new sightings: as often as it looks for them. */
const TELL_EVERY_MS = 200;

const port = parentPort;
if (port === null) throw new Error('this file is the beginning of a thread');
const plan = workerData as SweepThreadPlan;
const stop = new AbortController();
setMaxListeners(0, stop.signal);
const guard = createGuard(plan.guard);
const isInScope = membership(addressSet(plan.guard.allowed));
let changed = new Set<Sighting>();
const part = createSweepPart(plan, {
  probes: plan.probes.map(({ id, ...chosen }) => maskedProbe(buildProbe(id, chosen), isInScope)),
  guard,
  openSocket: openGuardedSocket,
  budget: createSharedReplyBudget(plan.pace.replyBandwidthBps, plan.paidOffNs),
  clock: systemClock,
  signal: stop.signal,
  onSighting: (sighting) => changed.add(sighting),
});
let telling: NodeJS.Timeout | undefined;
part.then(
  () => {
    telling = setInterval(() => void tell(), TELL_EVERY_MS);
  },
  // Each call is answered with this error.
  () => undefined,
);
port.on('message', (message: ToThread) => {
  if (message === 'abort') stop.abort();
  else void answer(message);
});

type AnyMethods = Record<SweepThreadCall, (...given: readonly unknown[]) => Promise<unknown>>;

async function answer({ id, call, given }: Exclude<ToThread, 'abort'>): Promise<void> {
  try {
    const methods: SweepThread = {
      ...(await part),
      guardBy(rules) {
        guard.follow(rules);
        return Promise.resolve();
      },
    };
    const value: unknown = await (methods as AnyMethods)[call](...given);
    await tell({ id, value });
    if (call === 'close') {
      clearInterval(telling);
      port?.close();
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const code = error instanceof Error && 'code' in error ? { code: String(error.code) } : {};
    const hint = error instanceof UsageError ? { hint: error.hint } : {};
    port?.postMessage({
      progress: { done: 0, total: 0 },
      sightings: [],
      answer: { id, message, ...hint, ...code },
    } satisfies FromThread);
  }
}

/** What is new goes ahead of the answer that builds on it. */
async function tell(reply?: FromThread['answer']): Promise<void> {
  const ready = await part;
  const sightings = [...changed];
  changed = new Set();
  // Whom to measure is the first thread's business.
  ready.ledger.takeNew();
  port?.postMessage({
    progress: ready.progress(),
    sightings,
    ...(reply && { answer: reply }),
  } satisfies FromThread);
}
