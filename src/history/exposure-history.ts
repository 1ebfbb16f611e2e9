import type { FindingColumns } from '../domain/finding-record.js';
import type { Doubt, Evidence, Status, StatusColumns } from '../domain/status.js';

/** A moment at which an exposure changed: what `history` tells, and the evidence of the reports. */
export interface StatusChange {
  readonly status: Exclude<Status, 'persisting'>;
  /** The run, and when it began. */
  readonly scan_id: string;
  readonly at: string;
  /** Of one that was seen: how strong it was then. */
  readonly wire_amplification?: number;
  readonly evidence?: Evidence;
  readonly doubt?: Doubt;
}

/** What is news of an exposure. */
export const NEWS = ['new', 'reopened', 'fixed'] as const satisfies readonly StatusChange['status'][];

/** How long an exposure has been silent. */
export interface SilentRuns {
  /** In how many runs in a row by now, each of which reached its network and asked it again. */
  readonly runs: number;
  /** When the first of these began: ISO 8601 UTC. Absent where there is none. */
  readonly since?: string;
}

/**
 * All that is remembered of one exposure between runs: a line of the history's file, keys as they stand there.
 * Times are ISO 8601 UTC.
 */
export interface ExposureHistory {
  readonly finding_id: string;
  readonly ip: string;
  readonly probe: string;
  readonly probed_ip: string;
  readonly probed_port: number;
  readonly asn?: number;
  readonly state: 'open' | 'fixed';
  /** Absent where it answered when it was last asked. */
  readonly silent?: SilentRuns | undefined;
  /** Of the very first run that saw it, however often it was fixed since. */
  readonly first_seen: string;
  readonly last_seen: string;
  /** Runs that saw it. */
  readonly times_seen: number;
  /** Since when it has been open without a proved fix between. */
  readonly open_since: string;
  /** What it was asked when it was last seen, as a hash: only the same question's silence means anything. */
  readonly asked: string;
  readonly changes: readonly StatusChange[];
  /** The last of the changes, `unknown` aside, where no whole run has told it yet. */
  readonly untold?: (typeof NEWS)[number] | undefined;
  /** Its row when it was last seen. Absent once it is fixed and a whole run has told so. */
  readonly last?: FindingColumns | undefined;
}

/** A row's columns. @param until ISO 8601: this run's beginning. */
export function statusColumns(
  history: Omit<ExposureHistory, 'silent'>,
  status: Status,
  until: string,
): StatusColumns {
  const { first_seen, last_seen, times_seen, open_since } = history;
  return { status, first_seen, last_seen, times_seen, days_open: wholeDays(open_since, until) };
}

const DAY_MS = 86_400_000;

function wholeDays(from: string, to: string): number {
  return Math.max(0, Math.floor((Date.parse(to) - Date.parse(from)) / DAY_MS));
}
