import type { AsRecord } from '../src/domain/as-record.js';
import type { RunRecord } from '../src/domain/run-record.js';
import type { AsGroup } from './by-as.js';
import { asFile, groupByAs } from './by-as.js';
import type { Report } from './report.js';

/** One JSON file an AS: which run it was, and its findings with all their exchanges. */
export const asJson: Report = {
  name: 'as-json',
  *files(run, records) {
    for (const group of groupByAs(run, records))
      yield { path: asFile(run, group, 'json'), chunks: jsonChunks(run, group) };
  },
};

/** A finding at a time: the largest AS would make one string of hundreds of megabytes. */
function* jsonChunks(run: RunRecord, { asn, asName, records }: AsGroup): Generator<string, void, undefined> {
  const empty: AsRecord = {
    run: runSummary(run),
    ...(asn !== undefined && { asn }),
    ...(asName !== undefined && { as_name: asName }),
    findings: [],
  };
  const head = JSON.stringify(empty, null, 2);
  if (records.length === 0) {
    yield `${head}\n`;
    return;
  }
  yield head.slice(0, head.length - ']\n}'.length);
  for (const [index, record] of records.entries()) {
    const text = inOneLine(JSON.stringify(record, null, 2)).replaceAll('\n', '\n    ');
    yield `${index === 0 ? '' : ','}\n    ${text}`;
  }
  yield '\n  ]\n}\n';
}

/** Lists of numbers in one line each: the sizes of 2,000 datagrams are not 2,000 lines. No text holds a line feed. */
function inOneLine(json: string): string {
  return json.replace(
    /\[\n +(\d+(?:,\n +\d+)*)\n +\]/g,
    (_, numbers: string) => `[${numbers.replace(/\n +/g, ' ')}]`,
  );
}

function runSummary(run: RunRecord): AsRecord['run'] {
  const { scan_id, ampscope_version, started, ended, complete, incomplete_reason, authorisation } = run;
  return {
    scan_id,
    ampscope_version,
    started,
    ended,
    complete,
    ...(incomplete_reason !== undefined && { incomplete_reason }),
    organisation: authorisation.organisation,
    contact: authorisation.contact,
    probes: run.probes.map(({ id, port }) => ({ id, port })),
    losses: run.losses.any,
  };
}
