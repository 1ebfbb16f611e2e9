import type { FindingRecord } from '../../domain/finding-record.js';
import { bareColumns } from '../../domain/finding-record.js';
import type { RunRecord } from '../../domain/run-record.js';
import type { Evidence } from '../../domain/status.js';
import { pastRecord, withStatus } from '../../../reports/record.js';
import type { ExposureHistory } from '../../history/exposure-history.js';
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

/**
 * Gives each row its status, and adds a row for each known exposure that was proved closed, or of which nobody can
 * say.
 * @param known what is remembered of every exposure that is open, or has a row.
 * @param observed of open ones that have no row, by finding_id.
 */
export function withStatuses(
  { scan_id, started }: Pick<RunRecord, 'scan_id' | 'started'>,
  records: readonly FindingRecord[],
  known: ReadonlyMap<string, ExposureHistory>,
  observed: ReadonlyMap<string, ObservedKnown>,
): RowsWithStatus {
  const run = { scan_id, at: started };
  const seen = new Set(records.map(({ finding_id }) => finding_id));
  const rowOf = (
    record: FindingRecord,
    before: ExposureHistory | undefined,
    verdict: StatusVerdict,
  ): FindingRecord => {
    const after = remembered(before, { ...verdict, row: bareColumns(record), asked: '', run });
    if (after === undefined) return record;
    return withStatus(record, {
      ...statusColumns(after, verdict.status, started),
      ...(verdict.evidence && { status_evidence: verdict.evidence }),
      ...(verdict.doubt && { status_doubt: verdict.doubt }),
    });
  };
  const rows = records.map((record) => {
    const before = known.get(record.finding_id);
    const verdict = verdictOf(before, { kind: 'seen' });
    return verdict ? rowOf(record, before, verdict) : record;
  });
  let notTargeted = 0;
  for (const before of known.values()) {
    if (seen.has(before.finding_id) || before.last === undefined) continue;
    const { observation, exchanges } = observed.get(before.finding_id) ?? NOT_TARGETED;
    const verdict = verdictOf(before, observation);
    if (observation.kind === 'no-target') notTargeted++;
    else if (verdict !== undefined)
      rows.push(
        rowOf(
          pastRecord(before.last, { scanId: scan_id, exchanges, what: wordsOf(verdict) }),
          before,
          verdict,
        ),
      );
  }
  return { records: rows, notTargeted };
}

const NOT_TARGETED: ObservedKnown = { observation: { kind: 'no-target' }, exchanges: [] };

/** `fixed: its port is closed`, `unknown: losses`. */
function wordsOf({ status, evidence, doubt }: StatusVerdict): string {
  return `${status}: ${evidence === undefined ? (doubt ?? 'nothing proves it closed') : PROOF[evidence]}`;
}

const PROOF = {
  refused: 'it refuses',
  closed: 'its port is closed',
  silent: 'it stays silent',
} as const satisfies Record<Evidence, string>;
