import pLimit from 'p-limit';
import type { Address } from '../domain/address.js';

/** Responders waiting to be measured, so many at once, the probes of one address one after another. */
export interface MeasurementQueue<Job> {
  add(address: Address, jobs: readonly Job[]): void;
  /** Resolves when nothing waits or runs any more; rejects with the first failure of a job. */
  idle(): Promise<void>;
  /** Addresses that wait or are being measured. */
  readonly open: number;
}

/**
 * p-limit's memory grows with the calls that wait in it, not with those that run (libraries that queue a call
 * per address pay a kilobyte for each), so it is fed only while fewer than twice `parallel` wait.
 */
export function createMeasurementQueue<Job>(
  parallel: number,
  measure: (job: Job) => Promise<void>,
): MeasurementQueue<Job> {
  const limit = pLimit(parallel);
  /** The jobs of each address that waits or runs; an address under way just gets more of them. */
  const jobsOf = new Map<Address, Job[]>();
  const waiting: Address[] = [];
  let failure: { readonly error: Error } | undefined;
  let idlers: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];

  const run = async (address: Address): Promise<void> => {
    const jobs = jobsOf.get(address) ?? [];
    try {
      for (let job = jobs.shift(); job !== undefined && failure === undefined; job = jobs.shift())
        await measure(job);
    } catch (error) {
      failure ??= { error: error instanceof Error ? error : new Error(String(error)) };
    }
    // Nothing runs between this and the last look at its jobs: a job that is added from now on queues the address anew.
    jobsOf.delete(address);
  };
  const settle = (): void => {
    feed();
    if (jobsOf.size > 0 && failure === undefined) return;
    for (const { resolve, reject } of idlers) {
      if (failure === undefined) resolve();
      else reject(failure.error);
    }
    idlers = [];
  };
  const feed = (): void => {
    while (waiting.length > 0 && limit.pendingCount < 2 * parallel && failure === undefined) {
      const address = waiting.shift();
      if (address === undefined) return;
      void limit(() => run(address)).then(settle);
    }
  };
  return {
    get open() {
      return jobsOf.size;
    },
    add(address, jobs) {
      const known = jobsOf.get(address);
      if (known !== undefined) {
        known.push(...jobs);
        return;
      }
      jobsOf.set(address, [...jobs]);
      waiting.push(address);
      feed();
    },
    idle: () =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) reject(failure.error);
        else if (jobsOf.size === 0) resolve();
        else idlers.push({ resolve, reject });
      }),
  };
}
