import type { FindingRecord } from '../src/domain/finding-record.js';
import { sortRecords } from '../src/domain/finding-record.js';
import { SEVERITIES } from '../src/domain/finding.js';
import type { RunRecord } from '../src/domain/run-record.js';
import { decimalText, FACTOR_DECIMALS } from './format.js';
import { cutToWidth, textWidth } from './text-width.js';
import type { SummaryRow } from './summary.js';
import { summaryRows } from './summary.js';

const NAME_COLUMNS = 24;

/**
 * What a run found, for a terminal: AS × probe with the number of exposed hosts, the largest and the median
 * amplification beside the request it took, and the worst host; then the sum by severity. A ≥ marks a row with
 * figures that are lower bounds. Ends with a line feed.
 */
export function consoleSummary(run: RunRecord, records: readonly FindingRecord[]): string {
  const rows = summaryRows(run, sortRecords(records)).filter(({ exposed = 0 }) => exposed > 0);
  const table = [HEADER, ...rows.map(cellsOf)];
  return `${(rows.length > 0 ? [...alignedLines(table), ''] : []).concat(totalLine(run, records)).join('\n')}\n`;
}

const HEADER = ['ASN', 'name', 'probe', 'exposed', 'max', 'median', 'on the wire', 'request', 'worst host'];
const RIGHT = new Set([3, 4, 5, 6, 7]);

function cellsOf(row: SummaryRow): readonly string[] {
  const bound = row.lower_bounds > 0 ? '≥' : '';
  const factor = (value: number | undefined): string =>
    value === undefined ? '' : `${bound}${decimalText(value, FACTOR_DECIMALS)}x`;
  return [
    row.asn === undefined ? 'unknown' : `AS${row.asn}`,
    cutToWidth(row.as_name ?? '', NAME_COLUMNS),
    row.probe,
    String(row.exposed ?? ''),
    factor(row.max_amplification),
    factor(row.median_amplification),
    factor(row.max_wire_amplification),
    row.request_size === undefined ? '' : `${row.request_size} B`,
    row.worst_ip ?? '',
  ];
}

function alignedLines(table: readonly (readonly string[])[]): readonly string[] {
  const widths = HEADER.map((_, column) => Math.max(...table.map((row) => textWidth(row[column] ?? ''))));
  return table.map((row) =>
    row
      .map((cell, column) => {
        const padding = ' '.repeat((widths[column] ?? 0) - textWidth(cell));
        return RIGHT.has(column) ? padding + cell : cell + padding;
      })
      .join('  ')
      .trimEnd(),
  );
}

/** `3 findings: 1 critical, 2 medium`, and what stands between them and the whole truth. */
function totalLine(run: RunRecord, records: readonly FindingRecord[]): string {
  const reservation = !run.complete
    ? '; the run is incomplete, so this is not all'
    : run.losses.any
      ? '; something was lost, so silent may mean unknown'
      : '';
  if (records.length === 0) return `no exposure found on ${run.targets.addresses} addresses${reservation}`;
  const counts = SEVERITIES.map((level) => [
    level,
    records.filter(({ severity }) => severity === level).length,
  ]);
  const parts = counts.filter(([, number]) => number !== 0).map(([level, number]) => `${number} ${level}`);
  return `${records.length} ${records.length === 1 ? 'finding' : 'findings'}: ${parts.join(', ')}${reservation}`;
}
