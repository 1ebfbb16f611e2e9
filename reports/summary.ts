import type { FindingRecord } from '../src/domain/finding-record.js';
import type { RunRecord } from '../src/domain/run-record.js';
import type { AsGroup } from './by-as.js';
import { groupByAs } from './by-as.js';
import type { Column } from './columns.js';
import { cellText } from './columns.js';
import { csvChunks } from './csv.js';
import type { Figures } from './figures.js';
import { isWhole } from '../src/domain/whole-run.js';
import { figureColumns, figuresOf } from './figures.js';
import type { Report } from './report.js';

/** What a run found of one AS with one probe. */
export interface SummaryRow extends Figures {
  readonly asn?: number;
  readonly as_name?: string;
  readonly probe: string;
}

/** The columns of summary.csv. */
export const summaryColumns = [
  { name: 'asn', type: 'integer', since: '0.1.0', about: 'the AS; empty for the hosts whose AS is unknown' },
  { name: 'as_name', type: 'text', since: '0.1.0', remote: true, about: 'the name of that AS' },
  { name: 'probe', type: 'word', since: '0.1.0', about: 'the question that was asked' },
  ...figureColumns,
] as const satisfies readonly Column<keyof SummaryRow>[];

/** summary.csv: AS × probe. */
export const summaryCsv: Report = {
  name: 'summary-csv',
  *files(run, records, options) {
    const rows = summaryRows(run, records).map((row) =>
      summaryColumns.map((column) => cellText(column, row[column.name])),
    );
    yield { path: 'summary.csv', chunks: csvChunks(summaryColumns, rows, options) };
  },
};

/**
 * A row for each AS and each probe of the run, those without findings too: a table of zeros says clean. After a
 * run that is not whole an empty cell stands for what is not known to be zero. Where
 * the scope names no AS and nothing was found, the rows are of the unknown one.
 * @param records sorted by AS number, address and probe.
 */
export function summaryRows(run: RunRecord, records: readonly FindingRecord[]): readonly SummaryRow[] {
  const groups = groupByAs(run, records);
  return (groups.length > 0 ? groups : [{ records: [] }]).flatMap(({ asn, asName, records: own }: AsGroup) =>
    byProbe(run, own).map(([probe, figures]) => ({
      ...(asn !== undefined && { asn }),
      ...(asName !== undefined && { as_name: asName }),
      probe,
      ...figures,
    })),
  );
}

/** The figures of each probe that the run asked or a row has, sorted by its id. */
export function byProbe(
  run: RunRecord,
  records: readonly FindingRecord[],
): readonly (readonly [string, Figures])[] {
  const ids = new Set([...run.probes.map(({ id }) => id), ...records.map(({ probe }) => probe)]);
  return [...ids].sort().map((id) => [
    id,
    figuresOf(
      records.filter(({ probe }) => probe === id),
      isWhole(run) && run.probes.some((asked) => asked.id === id),
      run.history !== undefined,
    ),
  ]);
}
