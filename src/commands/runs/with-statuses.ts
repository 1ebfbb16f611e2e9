import type { FindingRecord } from '../../domain/finding-record.js';
import { bareColumns } from '../../domain/finding-record.js';
import type { RunRecord } from '../../domain/run-record.js';
import type { RunLimits } from '../../domain/run-standing.js';
import { reachOf } from '../../domain/run-standing.js';
import { askedAgain } from '../../domain/asked-again.js';
import type { Evidence } from '../../domain/status.js';
import { isExposed } from '../../domain/status.js';
import { arrayInTurns } from '../../give-way.js';
import { recordFromHistory, withStatus } from '../../../reports/record.js';
import type { ExposureHistory, StatusChange } from '../../history/exposure-history.js';
import { statusColumns } from '../../history/exposure-history.js';
import { remembered } from '../../history/remembered.js';
import type { ObservedKnown, StatusVerdict } from '../../history/verdict.js';
import { verdictOf } from '../../history/verdict.js';

/** The rows of a run with what earlier runs make of them. */
export interface RowsWithStatus {
  readonly records: readonly FindingRecord[];
  /** Known exposures that were no target of the run, and have no row. */
  readonly notTargeted: number;
}

/** The run that rows are of, and what limits its word. */
export type RunOfRows = Pick<RunRecord, 'scan_id' | 'started'> & RunLimits;

/**
 * Gives each row its status, and adds a row for each known exposure that was proved closed, or of which it is unknown
 * whether it still is there.
 * @param known what is remembered of every exposure that is open, or has a row here, or of whose fix a whole run has to
 *   tell.
 * @param observed of open ones that have no row, by finding_id.
 * @param fixedAfterSilentRuns after so many runs in a row silence is a fix.
 * @param closedSince of a run that went on late: what newer runs know to be closed is not reopened by it.
 */
export async function withStatuses(
  run: RunOfRows,
  records: readonly FindingRecord[],
  known: ReadonlyMap<string, ExposureHistory>,
  observed: ReadonlyMap<string, ObservedKnown>,
  { fixedAfterSilentRuns }: { readonly fixedAfterSilentRuns: number },
  closedSince: ReadonlySet<string> = new Set(),
): Promise<RowsWithStatus> {
  const reach = reachOf(run);
  const rule = { fixedAfterSilentRuns, reach };
  const seen = new Set(records.map(({ finding_id }) => finding_id));
  const rows = await arrayInTurns(records, (record) => {
    const before = known.get(record.finding_id);
    const seen = verdictOf(before, { kind: 'seen' }, rule);
    const isClosed = seen?.status === 'reopened' && closedSince.has(record.finding_id);
    const verdict: StatusVerdict | undefined = isClosed ? { status: 'unknown', doubt: 'closed since' } : seen;
    return verdict ? withVerdict(run, record, before, verdict) : record;
  });
  let notTargeted = 0;
  const others = await arrayInTurns(known.values(), (before): FindingRecord | undefined => {
    if (seen.has(before.finding_id) || before.last === undefined) return undefined;
    const { observation, exchanges } = observed.get(before.finding_id) ?? NOT_TARGETED;
    const verdict = verdictOf(before, observation, rule);
    // A run that asks a part says nothing of the rest, of the same host either.
    const isBesides = reach.partial && observation.kind === 'not-asked';
    if (before.state !== 'fixed' && (observation.kind === 'no-target' || isBesides)) notTargeted++;
    else if (verdict !== undefined)
      return withVerdict(
        run,
        recordFromHistory(before.last, { scanId: run.scan_id, exchanges }),
        before,
        verdict,
      );
    return undefined;
  });
  return { records: [...rows, ...others.filter((row) => row !== undefined)], notTargeted };
}

/**
 * A row with what a run makes of it.
 * @param record for an exposure that the run did not see: its row of when it was last seen.
 * @param before absent: no earlier run saw it.
 */
export function withVerdict(
  run: RunOfRows,
  record: FindingRecord,
  before: ExposureHistory | undefined,
  verdict: StatusVerdict,
): FindingRecord {
  const { scan_id, started } = run;
  const after = remembered(before, {
    ...verdict,
    row: bareColumns(record),
    asked: '',
    reach: reachOf(run),
    run: { scan_id, at: started },
  });
  if (after === undefined) return record;
  const { silent } = after;
  const fix = verdict.status === 'fixed' ? earlierFix(before) : undefined;
  const status = {
    ...statusColumns(after, verdict.status, fix?.at ?? started),
    ...(verdict.evidence && { status_evidence: verdict.evidence }),
    ...(verdict.doubt && { status_doubt: verdict.doubt }),
    ...(silent?.since !== undefined && { silent_since: silent.since, silent_runs: silent.runs }),
  };
  return withStatus(isExposed(verdict.status) ? record : withDetail(record, status, fix), status);
}

function earlierFix(before: ExposureHistory | undefined): StatusChange | undefined {
  return before?.state === 'fixed' ? before.changes.findLast(({ status }) => status === 'fixed') : undefined;
}

const NOT_TARGETED: ObservedKnown = { observation: { kind: 'no-target' }, exchanges: [] };

/**
 * With what became of it, for people, before what stood there.
 * @param fix what proved it before this run, which tells of it.
 */
function withDetail(
  record: FindingRecord,
  status: Partial<FindingRecord>,
  fix: StatusChange | undefined,
): FindingRecord {
  const proof = fix === undefined ? '' : `, proved by run ${fix.scan_id}`;
  const what = `${textsOf({ ...record, ...status })}${proof}`;
  const { detail } = record;
  return { ...record, detail: detail === undefined ? what : `${what}; when it was last seen: ${detail}` };
}

/** `fixed: its port is closed`, `unknown: losses; asked again 3 times, last at 2026-11-27T03:20:00Z`. */
function textsOf(row: FindingRecord): string {
  const {
    status,
    status_evidence: evidence,
    status_doubt: doubt,
    silent_since: since,
    silent_runs = 0,
  } = row;
  const silence = `no longer answers since ${since ?? ''}`;
  const again = askedAgain(row);
  const times = again?.times === 1 ? 'once' : `${again?.times ?? 0} times`;
  const why =
    evidence === 'silent'
      ? `${silence}, in ${silent_runs} ${silent_runs === 1 ? 'run' : 'runs in a row'}`
      : evidence !== undefined
        ? PROOF[evidence]
        : doubt === 'silent'
          ? silence
          : (doubt ?? 'nothing proves it closed');
  return `${status ?? ''}: ${why}${again ? `; asked again ${times}, last at ${again.last}` : ''}`;
}

const PROOF = {
  refused: 'it refuses',
  closed: 'its port is closed',
  answered: 'it answers, and exposes nothing',
} as const satisfies Record<Exclude<Evidence, 'silent'>, string>;
