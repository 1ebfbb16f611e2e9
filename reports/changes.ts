import { columns, findingCells } from './columns.js';
import { csvChunks } from './csv.js';
import type { Report } from './report.js';

const CHANGES: ReadonlySet<string> = new Set(['new', 'fixed', 'reopened']);

/** changes.csv: the rows of findings.csv that say that something changed since the runs before. */
export const changesCsv: Report = {
  name: 'changes-csv',
  *files(_run, records, options) {
    const changed = records.filter(({ status }) => status !== undefined && CHANGES.has(status));
    yield { path: 'changes.csv', chunks: csvChunks(columns, changed.map(findingCells), options) };
  },
};
