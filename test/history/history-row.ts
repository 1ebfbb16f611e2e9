import type { FindingColumns } from '../../src/domain/finding-record.js';
import type { RunReach } from '../../src/domain/run-standing.js';
import { formatInstant } from '../../src/domain/time.js';

const WEEK_MS = 7 * 86_400_000;
const START = Date.UTC(2026, 10, 20, 3);

/** When the run of this number began, a week after the one before: ISO 8601 UTC. */
export function timeOfRun(run: number): string {
  return formatInstant(START + run * WEEK_MS);
}

/** Of a run that is none of these, `suspect` has its path in doubt. */
export const REACHES = {
  whole: { whole: true, partial: false, late: false },
  suspect: { whole: false, partial: false, late: false },
  partial: { whole: false, partial: true, late: false },
  late: { whole: false, partial: false, late: true },
} as const satisfies Readonly<Record<string, RunReach>>;

/** The row of an exposure of host 1 to 250, as the run of this number saw it. */
export function historyRow(host: number, run: number): FindingColumns {
  return {
    timestamp: timeOfRun(run),
    report: 'x_double',
    severity: 'medium',
    ip: `10.0.0.${host}`,
    port: 4242,
    transport: 'udp',
    protocol: 'double',
    probe: 'double',
    probed_ip: `10.0.0.${host}`,
    probed_port: 4242,
    request_size: 1,
    request_packets: 1,
    response_size: 10,
    packets: 1,
    wire_amplification: 1,
    basis: 'measurement',
    scan_id: `run ${run}`,
    finding_id: `f-${String(host).padStart(16, '0')}`,
  };
}
