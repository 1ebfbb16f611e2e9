import type { GuardRules } from '../scope/guard.js';
import type { Sighting } from '../sweep/sightings.js';
import type { Span } from '../sweep/spans.js';
import type { Outcome } from '../sweep/sweep.js';
import type { Partition, PartitionLimits, PartitionPlan, PartitionState } from './partition.js';

/** What a worker is begun with: data only, for functions cannot go there. */
export interface WorkerPlan extends PartitionPlan {
  readonly probes: readonly {
    readonly id: string;
    readonly port: number;
    readonly options: readonly string[];
    readonly settings?: unknown;
  }[];
  readonly guard: GuardRules;
  /** Shared memory: the reply budget of all workers. */
  readonly paidOffNs: BigInt64Array;
}

/** What a worker is asked. Each is answered by one message of the same `kind`, or by `failed`. */
export type WorkerRequest =
  | { readonly kind: 'run'; readonly untilMs: number }
  | { readonly kind: 'ask-again' }
  | { readonly kind: 'has-suspects' }
  | { readonly kind: 'sample' }
  | { readonly kind: 'suspect-since'; readonly sinceMs: number }
  | { readonly kind: 'asked-since'; readonly sinceMs: number }
  | { readonly kind: 'state' }
  | { readonly kind: 'limits'; readonly limits: PartitionLimits }
  /** From the answer on the worker's guard goes by these rules. */
  | { readonly kind: 'guard'; readonly rules: GuardRules }
  | { readonly kind: 'close' };

/** What each request brings. */
export interface WorkerValues {
  readonly run: Outcome;
  readonly 'ask-again': Outcome;
  readonly 'has-suspects': boolean;
  readonly sample: undefined;
  readonly 'suspect-since': Span | undefined;
  readonly 'asked-since': readonly Span[];
  readonly state: PartitionState;
  readonly limits: undefined;
  readonly guard: undefined;
  readonly close: undefined;
}

export interface AnswerOf<Kind extends WorkerRequest['kind']> {
  readonly kind: Kind;
  readonly value: WorkerValues[Kind];
}

export type WorkerAnswer =
  | { readonly [Kind in WorkerRequest['kind']]: AnswerOf<Kind> }[WorkerRequest['kind']]
  | { readonly kind: 'failed'; readonly message: string; readonly hint?: string; readonly code?: string };

/** To a worker: a request, or `abort`: nothing more is sent. */
export type ToWorker = { readonly id: number; readonly request: WorkerRequest } | 'abort';

/** From a worker: how far it is and what it sighted, and what came of a request. */
export interface FromWorker {
  readonly progress: ReturnType<Partition['progress']>;
  readonly sightings: readonly Sighting[];
  readonly answered?: { readonly id: number; readonly answer: WorkerAnswer };
}

/** The first thread's end of a worker. */
export interface WorkerLink {
  post(message: ToWorker): void;
  onMessage(listener: (message: FromWorker) => void): void;
  /** Hears, once, that there will be no more messages. */
  onEnd(listener: (error: Error) => void): void;
  /** Resolves when it has ended. */
  terminate(): Promise<void>;
}

export type StartWorker = (plan: WorkerPlan) => WorkerLink;
