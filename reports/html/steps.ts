/**
 * Something large that is made in several steps: between two of them a signal is heard. What makes report.html has it all
 * in memory and never waits, so it is a generator and no promise.
 */
export type Steps<T> = Generator<undefined, T, undefined>;
