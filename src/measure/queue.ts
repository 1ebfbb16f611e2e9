import pLimit from 'p-limit';
import type { Address } from '../domain/address.js';

/** Addresses with jobs, so many at once, the jobs of one address one after another. */
export interface MeasurementQueue {
  add(address: Address, jobs: readonly Job[]): void;
  /** A request to this address has left. */
  asked(address: Address): void;
  /** Resolves when nothing waits or runs any more; rejects with the first failure of a job. */
  idle(): Promise<void>;
  /** Addresses that wait or are being measured. */
  readonly open: number;
}

export type Job = () => Promise<void>;

/**
 * An address that has been begun takes far more memory than one that waits, and no less time until the limits let its
 * request out. So while so many are begun and not asked no more are: as many as a pacer of 100,000 a second lets out
 * in one tick.
 */
const MOST_UNASKED = 512;

/** @param parallel the most that are begun and not over: p-limit's bound. What waits is kept outside of it, as numbers. */
export function createMeasurementQueue(parallel: number): MeasurementQueue {
  const limit = pLimit(parallel);
  /** The jobs of each address that waits or runs; an address under way just gets more of them. */
  const jobsOf = new Map<Address, Job[]>();
  const waiting: Address[] = [];
  const unasked = new Set<Address>();
  let failure: { readonly error: Error } | undefined;
  let idlers: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];

  const run = async (address: Address): Promise<void> => {
    const jobs = jobsOf.get(address) ?? [];
    try {
      for (let job = jobs.shift(); job !== undefined && failure === undefined; job = jobs.shift())
        await job();
    } catch (error) {
      failure ??= { error: error instanceof Error ? error : new Error(String(error)) };
    }
    // Nothing runs between this and the last look at its jobs: a job that is added from now on queues the address anew.
    jobsOf.delete(address);
    unasked.delete(address);
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
    while (unasked.size < MOST_UNASKED && limit.activeCount + limit.pendingCount < parallel) {
      const address = failure === undefined ? waiting.shift() : undefined;
      if (address === undefined) return;
      unasked.add(address);
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
    asked(address) {
      if (unasked.delete(address)) feed();
    },
    idle: () =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) reject(failure.error);
        else if (jobsOf.size === 0) resolve();
        else idlers.push({ resolve, reject });
      }),
  };
}
