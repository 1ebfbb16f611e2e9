import * as z from 'zod';
import { ENDS, PURPOSES, SEEN_IN } from './exchange.js';
import { SEVERITIES } from './finding.js';
import type { Content } from './shape.js';
import { ADDRESS, COUNT, FIGURE, HEX, PORT, TEXT, TIME } from './shape.js';
import { DOUBTS, EVIDENCES, STATUSES } from './status.js';

/** What earlier runs make of a row: none of it is known to its own run alone. */
const STATUS_COLUMNS = {
  status: z.enum(STATUSES).exactOptional(),
  first_seen: TIME.exactOptional(),
  last_seen: TIME.exactOptional(),
  times_seen: COUNT.exactOptional(),
  days_open: COUNT.exactOptional(),
};

const FACTOR_COLUMNS = {
  amplification: FIGURE.exactOptional(),
  packet_amplification: FIGURE.exactOptional(),
  wire_amplification: FIGURE.exactOptional(),
};

/**
 * The columns of the CSV files as one finding has them, under their names and in their order. Unknown is absent;
 * factors are rounded to two decimals, times of an answer to one. What each means: docs/report-format.md.
 */
export const FINDING_COLUMNS = z.object({
  timestamp: TIME.exactOptional(),
  report: TEXT,
  severity: z.enum(SEVERITIES),
  status: STATUS_COLUMNS.status,
  ip: ADDRESS,
  port: PORT,
  transport: z.literal('udp'),
  protocol: TEXT,
  probe: TEXT,
  probed_ip: ADDRESS,
  probed_port: PORT,
  hostname: TEXT.exactOptional(),
  asn: COUNT.exactOptional(),
  as_name: TEXT.exactOptional(),
  prefix: TEXT.exactOptional(),
  customer: TEXT.exactOptional(),
  request_size: COUNT,
  request_packets: COUNT,
  response_size: COUNT,
  packets: COUNT,
  ...FACTOR_COLUMNS,
  lower_bound: z.literal(true).exactOptional(),
  basis: z.enum(SEEN_IN),
  rtt_ms: FIGURE.exactOptional(),
  first_seen: STATUS_COLUMNS.first_seen,
  last_seen: STATUS_COLUMNS.last_seen,
  times_seen: STATUS_COLUMNS.times_seen,
  days_open: STATUS_COLUMNS.days_open,
  tag: TEXT.exactOptional(),
  version: TEXT.exactOptional(),
  detail: TEXT.exactOptional(),
  remediation_url: TEXT.exactOptional(),
  scan_id: TEXT,
  finding_id: z.string().regex(/^f-[0-9a-f]{16}$/, 'is no finding_id'),
});
export type FindingColumns = Content<typeof FINDING_COLUMNS>;

export type FactorColumns = Pick<FindingColumns, keyof typeof FACTOR_COLUMNS>;

const COMPUTED = z.object({ name: TEXT, request_size: COUNT, ...FACTOR_COLUMNS });
export type ComputedRecord = Content<typeof COMPUTED>;

/** One request and all that came back. Sizes are UDP payload bytes, wire bytes those of Ethernet frames. */
const EXCHANGE = z.object({
  form: TEXT,
  purpose: z.enum(PURPOSES),
  seen_in: z.enum(SEEN_IN),
  /** True for the one whose figures the columns show. */
  reported: z.literal(true).exactOptional(),
  /** The payload of the request. */
  request: HEX,
  request_size: COUNT,
  request_wire_bytes: COUNT,
  /** With milliseconds. */
  requested_at: TIME.exactOptional(),
  end: z.enum(ENDS),
  send_error: TEXT.exactOptional(),
  datagrams: COUNT,
  response_size: COUNT,
  ip_packets: COUNT,
  wire_bytes: COUNT,
  /** The size of each datagram in the order of arrival. Absent for a sighting, which keeps the sums only. */
  sizes: z.array(COUNT).exactOptional(),
  /** Milliseconds from the request to the first datagram. */
  rtt_ms: FIGURE.exactOptional(),
  /** The address that answered; `elsewhere` where it is neither the finding's nor the probed one. */
  replies_from: z.union([z.literal('elsewhere'), ADDRESS]).exactOptional(),
  replies_port: PORT.exactOptional(),
  ...FACTOR_COLUMNS,
  /** Why the server said no. */
  refusal: TEXT.exactOptional(),
  caveats: z.array(TEXT).exactOptional(),
  /** Milliseconds from the request to the last datagram, and to the end of listening. Absent for a sighting. */
  window_ms: FIGURE.exactOptional(),
  listened_ms: FIGURE.exactOptional(),
  /** What had come 2 s after the request; the figures above are those of the whole window. */
  within_2s: z
    .object({
      datagrams: COUNT,
      response_size: COUNT,
      ip_packets: COUNT,
      wire_bytes: COUNT,
      ...FACTOR_COLUMNS,
    })
    .exactOptional(),
  /** True where datagrams were still coming when a cap ended the exchange. */
  still_sending: z.literal(true).exactOptional(),
  /** Questions that the host asked back: no answers. */
  asked_back: z.object({ datagrams: COUNT, bytes: COUNT }).exactOptional(),
  /** From addresses that were never asked; how many these are is absent for a sighting. */
  elsewhere: z.object({ datagrams: COUNT, bytes: COUNT, addresses: COUNT.exactOptional() }).exactOptional(),
  /** UDP payload of the datagram that ended the exchange: no part of a factor. */
  farewell_size: COUNT.exactOptional(),
});
export type ExchangeRecord = Content<typeof EXCHANGE>;

const FACTS = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

/** One line of findings.jsonl: the columns, and what no table can hold. */
export const FINDING_RECORD = z
  .object({
    ...FINDING_COLUMNS.shape,
    severity_reason: TEXT,
    /** Of a fixed one: what proves it. */
    status_evidence: z.enum(EVIDENCES).exactOptional(),
    /** Of one with status unknown: why it cannot be told. */
    status_doubt: z.enum(DOUBTS).exactOptional(),
    /** Of one that no longer answers: when the first of the runs in `silent_runs` began. */
    silent_since: TIME.exactOptional(),
    /** How many runs in a row reached its network and heard nothing of it, this one included. */
    silent_runs: COUNT.exactOptional(),
    /** All origins where the prefix has several, the first among them. */
    asns: z.array(COUNT).exactOptional(),
    /** What the engine adds to the probe's part of `detail`: codes of reasons.ts. */
    remarks: z.array(z.object({ code: TEXT, data: FACTS })).exactOptional(),
    facts: FACTS.exactOptional(),
    /** What the same answer would amount to for requests of other lengths: computed, never asked. */
    computed: z.array(COMPUTED).exactOptional(),
    /** Who answered, where that was not the probed address; `ip` only where it lies inside the scope. */
    answered_by: z
      .object({ ip: ADDRESS.exactOptional(), asn: COUNT.exactOptional(), as_name: TEXT.exactOptional() })
      .exactOptional(),
    /** The port that the reported replies came from, where it is not the one that was asked. */
    response_port: PORT.exactOptional(),
    /**
     * What one request made addresses send that were never asked, in the exchange where that was most: never part of
     * a factor, and the addresses are kept nowhere.
     */
    elicited_elsewhere: z
      .object({ datagrams: COUNT, bytes: COUNT, addresses: COUNT.exactOptional() })
      .exactOptional(),
    /** Every exchange, in the order they were made. */
    exchanges: z.array(EXCHANGE),
  })
  .meta({ title: 'A line of findings.jsonl' });
export type FindingRecord = Content<typeof FINDING_RECORD>;

const OWN_COLUMNS: ReadonlySet<string> = new Set(
  Object.keys(FINDING_COLUMNS.shape).filter((key) => !(key in STATUS_COLUMNS)),
);

/** The columns alone, and of them what a run knows by itself: without `status` and its companions. */
export function bareColumns(record: FindingRecord): FindingColumns {
  return Object.fromEntries(
    Object.entries(record).filter(([key]) => OWN_COLUMNS.has(key)),
  ) as unknown as FindingColumns;
}
