/**
 * The history of a year of weekly runs in a process of its own. `history-process.js prepare DIRECTORY` makes it, and
 * `update DIRECTORY` is what the next run does with it; prints a HistoryUpdate.
 */
import type { FindingColumns, FindingRecord } from '../../src/domain/finding-record.js';
import { formatInstant } from '../../src/domain/time.js';
import { beginHistory, takeIn } from '../../src/archive/history-file.js';
import { takeInRun } from '../../src/archive/earlier-runs.js';
import { openRunHistory } from '../../src/commands/runs/run-history.js';
import { withStatuses } from '../../src/commands/runs/with-statuses.js';
import type { Outcome } from '../../src/history/remembered.js';
import type { ObservedKnown } from '../../src/history/verdict.js';
import { findingId } from '../../reports/record.js';
import { sampleRun } from '../reports/sample-run.js';

export interface HistoryUpdate {
  /** Exposures in the history, and rows of the run. */
  readonly exposures: number;
  readonly rows: number;
  readonly openMs: number;
  readonly statusesMs: number;
  readonly takeInMs: number;
}

const EXPOSURES = 500_000;
const RUNS = 52;
/** Each week as many are new; most of the week before are fixed. */
const A_RUN = 10_000;
const MODE = { mode: 0o600 };
const WEEK_MS = 7 * 86_400_000;

const [mode, out = ''] = process.argv.slice(2);
if (mode === 'prepare') await prepare();
else console.log(JSON.stringify(await update()));

/** All that were ever seen, and all but those of the last weeks fixed. */
async function prepare(): Promise<void> {
  await beginHistory(out, MODE);
  for (let run = 0; run < RUNS - 2; run++) await takeIn(out, point(run), [], MODE);
  const outcomes = (from: number, to: number, more: Pick<Outcome, 'status' | 'evidence'>): Outcome[] =>
    Array.from({ length: to - from }, (_, i) => ({
      ...more,
      row: columns(from + i, weekOf(from + i)),
      asked: '0123456789abcdef',
      reach: { whole: true, partial: false, late: false },
      run: { scan_id: point(weekOf(from + i)).scan_id, at: timeOf(weekOf(from + i)) },
    }));
  await takeIn(out, point(RUNS - 2), outcomes(0, EXPOSURES, { status: 'persisting' }), MODE);
  const fixed = outcomes(0, EXPOSURES - A_RUN, { status: 'fixed', evidence: 'closed' });
  await takeIn(out, point(RUNS - 1), fixed, MODE);
}

/** Of those that are open half are seen again and half are closed; as many were fixed long ago, or never seen. */
async function update(): Promise<HistoryUpdate> {
  const run = { ...sampleRun, scan_id: point(RUNS).scan_id, started: timeOf(RUNS), probes: [] };
  const half = A_RUN / 2;
  const seen = Array.from({ length: A_RUN }, (_, i) =>
    record(i < half ? EXPOSURES - A_RUN + i : i < half + half / 2 ? i : EXPOSURES + i),
  );
  const closed: ObservedKnown = { observation: { kind: 'closed', evidence: 'closed' }, exchanges: [] };
  const began = performance.now();
  const past = await openRunHistory(out, {
    ...MODE,
    print(note) {
      throw new Error(note);
    },
  });
  const opened = performance.now();
  const ids = new Set(seen.map(({ finding_id }) => finding_id));
  const gone = past.open.filter(({ finding_id }) => !ids.has(finding_id));
  const { records } = await withStatuses(
    run,
    seen,
    await past.of(seen, () => true),
    new Map(gone.map(({ finding_id }) => [finding_id, closed])),
    { fixedAfterSilentRuns: 2 },
  );
  const told = performance.now();
  await takeInRun(out, run, records, MODE);
  const ended = performance.now();
  const statuses = new Set(records.map(({ status }) => status));
  if (records.length !== A_RUN + half || statuses.size !== 4) throw new Error(`${records.length} rows`);
  return {
    exposures: EXPOSURES,
    rows: records.length,
    openMs: opened - began,
    statusesMs: told - opened,
    takeInMs: ended - told,
  };
}

function weekOf(exposure: number): number {
  return Math.floor(exposure / (EXPOSURES / RUNS));
}

function timeOf(run: number): string {
  return formatInstant(Date.UTC(2026, 10, 20, 3) + run * WEEK_MS);
}

function point(run: number): Parameters<typeof takeIn>[1] {
  const scan_id = timeOf(run).replaceAll(':', '');
  return { scan_id, at: timeOf(run), statuses: { 'ntp-monlist': { new: A_RUN, fixed: A_RUN } } };
}

function record(exposure: number): FindingRecord {
  return { ...columns(exposure, RUNS), severity_reason: 'by amplification', exchanges: [] };
}

/** As full as a row usually is. */
function columns(exposure: number, week: number): FindingColumns {
  const ip = `10.${exposure >> 16}.${(exposure >> 8) & 255}.${exposure & 255}`;
  return {
    timestamp: timeOf(week),
    report: 'scan_ntpmonitor',
    severity: 'critical',
    ip,
    port: 123,
    transport: 'udp',
    protocol: 'ntp',
    probe: 'ntp-monlist',
    probed_ip: ip,
    probed_port: 123,
    asn: 64_496 + (exposure % 16),
    as_name: 'EXAMPLE-AS',
    prefix: `10.${exposure >> 16}.0.0/16`,
    customer: `C-${exposure % 5000}`,
    request_size: 8,
    request_packets: 1,
    response_size: 44_000,
    packets: 100,
    amplification: 5500,
    packet_amplification: 100,
    wire_amplification: 759.38,
    basis: 'measurement',
    rtt_ms: 12.3,
    tag: 'monlist',
    version: 'ntpd 4.2.6p5@1.2349-o',
    detail: '600 entries in 100 datagrams',
    scan_id: point(week).scan_id,
    finding_id: findingId(ip, 123, 'ntp', 'ntp-monlist'),
  };
}
