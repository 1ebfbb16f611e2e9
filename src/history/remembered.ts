import type { FindingColumns } from '../domain/finding-record.js';
import type { RunReach } from '../domain/run-standing.js';
import type { ExposureHistory, StatusChange } from './exposure-history.js';
import type { StatusVerdict } from './verdict.js';

/** What a run says of one exposure. */
export interface Outcome extends StatusVerdict {
  /** Its row; of one that the run did not see, nothing of it is read but `finding_id`. */
  readonly row: FindingColumns;
  /** The fingerprint of its request. */
  readonly asked: string;
  readonly reach: RunReach;
  readonly run: {
    readonly scan_id: string;
    /** When it began: ISO 8601 UTC. */
    readonly at: string;
  };
}

/**
 * What is remembered of an exposure after a run. Only the outcome decides, so that the history can be made again
 * from the runs.
 * @param known what was remembered before; absent: nothing.
 */
export function remembered(
  known: ExposureHistory | undefined,
  outcome: Outcome,
): ExposureHistory | undefined {
  const next = knownAfter(known, outcome);
  return next && { ...next, untold: untoldAfter(known, next, outcome) };
}

/** What no whole run has told: a whole run tells it when it sees the exposure, or has a row of the fix. */
function untoldAfter(
  known: ExposureHistory | undefined,
  next: ExposureHistory,
  { status, reach }: Outcome,
): ExposureHistory['untold'] {
  if (reach.whole) return status === 'unknown' ? known?.untold : undefined;
  const [change] = next.changes.slice(known?.changes.length ?? 0);
  return change === undefined || change.status === 'unknown' ? known?.untold : change.status;
}

function knownAfter(known: ExposureHistory | undefined, outcome: Outcome): ExposureHistory | undefined {
  const { status, reach } = outcome;
  if (reach.late && known !== undefined) return isSeen(status) ? seenBefore(known, outcome.run.at) : known;
  if (status === 'fixed' || status === 'unknown') return known && notSeen(known, outcome);
  const seen = seenNow(outcome);
  if (known === undefined)
    return {
      ...seen,
      first_seen: seen.last_seen,
      times_seen: 1,
      open_since: seen.last_seen,
      changes: [changeOf('new', outcome)],
    };
  if (seen.last_seen < latestOf(known)) return seenBefore(known, seen.last_seen);
  return {
    ...known,
    ...seen,
    times_seen: known.times_seen + 1,
    ...(known.state === 'fixed' && {
      open_since: seen.last_seen,
      changes: [...known.changes, changeOf('reopened', outcome)],
    }),
  };
}

function isSeen(status: Outcome['status']): boolean {
  return status !== 'fixed' && status !== 'unknown';
}

function seenNow({
  row,
  asked,
  run,
}: Outcome): Pick<
  Required<ExposureHistory>,
  'finding_id' | 'ip' | 'probe' | 'probed_ip' | 'probed_port' | 'last_seen' | 'asked' | 'last'
> &
  Pick<ExposureHistory, 'state' | 'silent' | 'asn'> {
  const { finding_id, ip, probe, probed_ip, probed_port, asn, timestamp } = row;
  return {
    finding_id,
    ip,
    probe,
    probed_ip,
    probed_port,
    ...(asn !== undefined && { asn }),
    state: 'open',
    silent: undefined,
    last_seen: timestamp ?? run.at,
    asked,
    last: row,
  };
}

/** ISO 8601 in UTC sorts as text. */
function latestOf({ last_seen, changes }: ExposureHistory): string {
  const changed = changes.at(-1)?.at ?? '';
  return changed > last_seen ? changed : last_seen;
}

/** A run that went on after a newer one had ended saw it earlier than what is known: that counts, and undoes nothing. */
function seenBefore(known: ExposureHistory, at: string): ExposureHistory {
  const { first_seen, last_seen, times_seen } = known;
  return {
    ...known,
    first_seen: at < first_seen ? at : first_seen,
    last_seen: at > last_seen ? at : last_seen,
    times_seen: times_seen + 1,
  };
}

function notSeen(known: ExposureHistory, outcome: Outcome): ExposureHistory {
  if (outcome.status === 'fixed')
    return {
      ...known,
      state: 'fixed',
      silent: silentAfter(known, outcome),
      // The fix that another run proved is there already.
      changes: known.state === 'fixed' ? known.changes : [...known.changes, changeOf('fixed', outcome)],
      // Until a whole run has a row of it.
      last: outcome.reach.whole ? undefined : known.last,
    };
  const change = changeOf('unknown', outcome);
  const last = known.changes.at(-1);
  // A history must not grow while nothing happens.
  const repeats = last?.status === 'unknown' && last.doubt === change.doubt;
  return {
    ...known,
    silent: silentAfter(known, outcome),
    changes: repeats ? known.changes : [...known.changes, change],
  };
}

/**
 * A run that did not ask it says nothing of it. One that asked, and heard silence that may have another cause, ends the
 * row of those that count; of one that asked a part no silence counts, and none ends the row.
 */
function silentAfter(
  { silent }: ExposureHistory,
  { evidence, doubt, reach, run }: Outcome,
): ExposureHistory['silent'] {
  if (evidence === 'silent' || doubt === 'silent')
    return { runs: (silent?.runs ?? 0) + (reach.partial ? 0 : 1), since: silent?.since ?? run.at };
  if (doubt === 'answers otherwise' || doubt === undefined) return undefined;
  if (doubt === 'not asked' || (reach.partial && silent !== undefined)) return silent;
  if (doubt === 'outage' || doubt === 'path not proved') return { runs: 0 };
  return silent && { runs: 0 };
}

function changeOf(status: StatusChange['status'], { run, row, evidence, doubt }: Outcome): StatusChange {
  const isSeen = status === 'new' || status === 'reopened';
  return {
    status,
    ...run,
    ...(isSeen && row.wire_amplification !== undefined && { wire_amplification: row.wire_amplification }),
    ...(evidence && { evidence }),
    ...(doubt && { doubt }),
  };
}
