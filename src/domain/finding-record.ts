import type { Address } from './address.js';
import { compareAddresses, parseAddress } from './address.js';
import type { Facts } from './exchange.js';
import type { Severity } from './finding.js';
import type { Doubt, Evidence, Status } from './status.js';

/**
 * The columns of the CSV files as one finding has them, under their names. Unknown is absent; factors are
 * rounded to two decimals, times of an answer to one. What each means: docs/report-format.md.
 */
export interface FindingColumns {
  readonly timestamp: string;
  readonly report: string;
  readonly severity: Severity;
  readonly status?: Status;
  readonly ip: string;
  readonly port: number;
  readonly transport: 'udp';
  readonly protocol: string;
  readonly probe: string;
  readonly probed_ip: string;
  readonly probed_port: number;
  readonly hostname?: string;
  readonly asn?: number;
  readonly as_name?: string;
  readonly prefix?: string;
  readonly customer?: string;
  readonly request_size: number;
  readonly request_packets: number;
  readonly response_size: number;
  readonly packets: number;
  readonly amplification?: number;
  readonly packet_amplification?: number;
  readonly wire_amplification?: number;
  readonly lower_bound?: true;
  readonly basis: 'measurement' | 'sweep';
  readonly rtt_ms?: number;
  readonly first_seen?: string;
  readonly last_seen?: string;
  readonly times_seen?: number;
  readonly days_open?: number;
  readonly tag?: string;
  readonly version?: string;
  readonly detail?: string;
  readonly remediation_url?: string;
  readonly scan_id: string;
  readonly finding_id: string;
}

/** One line of findings.jsonl: the columns, and what no table can hold. */
export interface FindingRecord extends FindingColumns {
  readonly severity_reason: string;
  /** Of a fixed one: what proves it. */
  readonly status_evidence?: Evidence;
  /** Of one with status unknown: why nobody can say. */
  readonly status_doubt?: Doubt;
  /** Of one that no longer answers: when the first of the runs in `silent_runs` began. */
  readonly silent_since?: string;
  /** How many runs in a row reached its network and heard nothing of it, this one included. */
  readonly silent_runs?: number;
  /** All origins where the prefix has several, the first among them. */
  readonly asns?: readonly number[];
  readonly facts?: Facts;
  /** What the same answer would amount to for requests of other lengths: computed, never asked. */
  readonly computed?: readonly ComputedRecord[];
  /** Who answered, where that was not the probed address; `ip` only where it lies inside the scope. */
  readonly answered_by?: { readonly ip?: string; readonly asn?: number; readonly as_name?: string };
  /** Datagrams from other addresses than the one that counts as responder, over all exchanges. */
  readonly strangers?: { readonly datagrams: number; readonly bytes: number };
  /** Every exchange, in the order they were made. */
  readonly exchanges: readonly ExchangeRecord[];
}

/** The columns alone, and of them what a run knows by itself: without `status` and its companions. */
export function bareColumns(record: FindingRecord): FindingColumns {
  return Object.fromEntries(
    Object.entries(record).filter(([key]) => !BEYOND_THE_RUN.has(key)),
  ) as unknown as FindingColumns;
}

const BEYOND_THE_RUN: ReadonlySet<string> = new Set([
  'severity_reason',
  'status_evidence',
  'status_doubt',
  'silent_since',
  'silent_runs',
  'asns',
  'facts',
  'computed',
  'answered_by',
  'strangers',
  'exchanges',
  'status',
  'first_seen',
  'last_seen',
  'times_seen',
  'days_open',
] as const satisfies readonly (keyof FindingRecord)[]);

export interface FactorColumns {
  readonly amplification?: number;
  readonly packet_amplification?: number;
  readonly wire_amplification?: number;
}

export interface ComputedRecord extends FactorColumns {
  readonly name: string;
  readonly request_size: number;
}

/** One request and all that came back. Sizes are UDP payload bytes, wire bytes those of Ethernet frames. */
export interface ExchangeRecord extends FactorColumns {
  readonly form: string;
  readonly purpose: string;
  readonly seen_in: string;
  /** True for the one whose figures the columns show. */
  readonly reported?: true;
  /** The payload of the request, in hex. */
  readonly request: string;
  readonly request_size: number;
  readonly request_wire_bytes: number;
  /** ISO 8601 UTC with milliseconds. */
  readonly requested_at: string;
  readonly end: string;
  readonly send_error?: string;
  readonly datagrams: number;
  readonly response_size: number;
  readonly ip_packets: number;
  readonly wire_bytes: number;
  /** The size of each datagram in the order of arrival. Absent for a sighting, which keeps the sums only. */
  readonly sizes?: readonly number[];
  /** Milliseconds from the request to the first datagram. */
  readonly rtt_ms?: number;
  /** The address that answered; `elsewhere` where it is neither the finding's nor the probed one. */
  readonly replies_from?: string;
  readonly replies_port?: number;
  /** Why the server said no. */
  readonly refusal?: string;
  readonly caveats?: readonly string[];
  readonly stranger_datagrams?: number;
  readonly stranger_bytes?: number;
}

/** Sorted as every file is: AS number (unknown first), numeric address, probe; then by what was probed. */
export function sortRecords(records: readonly FindingRecord[]): FindingRecord[] {
  const keyed = records.map((record) => ({
    record,
    ip: addressOf(record.ip),
    probed: addressOf(record.probed_ip),
  }));
  keyed.sort(
    (a, b) =>
      (a.record.asn ?? 0) - (b.record.asn ?? 0) ||
      compareAddresses(a.ip, b.ip) ||
      compareText(a.record.probe, b.record.probe) ||
      a.record.probed_port - b.record.probed_port ||
      compareAddresses(a.probed, b.probed),
  );
  return keyed.map(({ record }) => record);
}

/** By code unit: the same order on every machine, whatever its locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** @throws RangeError when the record was not made by us: whoever reads records from outside checks them first. */
function addressOf(text: string): Address {
  const address = parseAddress(text);
  if (address === undefined) throw new RangeError(`no address in a finding: ${text}`);
  return address;
}
