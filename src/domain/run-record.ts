import * as z from 'zod';
import type { Content } from './shape.js';
import { ADDRESS, ANY_TEXT, COUNT, DAY, FIGURE, HEX, PORT, TEXT, TIME } from './shape.js';

/*
 * What a run did, reproducibly: the content of run.json, key for key. The types, docs/schema/run.schema.json and what a
 * reader insists on follow from these shapes. Times are ISO 8601 UTC, sizes bytes, durations milliseconds, bandwidths
 * bits per second. Absent means unknown or not applicable.
 */

const RUN_SESSION = z.object({
  started: TIME,
  /** For one that was not left to end: when it was last saved. */
  ended: TIME,
  /** Of the sweep: positions from here on were asked in it. */
  from_position: COUNT,
});

/** Why it is unknown whether a silent address of this run was reached. */
const RUN_SUSPECT = z.object({
  /**
   * `canaries`: none of the canaries of a network of the scope answered. `responders`: fewer than half of at least two
   * addresses that answered earlier runs, and that this one asked the same, answered anything.
   */
  reason: z.enum(['canaries', 'responders']),
  /** That should have answered: canaries of `networks`, or known responders. */
  expected: COUNT.min(1),
  answered: COUNT,
  /** Of `canaries`: the networks of the scope of which none answered, as prefixes. */
  networks: z.array(TEXT).exactOptional(),
});
export type RunSuspect = Content<typeof RUN_SUSPECT>;

const PROBE_RESPONDERS = z.object({ probe: TEXT, addresses: z.array(ADDRESS) });
export type ProbeResponders = Content<typeof PROBE_RESPONDERS>;

const RUN_CANARY = z.object({
  ip: ADDRESS,
  probe: TEXT,
  port: PORT.min(1),
  /** The network of the scope that it lies in, as a prefix. */
  network: TEXT,
  /** Requests that it was sent. */
  requests: COUNT,
  /** Whether it said anything that the probe can read. */
  answered: z.boolean(),
});
export type RunCanary = Content<typeof RUN_CANARY>;

const DARK_COUNTS = { expected: COUNT.min(1), answered: COUNT };

/** Either a network (a prefix, or `AS64496`) or a probe, and its known responders. */
const DARK_PART = z.union([
  z.object({ network: TEXT, ...DARK_COUNTS }),
  z.object({ probe: TEXT, ...DARK_COUNTS }),
]);
export type DarkPart = Content<typeof DARK_PART>;

/** By what a run knows that it reached the network, and what the next run is to expect. */
const RUN_PATH = z.object({
  /** Addresses that answered earlier runs, and that this one asked the same; of these, how many did anything now. */
  expected: COUNT,
  answered: COUNT,
  /** The scope's, as they were asked when the sweep was over. Absent: the scope names none. */
  canaries: z.array(RUN_CANARY).exactOptional(),
  /** Parts of the network that fell silent together: a silence there proves nothing. Absent: none. */
  dark: z.array(DARK_PART).exactOptional(),
  /** By probe: the addresses that did anything, ascending. */
  responders: z.array(PROBE_RESPONDERS),
  /** By probe: known ones that were silent, while it is unknown whether this run reached them. Absent: none. */
  silent: z.array(PROBE_RESPONDERS).exactOptional(),
  /** By probe: known ones that this run reached and that were silent. They are not expected again. Absent: none. */
  gone: z.array(PROBE_RESPONDERS).exactOptional(),
});
export type RunPath = Content<typeof RUN_PATH>;

/** What a run left out of what the scope's usual run asks. */
const RUN_PARTIAL = z.object({
  /** That usual run: its scan_id. */
  compared_with: TEXT,
  /** Addresses that it was to ask and this run was not; absent: none. */
  missing_addresses: COUNT.min(1).exactOptional(),
  /** Ids of probes that it asked and this run did not; absent: none. */
  missing_probes: z.array(TEXT).exactOptional(),
});
export type RunPartial = Content<typeof RUN_PARTIAL>;

/** What a run asked beyond the scope's usual run. */
const RUN_FIRST_ASKED = z.object({
  /** That usual run: its scan_id. */
  compared_with: TEXT,
  /** Ids of probes that it did not ask: what they find is new, however long it has been open. */
  probes: z.array(TEXT).min(1),
});
export type RunFirstAsked = Content<typeof RUN_FIRST_ASKED>;

/** What ended before a run that had begun earlier. */
const RUN_LATE = z.object({
  newer_runs: COUNT.min(1),
  /** Of the newest of them. */
  newest: TEXT,
});
export type RunLate = Content<typeof RUN_LATE>;

const RUN_NETWORK = z.object({
  prefix: TEXT,
  asn: COUNT.exactOptional(),
  as_name: ANY_TEXT.exactOptional(),
  customer: ANY_TEXT.exactOptional(),
});
export type RunNetwork = Content<typeof RUN_NETWORK>;

/** The templates stand here as they were read, so that the same notices can be made again. */
const RUN_NOTICES = z.object({
  /** `eml`: a draft of a mail beside each text. */
  format: z.enum(['text', 'eml']).exactOptional(),
  /** Whose letters are written: owners with something new or reopened, with any change, or all with something exposed. */
  letters: z.enum(['new', 'changed', 'all']).exactOptional(),
  templates: z.object({ en: ANY_TEXT, ja: ANY_TEXT }).exactOptional(),
});
export type RunNotices = Content<typeof RUN_NOTICES>;

const RUN_SETTINGS = z.object({
  /** Packets per second. */
  rate: FIGURE,
  per_subnet: FIGURE,
  per_host: FIGURE,
  reply_bandwidth_bps: FIGURE,
  /** Responders measured at once. */
  parallel: COUNT,
  /** Passes of the sweep after the first, over those that did not answer; absent in runs of earlier versions. */
  retries: COUNT.exactOptional(),
  /** Of the sweep; absent in runs of earlier versions. */
  threads: COUNT.exactOptional(),
  /** Bytes of receive buffer asked of the system for each socket. */
  receive_buffer: COUNT.exactOptional(),
  cooldown_ms: FIGURE,
  /** Absent: each probe's own. */
  quiet_gap_ms: FIGURE.exactOptional(),
  /** Absent: by what the sweep saw of each host. */
  first_reply_ms: FIGURE.exactOptional(),
  /** Absent: each probe's own. */
  longest_exchange_ms: FIGURE.exactOptional(),
  form_gap_ms: FIGURE,
  /** Complete runs in a row whose silence proves a fix, where each of them proved its path; absent in runs of earlier versions. */
  fixed_after_silent_runs: COUNT.min(1).exactOptional(),
  /** A long sweep pauses this often to measure. */
  stretch_ms: FIGURE.exactOptional(),
  /** Which part of the subnets: `2/4`. Absent: all. `rate` and `reply_bandwidth_bps` are the part's. */
  shard: z
    .string()
    .regex(/^\d+\/\d+$/, 'is no shard')
    .exactOptional(),
  seed: ANY_TEXT,
  source_address: TEXT.exactOptional(),
  /** Whether the CSV files begin with a byte order mark. */
  bom: z.boolean(),
  /** What else the CSV files are written for: with a byte order mark and times that a spreadsheet takes for such. */
  profile: z.literal('excel').exactOptional(),
  /** How the notices are written, where the user chose. */
  notices: RUN_NOTICES.exactOptional(),
  /** Wire amplification from which a finding is critical, and high; absent in runs of versions with fixed ones. */
  severity_critical: z.number().min(2).exactOptional(),
  severity_high: z.number().min(2).exactOptional(),
  /** The permissions of the files, in octal: `0600`. The directories' follow from it. */
  file_mode: z.string().regex(/^0[0-7]{3}$/, 'is no mode'),
});
export type RunSettings = Content<typeof RUN_SETTINGS>;

const RUN_PROBE = z.object({
  id: TEXT,
  protocol: TEXT,
  report: TEXT,
  port: PORT,
  standard: TEXT,
  /** The flags of its options that the user chose: `rrl-check`. Absent: none. */
  options: z.array(TEXT).exactOptional(),
  /** Each sweep form, with the request of nonce 0 in hex. */
  forms: z.array(z.object({ name: TEXT, request_hex: HEX, request_size: COUNT })),
  /** Packets of the sweep handed to the kernel without error. */
  sent: COUNT,
  sent_bytes: COUNT,
  /** Responders sighted. */
  responders: COUNT,
  exposures: COUNT,
  /** Responders that are no exposure, by reason: a code of reasons.ts, or a refusal in the words of its protocol. */
  not_exposed: z.record(z.string(), COUNT),
});
export type RunProbe = Content<typeof RUN_PROBE>;

const RUN_SOCKET = z.object({
  probe: TEXT,
  local_address: ADDRESS,
  local_port: PORT,
  /** What the system gave, read back. */
  receive_buffer: COUNT,
  /** Datagrams the kernel dropped for want of buffer; absent where the system does not tell. */
  drops: COUNT.exactOptional(),
});

const RUN_COUNTS = z.object({
  sweep_packets: COUNT,
  /** Handed to the kernel in each pass: the first over all, the others over those that did not answer. */
  pass_packets: z.array(COUNT).exactOptional(),
  /** Handed to the kernel at the end, for those that a loss made suspect. */
  asked_again: COUNT.exactOptional(),
  measurement_requests: COUNT,
  /** Datagrams that ended what a request had begun, in the word of the protocol; absent in runs of earlier versions. */
  farewells: COUNT.exactOptional(),
  responders: COUNT,
  measured: COUNT,
  findings: COUNT,
  received_datagrams: COUNT,
  received_bytes: COUNT,
  /** Datagrams that answer nothing we had asked by then. */
  unsolicited_datagrams: COUNT,
  /** Datagrams that could answer more than one request: attributed to none. */
  ambiguous_datagrams: COUNT,
  /** Datagrams on a probed address and port that no reader knows. */
  alien_datagrams: COUNT,
  late_responders: COUNT,
});
export type RunCounts = Content<typeof RUN_COUNTS>;

export const LOSS_KINDS = [
  'send_error',
  'send_buffer',
  'socket_drops',
  'measurement_socket_drops',
  'late_replies',
  'capped',
] as const;

const RUN_LOSS_EVENT = z.object({
  kind: z.enum(LOSS_KINDS),
  /** The system's code of a send error. */
  code: TEXT.exactOptional(),
  probe: TEXT.exactOptional(),
  count: COUNT,
  first: TIME,
  last: TIME,
  /**
   * The first and the last position of the sweep that it makes suspect; in the k-th pass after the first from
   * k × (addresses × forms) on. Absent where it concerns a measurement only.
   */
  positions: z.tuple([COUNT, COUNT]).exactOptional(),
});
export type RunLossEvent = Content<typeof RUN_LOSS_EVENT>;

const RUN_LOSSES = z.object({
  /** Sends that the system refused, by its code. */
  send_errors: z.array(
    z.object({
      code: TEXT,
      count: COUNT,
      /** A `not_probed` (a local broadcast address) is no loss. */
      meaning: z.enum(['unreachable', 'not_probed', 'error']),
      /** The first addresses it happened to, at most 20. */
      addresses: z.array(TEXT),
    }),
  ),
  sweep_socket_drops: COUNT.exactOptional(),
  measurement_socket_drops: COUNT.exactOptional(),
  /**
   * Datagrams the kernel took without error and threw away while the run lasted, of every program in its network
   * namespace: it does not say whose they were. Absent where the system does not tell.
   */
  send_buffer_drops: COUNT.exactOptional(),
  /** Measurements whose figures are lower bounds. */
  capped_measurements: COUNT,
  /** What was lost when, and which requests of the sweep it makes suspect. */
  events: z.array(RUN_LOSS_EVENT).exactOptional(),
  /** Addresses that were asked again after a loss and became suspect by another: whether they answer is unknown. */
  unknown: z.array(z.object({ probe: TEXT, addresses: COUNT, prefixes: z.array(TEXT) })).exactOptional(),
  /** The share of responders that did not answer the same form again in the measurement, from 0 to 1. */
  loss_estimate: FIGURE.max(1).exactOptional(),
  /** Whether any loss remains that makes "silent" mean "unknown" or a figure too small: exit code 4. */
  any: z.boolean(),
});
export type RunLosses = Content<typeof RUN_LOSSES>;

/** The scope was read again while the run was under way. */
export const SCOPE_RELOAD = z.object({
  time: TIME,
  /** Why nothing more was sent from then on; the keys below are absent then. */
  problem: TEXT.exactOptional(),
  scope_sha256: TEXT.exactOptional(),
  /** What this run was to probe and from then on did not, as prefixes. */
  newly_excluded: z.array(TEXT).exactOptional(),
  newly_excluded_addresses: COUNT.exactOptional(),
  /** What held from then on; `rate` in packets per second. */
  rate: FIGURE.exactOptional(),
  reply_bandwidth_bps: FIGURE.exactOptional(),
  valid_until: DAY.exactOptional(),
  /** What was changed and takes effect with the next run only. */
  next_run: z.array(TEXT).exactOptional(),
});
export type ScopeReloadRecord = Content<typeof SCOPE_RELOAD>;

/** What one run found, as small as a trend over all runs needs it. */
export const TREND_POINT = z.object({
  scan_id: TEXT,
  /** When it began. */
  at: TIME,
  /** That were to be asked; absent in runs of earlier versions. */
  addresses: COUNT.exactOptional(),
  /** It lost something, or asked less than that: fewer rows do not mean that they are gone. */
  not_whole: z.literal(true).exactOptional(),
  /** It asked less than the usual run of the scope: no column of a trend. */
  partial: z.literal(true).exactOptional(),
  /** Rows by status, by probe. A run of a version without a history counts all it saw as `new`. */
  statuses: z.record(z.string(), z.record(z.string(), COUNT)),
});
export type TrendPoint = Content<typeof TREND_POINT>;

/** The reasons are those of reasons.ts, with their data; in runs of earlier versions a sentence in English. */
export const LEFT_OUT = z.object({
  prefix: TEXT,
  reason: TEXT,
  /** Of `ipv6-too-wide`: the length of the shortest prefix that is swept. */
  shortest: COUNT.exactOptional(),
  /** Of `source-family`: that of the source address. */
  family: z.literal([4, 6]).exactOptional(),
});

export const RUN_RECORD = z
  .object({
    format: z.literal(1),
    scan_id: TEXT,
    ampscope_version: TEXT,
    started: TIME,
    ended: TIME,
    /** Where the run was stopped and went on: each span of time in which it was going on. */
    sessions: z.array(RUN_SESSION).exactOptional(),
    /** Of a run that was made of shards: theirs. Positions in `losses.events` are those of each shard's own order. */
    merged_from: z.array(TEXT).exactOptional(),
    /** False when the run was stopped before its end: what it holds is true, what it lacks is not known. */
    complete: z.boolean(),
    /** `signal`, `expiry` or `scope`; in runs of earlier versions a sentence in English. */
    incomplete_reason: TEXT.exactOptional(),
    /** Its path to the network is not proved: its silence says nothing, and its exit code is 4. Absent: proved, or nothing to prove it by. */
    suspect: RUN_SUSPECT.exactOptional(),
    /** What shows whether its packets got through; absent where it was stopped, and in runs of earlier versions. */
    path: RUN_PATH.exactOptional(),
    /**
     * It was stopped and went on, or was merged, after newer runs had ended: it is evidence of its own time, and its
     * statuses are those of then. Absent in any other run.
     */
    late: RUN_LATE.exactOptional(),
    /** It asked less than the usual run of the scope: it speaks of what it asked alone. Absent: as much, or nothing to compare with. */
    partial: RUN_PARTIAL.exactOptional(),
    /** It asked probes that the usual run of the scope did not. Absent: none, or nothing to compare with. */
    first_asked: RUN_FIRST_ASKED.exactOptional(),
    authorisation: z.object({
      organisation: ANY_TEXT,
      authorised_by: ANY_TEXT,
      contact: ANY_TEXT,
      valid_until: DAY,
      /** SHA-256 of the scope file as it was read, in hex. */
      scope_sha256: z.string().regex(/^[0-9a-f]{64}$/, 'is no SHA-256'),
      networks: z.array(RUN_NETWORK),
      exclude: z.array(ANY_TEXT),
    }),
    targets: z.object({
      /** As the user wrote them; empty when all of the scope was meant. */
      given: z.array(ANY_TEXT),
      /** What was in fact to be probed, as prefixes. */
      networks: z.array(TEXT),
      addresses: COUNT,
      excluded_addresses: COUNT,
      /** Networks of the scope that this run did not cover, each with its reason. */
      left_out: z.array(LEFT_OUT),
    }),
    settings: RUN_SETTINGS,
    probes: z.array(RUN_PROBE),
    sockets: z.array(RUN_SOCKET),
    counts: RUN_COUNTS,
    losses: RUN_LOSSES,
    /** In the order in which they came; absent where there was none. */
    scope_reloads: z.array(SCOPE_RELOAD).exactOptional(),
    /** What the preflight warned of, or this system did not tell; absent in runs of versions without one. */
    preflight: z
      .array(
        z.object({
          name: TEXT,
          status: TEXT,
          /** Of reasons.ts, and what it is about; absent in runs of earlier versions. */
          code: TEXT.exactOptional(),
          data: z.record(z.string(), z.union([z.string(), z.number()])).exactOptional(),
          finding: TEXT,
          hint: TEXT.exactOptional(),
        }),
      )
      .exactOptional(),
    /** What this run knew of earlier ones; absent for a shard, and in runs of versions without a history. */
    history: z
      .object({
        earlier_runs: COUNT,
        /** Known exposures that were no target of this run: outside its ranges, excluded, or no longer in the scope. */
        not_targeted: COUNT,
        /** The latest of the earlier runs, oldest first, so that a report of this one can show how it came here. */
        trend: z.array(TREND_POINT).exactOptional(),
      })
      .exactOptional(),
    asn_sources: z.array(z.object({ file: TEXT, format: TEXT, prefixes: COUNT })),
  })
  .meta({ title: 'run.json' });
export type RunRecord = Content<typeof RUN_RECORD>;
