import * as z from 'zod';
import { FINDING_COLUMNS } from '../domain/finding-record.js';
import type { Content } from '../domain/shape.js';
import { ADDRESS, COUNT, FIGURE, PORT, TEXT, TIME } from '../domain/shape.js';
import type { Status, StatusColumns } from '../domain/status.js';
import { DOUBTS, EVIDENCES } from '../domain/status.js';

/** What is news of an exposure. */
export const NEWS = ['new', 'reopened', 'fixed'] as const;

/** A moment at which an exposure changed: what `history` tells, and the evidence of the reports. */
const STATUS_CHANGE = z.object({
  status: z.enum([...NEWS, 'unknown']),
  /** The run, and when it began. */
  scan_id: TEXT,
  at: TIME,
  /** Of one that was seen: how strong it was then. */
  wire_amplification: FIGURE.exactOptional(),
  evidence: z.enum(EVIDENCES).exactOptional(),
  doubt: z.enum(DOUBTS).exactOptional(),
});
export type StatusChange = Content<typeof STATUS_CHANGE>;

/** How long an exposure has been silent. */
const SILENT_RUNS = z.object({
  /** In how many runs in a row by now, each of which reached its network and asked it again. */
  runs: COUNT,
  /** When the first of these began. Absent where there is none. */
  since: TIME.exactOptional(),
});
export type SilentRuns = Content<typeof SILENT_RUNS>;

/** All that is remembered of one exposure between runs: a line of the history's file, keys as they stand there. */
export const EXPOSURE_HISTORY = z.object({
  finding_id: TEXT,
  ip: ADDRESS,
  probe: TEXT,
  probed_ip: ADDRESS,
  probed_port: PORT,
  asn: COUNT.exactOptional(),
  state: z.enum(['open', 'fixed']),
  /** Absent where it answered when it was last asked. */
  silent: SILENT_RUNS.optional(),
  /** Of the very first run that saw it, however often it was fixed since. */
  first_seen: TIME,
  last_seen: TIME,
  /** Runs that saw it. */
  times_seen: COUNT,
  /** Since when it has been open without a proved fix between. */
  open_since: TIME,
  /** The fingerprint of the request that it answered last: only silence to the same request means anything. */
  asked: z.string(),
  changes: z.array(STATUS_CHANGE),
  /** The last of the changes, `unknown` aside, where no whole run has told it yet. */
  untold: z.enum(NEWS).optional(),
  /** Its row when it was last seen. Absent once it is fixed and a whole run has told so. */
  last: FINDING_COLUMNS.optional(),
});
export type ExposureHistory = Content<typeof EXPOSURE_HISTORY>;

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
