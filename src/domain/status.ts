/** What a run says of an exposure against the runs before it. */
export const STATUSES = ['new', 'persisting', 'reopened', 'fixed', 'unknown'] as const;
export type Status = (typeof STATUSES)[number];

/**
 * Why an exposure counts as closed: it refused; its port is closed (ECONNREFUSED: the host or a filter before it says
 * so); it answered the same question, and the answer itself shows that it exposes nothing; or so many runs in a row
 * reached its network and heard nothing of it. Only silence can be mistaken.
 */
export const EVIDENCES = ['refused', 'closed', 'answered', 'silent'] as const;
export type Evidence = (typeof EVIDENCES)[number];

/** Why it is unknown whether an exposure is still there. */
export const DOUBTS = [
  /** The run did not ask this probe, or was stopped before. */
  'not asked',
  /** It answers with something that shows neither an exposure nor the end of one. */
  'answers otherwise',
  /** Silent, but it was asked something else than what it answered: other forms, names, communities or port. */
  'asked otherwise',
  /** Silent, but the run lost packets there. */
  'losses',
  /** Silent in the sweep, and not asked three times more. */
  'not rechecked',
  /** Silent, but nothing shows that this run reached the network at all: a suspect run, or one that nothing answered. */
  'path not proved',
  /** The run went on after newer ones had ended, and one of them knows it to be closed. */
  'closed since',
  /** Silent along with others of its network or probe: an outage or a filter looks the same. */
  'outage',
  /** Silent in a run that reached its network, but not yet in so many in a row as prove a fix. */
  'silent',
] as const;
export type Doubt = (typeof DOUBTS)[number];

/** Whether a row with this status says that the host is exposed now; rows of runs before there was one do. */
export function isExposed(status: Status | undefined): boolean {
  return status !== 'fixed' && status !== 'unknown';
}

/** What stands in a row of the reports about the runs before. */
export interface StatusColumns {
  readonly status: Status;
  readonly first_seen: string;
  readonly last_seen: string;
  readonly times_seen: number;
  /** Whole days it has been open without a proved fix between, until this run or until the fix. */
  readonly days_open: number;
}
