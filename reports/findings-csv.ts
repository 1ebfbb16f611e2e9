import { asFile, groupByAs } from './by-as.js';
import { columns, findingCells } from './columns.js';
import { csvChunks } from './csv.js';
import type { FindingRecord } from '../src/domain/finding-record.js';
import type { Report } from './report.js';

/** findings.csv with every finding, and for each AS its own under a name that says what it is when it is mailed. */
export const findingsCsv: Report = {
  name: 'findings-csv',
  *files(run, records, options) {
    yield { path: 'findings.csv', chunks: csvChunks(columns, cellsOf(records), options) };
    for (const group of groupByAs(run, records)) {
      const chunks = csvChunks(columns, cellsOf(group.records), options);
      yield { path: asFile(run, group, 'csv'), chunks };
    }
  },
};

function* cellsOf(records: readonly FindingRecord[]): Generator<string[], void, undefined> {
  for (const record of records) yield findingCells(record);
}
