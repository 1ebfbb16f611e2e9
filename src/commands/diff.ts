import { readRun } from '../archive/run-archive.js';
import type { FindingRecord } from '../domain/finding-record.js';
import { sortRecords } from '../domain/sort-records.js';
import { isExposed } from '../domain/status.js';
import { UsageError } from '../domain/usage-error.js';
import { alignedTable } from '../../reports/aligned-table.js';
import { decimalText, FACTOR_DECIMALS } from '../../reports/format.js';
import { ALL_SETTINGS } from '../settings/all-settings.js';
import { defineCommand, EXIT } from './command.js';

/** What differs between two runs, whatever lies between them. */
export const diff = defineCommand({
  positional: { usage: '<run..>', describe: 'The directories of two runs, the earlier first' },
  settings: ALL_SETTINGS.pick({ json: true }),
  example: ['ampscope diff exposure/2026-11-13T030000Z exposure/latest', 'what changed in that week'],
  async run({ json }, { stdout }, { operands: [a, b, ...more] }) {
    if (a === undefined || b === undefined || more.length > 0)
      throw new UsageError('diff takes two runs', 'write ampscope diff RUN_A RUN_B');
    const [before, after] = await Promise.all([readRun(a), readRun(b)]);
    const changes = changesBetween(before.records, after.records);
    if (json) {
      stdout.write(`${JSON.stringify(changes, undefined, 2)}\n`);
      return EXIT.finished;
    }
    const rows = changes.map(({ change, ip, probe, before: was, after: is, why }) => [
      change,
      ip,
      probe,
      was === undefined ? '' : `${decimalText(was, FACTOR_DECIMALS)}x`,
      is === undefined ? '' : `${decimalText(is, FACTOR_DECIMALS)}x`,
      why ?? '',
    ]);
    if (rows.length > 0) stdout.write(`${alignedTable([HEADER, ...rows], RIGHT).join('\n')}\n\n`);
    const counts = ['appeared', 'gone', 'changed'].map(
      (word) => `${changes.filter(({ change }) => change === word).length} ${word}`,
    );
    stdout.write(`${before.run.scan_id} to ${after.run.scan_id}: ${counts.join(', ')}\n`);
    return EXIT.finished;
  },
});

const HEADER = ['change', 'host', 'probe', 'on the wire', 'then', 'what is known'];
const RIGHT: ReadonlySet<number> = new Set([3, 4]);

/** An exposure of one run that is not in the other, or is another there. Wire amplification before and after. */
interface Change {
  readonly change: 'appeared' | 'gone' | 'changed';
  readonly finding_id: string;
  readonly ip: string;
  readonly probe: string;
  readonly before?: number;
  readonly after?: number;
  readonly why?: string;
}

/** Twice as strong, or half: measurements of one server differ by less. */
const FACTOR_CHANGED = 2;

function changesBetween(
  before: readonly FindingRecord[],
  after: readonly FindingRecord[],
): readonly Change[] {
  const exposed = (records: readonly FindingRecord[]): ReadonlyMap<string, FindingRecord> =>
    new Map(records.filter(({ status }) => isExposed(status)).map((record) => [record.finding_id, record]));
  const [was, is] = [exposed(before), exposed(after)];
  const rowsAfter = new Map(after.map((record) => [record.finding_id, record]));
  const all = sortRecords([...new Map([...was, ...is]).values()]);
  return all.flatMap(({ finding_id, ip, probe }): Change | [] => {
    const [old, now] = [was.get(finding_id), is.get(finding_id)];
    const figures = {
      finding_id,
      ip,
      probe,
      ...(old?.wire_amplification !== undefined && { before: old.wire_amplification }),
      ...(now?.wire_amplification !== undefined && { after: now.wire_amplification }),
    };
    if (old === undefined) return { change: 'appeared', ...figures };
    if (now === undefined) return { change: 'gone', ...figures, why: whyGone(rowsAfter.get(finding_id)) };
    // Of one that is not known nothing is said.
    const factors = [figures.before ?? NaN, figures.after ?? NaN];
    const [low, high] = [Math.min(...factors), Math.max(...factors)];
    if (high >= low * FACTOR_CHANGED && high > low)
      return { change: 'changed', ...figures, why: 'another strength' };
    return old.severity === now.severity
      ? []
      : { change: 'changed', ...figures, why: `${old.severity} to ${now.severity}` };
  });
}

function whyGone(row: FindingRecord | undefined): string {
  if (row?.status === 'fixed') return `fixed: ${row.status_evidence ?? 'proved closed'}`;
  if (row?.status === 'unknown') return `unknown: ${row.status_doubt ?? 'nothing proves it closed'}`;
  return 'the later run has no row of it: closed before, or no target';
}
