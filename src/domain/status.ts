/** What a run says of an exposure against the runs before it. */
export const STATUSES = ['new', 'persisting', 'reopened', 'fixed', 'unknown'] as const;
export type Status = (typeof STATUSES)[number];

/**
 * Why an exposure counts as closed: it refused, its port is closed (ECONNREFUSED), or it was silent for good.
 * Only silence can be mistaken.
 */
export type Evidence = 'refused' | 'closed' | 'silent';

/** Why nobody can say whether an exposure is still there. */
export type Doubt =
  /** The run did not ask this probe, or was stopped before. */
  | 'not asked'
  /** Silent, but it was asked something else than what it answered: other forms, names, communities or port. */
  | 'asked otherwise'
  /** Silent, but the run lost packets there. */
  | 'losses'
  /** Silent in the sweep, and not asked three times more. */
  | 'not rechecked'
  /** Silent along with others of its subnet: an outage or a filter looks the same. */
  | 'outage';

/** Whether a row with this status says that the host is exposed now; rows of runs before there was one do. */
export function isExposed(status: Status | undefined): boolean {
  return status !== 'fixed' && status !== 'unknown';
}
