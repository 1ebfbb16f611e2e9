import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { UsageError } from '../domain/usage-error.js';
import type { GuardRules } from '../scope/guard.js';
import type { Sighting } from '../sweep/ledger.js';
import type { SweepPart, SweepPartPlan } from './sweep-part.js';

/** A part of the sweep in a thread of its own. */
export interface SweepThread extends SweepPart {
  /** From when it resolves on the thread's guard goes by these rules. */
  guardBy(rules: GuardRules): Promise<void>;
}

/** What a thread is begun with: data only, for functions cannot go there. */
export interface SweepThreadPlan extends SweepPartPlan {
  readonly probes: readonly {
    readonly id: string;
    readonly port: number;
    readonly options: readonly string[];
    readonly settings?: unknown;
  }[];
  readonly guard: GuardRules;
  /** Shared memory: the reply budget of all threads. */
  readonly paidOffNs: BigInt64Array;
}

/** To the thread: a call of what it can do, by name; or that nothing more may be sent. */
export type ToThread =
  { readonly id: number; readonly call: SweepThreadCall; readonly given: readonly unknown[] } | 'abort';

export type SweepThreadCall = Exclude<keyof SweepThread, 'progress'>;

/** From the thread: how far it is and whom it sighted, and what came of a call. */
export interface FromThread {
  readonly progress: ReturnType<SweepPart['progress']>;
  readonly sightings: readonly Sighting[];
  readonly answer?: { readonly id: number } & (
    { readonly value: unknown } | { readonly message: string; readonly hint?: string; readonly code?: string }
  );
}

/**
 * Begins a thread.
 * @param onSighting hears of what the thread's ledger has that is new or changed, before any answer that
 *   builds on it.
 * @throws UsageError as `createSweepPart` does.
 */
export async function startSweepThread(
  plan: SweepThreadPlan,
  { signal, onSighting }: { readonly signal: AbortSignal; readonly onSighting: (sighting: Sighting) => void },
): Promise<SweepThread> {
  const worker = new Worker(new URL('sweep-thread-entry.js', import.meta.url), { workerData: plan });
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let calls = 0;
  let progress: FromThread['progress'] = { done: 0, total: 0 };
  let failure: Error | undefined;
  const fail = (error: Error): void => {
    failure ??= error;
    for (const { reject } of waiting.values()) reject(failure);
    waiting.clear();
  };
  worker.on('error', fail);
  worker.on('exit', (code) => {
    fail(new Error(`a thread of the sweep ended with ${code}`));
  });
  worker.on('message', ({ progress: latest, sightings, answer }: FromThread) => {
    progress = latest;
    for (const sighting of sightings) onSighting(sighting);
    const call = answer && waiting.get(answer.id);
    if (answer === undefined || call === undefined) return;
    waiting.delete(answer.id);
    if ('value' in answer) call.resolve(answer.value);
    else call.reject(errorOf(answer));
  });
  const send = (message: ToThread): void => {
    worker.postMessage(message);
  };
  const call =
    <Name extends SweepThreadCall>(name: Name) =>
    (...given: Parameters<SweepThread[Name]>): ReturnType<SweepThread[Name]> =>
      new Promise<unknown>((resolve, reject) => {
        if (failure !== undefined) {
          reject(failure);
          return;
        }
        waiting.set(++calls, { resolve, reject });
        send({ id: calls, call: name, given });
      }) as ReturnType<SweepThread[Name]>;
  const abort = (): void => {
    send('abort');
  };
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  const closePart = call('close');
  const thread: SweepThread = {
    progress: () => progress,
    run: call('run'),
    endCooldown: call('endCooldown'),
    hasTouched: call('hasTouched'),
    askAgain: call('askAgain'),
    sample: call('sample'),
    touch: call('touch'),
    state: call('state'),
    setLimits: call('setLimits'),
    guardBy: call('guardBy'),
    async close() {
      signal.removeEventListener('abort', abort);
      // One that failed has nothing left to close.
      await closePart().catch(() => undefined);
      if (worker.threadId >= 0) await Promise.all([once(worker, 'exit'), worker.terminate()]);
    },
  };
  // The first answer says whether its sockets are open.
  try {
    await thread.state();
  } catch (error) {
    await thread.close();
    throw error;
  }
  return thread;
}

function errorOf({
  message,
  hint,
  code,
}: {
  readonly message: string;
  readonly hint?: string;
  readonly code?: string;
}): Error {
  if (hint !== undefined) return new UsageError(message, hint);
  return Object.assign(new Error(message), code !== undefined && { code });
}
