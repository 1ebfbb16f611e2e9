import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { FromWorker, WorkerLink, WorkerPlan } from './worker-messages.js';

/** Begins a worker in a thread of its own. */
export function startWorkerThread(plan: WorkerPlan): WorkerLink {
  const worker = new Worker(new URL('sweep-worker-entry.js', import.meta.url), { workerData: plan });
  return {
    post(message) {
      worker.postMessage(message);
    },
    onMessage(listener) {
      worker.on('message', (message: FromWorker) => {
        listener(message);
      });
    },
    onEnd(listener) {
      worker.on('error', listener);
      worker.on('exit', (code) => {
        listener(new Error(`a worker of the sweep ended with ${code}`));
      });
    },
    async terminate() {
      if (worker.threadId >= 0) await Promise.all([once(worker, 'exit'), worker.terminate()]);
    },
  };
}
