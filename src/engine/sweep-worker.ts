import { UsageError } from '../domain/usage-error.js';
import type { GuardRules } from '../scope/guard.js';
import type { Sighting } from '../sweep/sightings.js';
import type { Partition } from './partition.js';
import type {
  AnswerOf,
  FromWorker,
  WorkerAnswer,
  WorkerLink,
  WorkerRequest,
  WorkerValues,
} from './worker-messages.js';

/** A partition in a worker, as the first thread sees it. */
export interface SweepWorker extends Partition {
  /** From when it resolves on the worker's guard goes by these rules. */
  guardBy(rules: GuardRules): Promise<void>;
}

/**
 * @param link of a worker that was just begun.
 * @param onSighting hears of what the worker's ledger has that is new or changed, before any answer that builds on it.
 * @throws UsageError as `createPartition` does.
 */
export async function openSweepWorker(
  link: WorkerLink,
  { signal, onSighting }: { readonly signal: AbortSignal; readonly onSighting: (sighting: Sighting) => void },
): Promise<SweepWorker> {
  let progress: FromWorker['progress'] = { done: 0, total: 0, sent: 0 };
  const ask = requestsOver(link, (message) => {
    ({ progress } = message);
    for (const sighting of message.sightings) onSighting(sighting);
  });
  const abort = (): void => {
    link.post('abort');
  };
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  const worker: SweepWorker = {
    progress: () => progress,
    run: (untilMs) => ask({ kind: 'run', untilMs }),
    askAgain: () => ask({ kind: 'ask-again' }),
    hasSuspects: () => ask({ kind: 'has-suspects' }),
    sample: () => ask({ kind: 'sample' }),
    suspectSince: (sinceMs) => ask({ kind: 'suspect-since', sinceMs }),
    askedSince: (sinceMs) => ask({ kind: 'asked-since', sinceMs }),
    state: () => ask({ kind: 'state' }),
    setLimits: (limits) => ask({ kind: 'limits', limits }),
    guardBy: (rules) => ask({ kind: 'guard', rules }),
    async close() {
      signal.removeEventListener('abort', abort);
      // One that failed has nothing left to close.
      await ask({ kind: 'close' }).catch(() => undefined);
      await link.terminate();
    },
  };
  // The first answer says whether its sockets are open.
  try {
    await worker.state();
  } catch (error) {
    await worker.close();
    throw error;
  }
  return worker;
}

/** Sends requests and gives each its answer; all fail once the worker has ended. */
function requestsOver(
  link: WorkerLink,
  onNews: (message: FromWorker) => void,
): <Request extends WorkerRequest>(request: Request) => Promise<WorkerValues[Request['kind']]> {
  const waiting = new Map<
    number,
    {
      readonly answer: (answer: WorkerAnswer) => void;
      readonly fail: (error: Error) => void;
    }
  >();
  let requests = 0;
  let failure: Error | undefined;
  link.onEnd((error) => {
    failure ??= error;
    for (const request of waiting.values()) request.fail(failure);
    waiting.clear();
  });
  link.onMessage((message) => {
    onNews(message);
    const { answered } = message;
    if (answered === undefined) return;
    waiting.get(answered.id)?.answer(answered.answer);
    waiting.delete(answered.id);
  });
  return <Request extends WorkerRequest>(request: Request) => {
    const kind: Request['kind'] = request.kind;
    return new Promise<WorkerValues[Request['kind']]>((resolve, reject) => {
      if (failure !== undefined) {
        reject(failure);
        return;
      }
      const id = ++requests;
      waiting.set(id, {
        answer(answer) {
          if (isAnswerTo(answer, kind)) resolve(answer.value);
          else reject(errorOf(answer));
        },
        fail: reject,
      });
      link.post({ id, request });
    });
  };
}

function isAnswerTo<Kind extends WorkerRequest['kind']>(
  answer: WorkerAnswer | AnswerOf<Kind>,
  kind: Kind,
): answer is AnswerOf<Kind> {
  return answer.kind === kind;
}

function errorOf(answer: WorkerAnswer): Error {
  if (answer.kind !== 'failed') return new Error(`a worker answered ${answer.kind} to another request`);
  const { message, hint, code } = answer;
  if (hint !== undefined) return new UsageError(message, hint);
  return Object.assign(new Error(message), code !== undefined && { code });
}
