import type { Exchange } from '../domain/exchange.js';
import type { RunReach } from '../domain/run-standing.js';
import type { Doubt, Evidence, Status } from '../domain/status.js';
import type { ExposureHistory } from './exposure-history.js';

/** What one run learned of one known exposure. */
export type Observation =
  | { readonly kind: 'seen' }
  /** It said no, its port is closed, or what it answers exposes nothing: that proves in any case. */
  | { readonly kind: 'closed'; readonly evidence: Exclude<Evidence, 'silent'> }
  | {
      readonly kind: 'silent';
      /** The fingerprint of the request that it did not answer. */
      readonly fingerprint: string;
      /** Whether it was asked three times more, on a socket that hears refusals. */
      readonly rechecked: boolean;
      /** Whether this run lost packets there. */
      readonly lossy: boolean;
      /** Why it is unknown whether this run reached it; absent: it did. */
      readonly unreached?: Extract<Doubt, 'path not proved' | 'outage'> | undefined;
    }
  /** It answers with something that shows neither an exposure nor the end of one. */
  | { readonly kind: 'answers-otherwise' }
  /** A target of this run that did not come to be asked this. */
  | { readonly kind: 'not-asked' }
  /** No target of this run: outside its ranges, excluded, or no longer in the scope. */
  | { readonly kind: 'no-target' };

/** What a run learned of a known exposure that it did not see, and what it asked for that. */
export interface ObservedKnown {
  readonly observation: Exclude<Observation, { kind: 'seen' }>;
  readonly exchanges: readonly Exchange[];
}

/** What the reports say of it. */
export interface StatusVerdict {
  readonly status: Status;
  readonly evidence?: Evidence;
  readonly doubt?: Doubt;
}

/** What else than the exposure decides. */
export interface VerdictRule {
  /** N: at least 1. */
  readonly fixedAfterSilentRuns: number;
  readonly reach: RunReach;
}

/**
 * The rule of the reports' `status`: an exposure is what a run saw, and fixed only where something proves it. Evidence
 * proves it at once. Silence proves it in the N-th run in a row that asked the same question again, lost nothing there
 * and reached its network; the silence of a run that asked a part, or of one that is late, is none of these. A fix
 * belongs to the run that proves it. A whole run also says what the runs before it found that were none, once.
 * @param known absent: no earlier run saw it.
 * @returns undefined where the run has no row of it.
 */
export function verdictOf(
  known: ExposureHistory | undefined,
  observed: Observation,
  { fixedAfterSilentRuns, reach }: VerdictRule,
): StatusVerdict | undefined {
  if (observed.kind === 'seen') return { status: seenStatus(known, reach) };
  if (known === undefined) return undefined;
  if (known.state === 'fixed') return reach.whole ? untoldFix(known) : undefined;
  switch (observed.kind) {
    case 'no-target':
      return undefined;
    case 'closed':
      return { status: 'fixed', evidence: observed.evidence };
    case 'answers-otherwise':
      return { status: 'unknown', doubt: 'answers otherwise' };
    case 'not-asked':
      return { status: 'unknown', doubt: 'not asked' };
    case 'silent': {
      const doubt = doubtIn(observed, known);
      if (doubt !== undefined) return { status: 'unknown', doubt };
      return !reach.partial && !reach.late && (known.silent?.runs ?? 0) + 1 >= fixedAfterSilentRuns
        ? { status: 'fixed', evidence: 'silent' }
        : { status: 'unknown', doubt: 'silent' };
    }
  }
}

function seenStatus(known: ExposureHistory | undefined, { whole }: RunReach): Status {
  if (known === undefined) return 'new';
  if (known.state === 'fixed') return 'reopened';
  return (whole ? known.untold : undefined) ?? 'persisting';
}

function untoldFix({ untold, changes }: ExposureHistory): StatusVerdict | undefined {
  if (untold !== 'fixed') return undefined;
  const evidence = changes.findLast(({ status }) => status === 'fixed')?.evidence;
  return { status: 'fixed', ...(evidence && { evidence }) };
}

/** Why this silence counts for nothing. */
function doubtIn(
  { fingerprint, lossy, rechecked, unreached }: Extract<Observation, { kind: 'silent' }>,
  known: ExposureHistory,
): Doubt | undefined {
  if (fingerprint !== known.asked) return 'asked otherwise';
  if (lossy) return 'losses';
  if (!rechecked) return 'not rechecked';
  return unreached;
}
