import { addressCount } from '../src/domain/address.js';
import type { FindingRecord } from '../src/domain/finding-record.js';
import { sortRecords } from '../src/domain/sort-records.js';
import { SEVERITIES } from '../src/domain/finding.js';
import type { RunRecord } from '../src/domain/run-record.js';
import { isExposed, STATUSES } from '../src/domain/status.js';
import { excludedOnTheWay, isWhole } from '../src/domain/whole-run.js';
import { decimalText, FACTOR_DECIMALS } from './format.js';
import { alignedTable } from './aligned-table.js';
import { cutToWidth } from './text-width.js';
import type { SummaryRow } from './summary.js';
import { summaryRows } from './summary.js';

const NAME_COLUMNS = 24;

/**
 * What a run found, for a terminal: AS × probe with the number of exposed hosts, the largest and the median
 * amplification beside the request it took, and the worst host; then the sum by severity. A ≥ marks a row with
 * figures that are lower bounds. Before all of it stands whether the run is suspect, behind it what may be dark. Ends
 * with a line feed.
 */
export function consoleSummary(run: RunRecord, records: readonly FindingRecord[]): string {
  const rows = summaryRows(run, sortRecords(records)).filter(({ exposed = 0 }) => exposed > 0);
  const table = [HEADER, ...rows.map(cellsOf)];
  const lines = [
    ...suspectLines(run),
    ...(rows.length > 0 ? [...alignedTable(table, RIGHT), ''] : []),
    totalLine(run, records),
    ...notScannedLines(run),
    ...darkLines(run),
  ];
  return `${lines.join('\n')}\n`;
}

/** What must not be overlooked: no other line of this run means what it usually does. */
function suspectLines({ suspect }: RunRecord): readonly string[] {
  if (suspect === undefined) return [];
  const { reason, expected, answered, networks = [] } = suspect;
  const why =
    reason === 'canaries'
      ? `none of the ${expected} ${expected === 1 ? 'canary' : 'canaries'} of ${networks.join(', ')} answered`
      : `of ${expected} addresses that answered before, ${answered === 0 ? 'none' : `only ${answered}`} answered anything`;
  return [
    `SUSPECT: this run may not have reached the network: ${why}`,
    'Its silence says nothing: no silent exposure counts as fixed, no letters are written, and latest stays where it was.',
    '',
  ];
}

const MOST_NOT_SCANNED = 3;

/** Networks of the scope that were never asked, so that no summary looks as if they were clean. */
function notScannedLines({ targets: { left_out: left } }: RunRecord): readonly string[] {
  if (left.length === 0) return [];
  const named = left.slice(0, MOST_NOT_SCANNED).map(({ prefix, reason }) => `${prefix} (${reason})`);
  const more = left.length - named.length;
  return [
    `NOT SCANNED: ${named.join(', ')}${more > 0 ? `, and ${more} more, see targets.left_out in run.json` : ''}`,
  ];
}

const MOST_DARK = 10;

function darkLines({ path }: RunRecord): readonly string[] {
  const { dark = [] } = path ?? {};
  const lines = dark.slice(0, MOST_DARK).map((part) => {
    const { expected, answered } = part;
    return 'network' in part
      ? `${part.network} may be dark: ${answered} of ${expected} known responders there answered anything; silence there counts for nothing`
      : `${part.probe} may be filtered: ${expected} known exposures fell silent together, and none answered it; this silence counts for nothing`;
  });
  const more = dark.length - lines.length;
  return more > 0 ? [...lines, `and ${more} more, see path.dark in run.json`] : lines;
}

/**
 * Whether a summary has anything to tell a reader of the one before: something new, reopened or fixed, a part
 * of the network that may be dark, or that this run does not speak for all of the scope.
 */
export function hasNews(run: RunRecord, records: readonly FindingRecord[]): boolean {
  return (
    !isWhole(run) ||
    (run.path?.dark ?? []).length > 0 ||
    records.some(({ status }) => status !== 'persisting' && status !== 'unknown')
  );
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

/** `3 findings: 1 critical, 2 medium`, and what stands between them and the whole truth. */
function totalLine(run: RunRecord, records: readonly FindingRecord[]): string {
  const reservation = !run.complete
    ? '; the run is incomplete, so this is not all'
    : run.suspect !== undefined
      ? '; the run is suspect, so this may not be all'
      : run.losses.any
        ? '; something was lost, so silent may mean unknown'
        : run.settings.shard !== undefined
          ? `; this is shard ${run.settings.shard}, and the rest was not asked here`
          : excludedOnTheWay(run) > 0
            ? `; the scope excluded ${addressCount(excludedOnTheWay(run))} on the way, which were not all asked`
            : run.late !== undefined
              ? `; this run ended after newer ones, and speaks of ${run.started}`
              : run.partial !== undefined
                ? `; this run asked less than the usual one, ${run.partial.compared_with}, and speaks of what it asked (--make-usual lets such a run be the usual one)`
                : '';
  const exposed = records.filter(({ status }) => isExposed(status));
  const since = sinceText(run, records);
  if (exposed.length === 0)
    return `no exposure found on ${addressCount(run.targets.addresses)}${reservation}${since}`;
  const counts = SEVERITIES.map((level) => [
    level,
    exposed.filter(({ severity }) => severity === level).length,
  ]);
  const parts = counts.filter(([, number]) => number !== 0).map(([level, number]) => `${number} ${level}`);
  return `${exposed.length} ${exposed.length === 1 ? 'finding' : 'findings'}: ${parts.join(', ')}${reservation}${since}`;
}

/** A second line where earlier runs are known: `since 3 earlier runs: 1 new, 4 persisting, 1 fixed`. */
function sinceText({ history }: RunRecord, records: readonly FindingRecord[]): string {
  if (history === undefined || history.earlier_runs === 0) return '';
  const counts = STATUSES.map(
    (word) => [word, records.filter(({ status }) => status === word).length] as const,
  );
  const parts = counts.filter(([, number]) => number > 0).map(([word, number]) => `${number} ${word}`);
  const missing = history.not_targeted;
  const runs = `${history.earlier_runs} earlier ${history.earlier_runs === 1 ? 'run' : 'runs'}`;
  return `\nsince ${runs}: ${parts.length > 0 ? parts.join(', ') : 'nothing was open before, and nothing is now'}${missing === 0 ? '' : `\n${missing} known ${missing === 1 ? 'exposure was' : 'exposures were'} not in this run's targets`}`;
}
