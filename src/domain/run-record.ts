/**
 * What a run did, reproducibly: the content of `run.json`, key for key. Times are ISO 8601 UTC, sizes bytes,
 * durations milliseconds, bandwidths bits per second. Absent means unknown or not applicable.
 */
export interface RunRecord {
  readonly format: 1;
  readonly scan_id: string;
  readonly ampscope_version: string;
  readonly started: string;
  readonly ended: string;
  /** Where the run was stopped and went on: each stretch of time in which it was going on. */
  readonly sessions?: readonly RunSession[];
  /** Of a run that was made of shards: theirs. Positions in `losses.events` are those of each shard's own order. */
  readonly merged_from?: readonly string[];
  /** False when the run was stopped before its end: what it holds is true, what it lacks is not known. */
  readonly complete: boolean;
  readonly incomplete_reason?: string;
  /** Its path to the network is not proved: its silence says nothing, and its exit code is 4. Absent: proved, or nothing to prove it by. */
  readonly suspect?: RunSuspect;
  /** What shows whether its packets got through; absent where it was stopped, and in runs of earlier versions. */
  readonly path?: RunPath;
  /** It asked less than the usual run of the scope: it speaks of what it asked alone. Absent: as much, or nothing to compare with. */
  readonly partial?: RunPartial;
  /**
   * It was stopped and went on, or was merged, after newer runs had ended: it is evidence of its own time, and its
   * statuses are those of then. Absent in any other run.
   */
  readonly late?: RunLate;
  readonly authorisation: {
    readonly organisation: string;
    readonly authorised_by: string;
    readonly contact: string;
    readonly valid_until: string;
    /** SHA-256 of the scope file as it was read, in hex. */
    readonly scope_sha256: string;
    readonly networks: readonly RunNetwork[];
    readonly exclude: readonly string[];
  };
  readonly targets: {
    /** As the user wrote them; empty when all of the scope was meant. */
    readonly given: readonly string[];
    /** What was in fact to be probed, as prefixes. */
    readonly networks: readonly string[];
    readonly addresses: number;
    readonly excluded_addresses: number;
    /** Networks of the scope that this run did not cover, each with its reason. */
    readonly left_out: readonly { readonly prefix: string; readonly reason: string }[];
  };
  readonly settings: RunSettings;
  readonly probes: readonly RunProbe[];
  readonly sockets: readonly RunSocket[];
  readonly counts: RunCounts;
  readonly losses: RunLosses;
  /** In the order in which they came; absent where there was none. */
  readonly scope_reloads?: readonly ScopeReloadRecord[];
  /** What the preflight warned of, or this system did not tell; absent in runs of versions without one. */
  readonly preflight?: readonly {
    readonly name: string;
    readonly status: string;
    readonly finding: string;
    readonly hint?: string;
  }[];
  /** What this run knew of earlier ones; absent for a shard, and in runs of versions without a history. */
  readonly history?: {
    readonly earlier_runs: number;
    /** Known exposures that were no target of this run: outside its ranges, excluded, or no longer in the scope. */
    readonly not_targeted: number;
    /** The latest of the earlier runs, oldest first, so that a report of this one can show how it came here. */
    readonly trend?: readonly TrendPoint[];
  };
  readonly asn_sources: readonly {
    readonly file: string;
    readonly format: string;
    readonly prefixes: number;
  }[];
}

/** Why nobody can say of a silent address of this run whether it was reached. */
export interface RunSuspect {
  /**
   * `canaries`: none of the canaries of a network of the scope answered. `responders`: fewer than half of at least two
   * addresses that answered earlier runs, and that this one asked the same, answered anything.
   */
  readonly reason: 'canaries' | 'responders';
  /** That should have answered: canaries of `networks`, or known responders. */
  readonly expected: number;
  readonly answered: number;
  /** Of `canaries`: the networks of the scope of which none answered, as prefixes. */
  readonly networks?: readonly string[];
}

/** By what a run knows that it reached the network, and what the next run is to expect. */
export interface RunPath {
  /** Addresses that answered earlier runs, and that this one asked the same; of these, how many did anything now. */
  readonly expected: number;
  readonly answered: number;
  /** The scope's, as they were asked when the sweep was over. Absent: the scope names none. */
  readonly canaries?: readonly RunCanary[];
  /** Parts of the network that fell silent together: a silence there proves nothing. Absent: none. */
  readonly dark?: readonly DarkPart[];
  /** By probe: the addresses that did anything, ascending. */
  readonly responders: readonly ProbeResponders[];
  /** By probe: known ones that were silent, while nobody can say whether this run reached them. Absent: none. */
  readonly silent?: readonly ProbeResponders[];
  /** By probe: known ones that this run reached and that were silent. They are not expected again. Absent: none. */
  readonly gone?: readonly ProbeResponders[];
}

export interface ProbeResponders {
  readonly probe: string;
  readonly addresses: readonly string[];
}

export interface RunCanary {
  readonly ip: string;
  readonly probe: string;
  readonly port: number;
  /** The network of the scope that it lies in, as a prefix. */
  readonly network: string;
  /** Requests that it was sent. */
  readonly requests: number;
  /** Whether it said anything that the probe can read. */
  readonly answered: boolean;
}

/** Either a network (a prefix, or `AS64496`) or a probe, and its known responders. */
export type DarkPart = ({ readonly network: string } | { readonly probe: string }) & {
  readonly expected: number;
  readonly answered: number;
};

/** What a run left out of what the scope's usual run asks. */
export interface RunPartial {
  /** That usual run: its scan_id. */
  readonly compared_with: string;
  /** Addresses that it was to ask and this run was not; absent: none. */
  readonly missing_addresses?: number;
  /** Ids of probes that it asked and this run did not; absent: none. */
  readonly missing_probes?: readonly string[];
}

/** What ended before a run that had begun earlier. */
export interface RunLate {
  readonly newer_runs: number;
  /** Of the newest of them. */
  readonly newest: string;
}

/** The scope was read again while the run was under way. */
export interface ScopeReloadRecord {
  readonly time: string;
  /** Why nothing more was sent from then on; the keys below are absent then. */
  readonly problem?: string;
  readonly scope_sha256?: string;
  /** What this run was to probe and from then on did not, as prefixes. */
  readonly newly_excluded?: readonly string[];
  readonly newly_excluded_addresses?: number;
  /** What held from then on; `rate` in packets per second. */
  readonly rate?: number;
  readonly reply_bandwidth_bps?: number;
  readonly valid_until?: string;
  /** What was changed and takes effect with the next run only. */
  readonly next_run?: readonly string[];
}

export interface RunSession {
  readonly started: string;
  /** For one that was not left to end: when it was last saved. */
  readonly ended: string;
  /** Of the sweep: positions from here on were asked in it. */
  readonly from_position: number;
}

export interface RunNetwork {
  readonly prefix: string;
  readonly asn?: number;
  readonly as_name?: string;
  readonly customer?: string;
}

export interface RunSettings {
  /** Packets per second. */
  readonly rate: number;
  readonly per_subnet: number;
  readonly per_host: number;
  readonly reply_bandwidth_bps: number;
  /** Responders measured at once. */
  readonly parallel: number;
  /** Passes of the sweep after the first, over those that did not answer; absent in runs of earlier versions. */
  readonly retries?: number;
  /** Of the sweep; absent in runs of earlier versions. */
  readonly threads?: number;
  /** Bytes of receive buffer asked of the system for each socket. */
  readonly receive_buffer?: number;
  readonly cooldown_ms: number;
  /** Absent: each probe's own. */
  readonly quiet_gap_ms?: number;
  readonly form_gap_ms: number;
  /** Complete runs in a row whose silence proves a fix, where each of them proved its path; absent in runs of earlier versions. */
  readonly fixed_after_silent_runs?: number;
  /** A long sweep pauses this often to measure. */
  readonly stretch_ms?: number;
  /** Which part of the subnets: `2/4`. Absent: all. `rate` and `reply_bandwidth_bps` are the part's. */
  readonly shard?: string;
  readonly seed: string;
  readonly source_address?: string;
  /** Whether the CSV files begin with a byte order mark. */
  readonly bom: boolean;
  /** For whom the CSV files are written besides: with a byte order mark and times that a spreadsheet takes for such. */
  readonly profile?: 'excel';
  /** How the notices are written, where the user chose. */
  readonly notices?: RunNotices;
  /** Wire amplification from which a finding is critical, and high; absent in runs of versions with fixed ones. */
  readonly severity_critical?: number;
  readonly severity_high?: number;
  /** The permissions of the files, in octal: `0600`. The directories' follow from it. */
  readonly file_mode: string;
}

/** The templates stand here as they were read, so that the same notices can be made again. */
export interface RunNotices {
  /** `eml`: a draft of a mail beside each text. */
  readonly format?: 'text' | 'eml';
  /** Whose letters are written: owners with something new or reopened, with any change, or all with something exposed. */
  readonly letters?: 'new' | 'changed' | 'all';
  readonly templates?: { readonly en: string; readonly ja: string };
}

export interface RunProbe {
  readonly id: string;
  readonly protocol: string;
  readonly report: string;
  readonly port: number;
  readonly standard: string;
  /** The flags of its options that the user chose: `rrl-check`. Absent: none. */
  readonly options?: readonly string[];
  /** Each sweep form, with the request of nonce 0 in hex. */
  readonly forms: readonly {
    readonly name: string;
    readonly request_hex: string;
    readonly request_size: number;
  }[];
  /** Packets of the sweep handed to the kernel without error. */
  readonly sent: number;
  readonly sent_bytes: number;
  /** Responders sighted. */
  readonly responders: number;
  readonly exposures: number;
  /** Responders that are no exposure, by reason. */
  readonly not_exposed: Readonly<Record<string, number>>;
}

export interface RunSocket {
  readonly probe: string;
  readonly local_address: string;
  readonly local_port: number;
  /** What the system gave, read back. */
  readonly receive_buffer: number;
  /** Datagrams the kernel dropped for want of buffer; absent where the system does not tell. */
  readonly drops?: number;
}

export interface RunCounts {
  readonly sweep_packets: number;
  /** Handed to the kernel in each pass: the first over all, the others over those that did not answer. */
  readonly pass_packets?: readonly number[];
  /** Handed to the kernel at the end, for those whom a loss had touched. */
  readonly asked_again?: number;
  readonly measurement_requests: number;
  readonly responders: number;
  readonly measured: number;
  readonly findings: number;
  readonly received_datagrams: number;
  readonly received_bytes: number;
  /** Datagrams that answer nothing we had asked by then. */
  readonly unsolicited_datagrams: number;
  /** Datagrams that could answer more than one request: attributed to none. */
  readonly ambiguous_datagrams: number;
  /** Datagrams on a probed address and port that no reader knows. */
  readonly alien_datagrams: number;
  readonly late_responders: number;
}

export interface RunLosses {
  /** Sends that the system refused, by its code. */
  readonly send_errors: readonly {
    readonly code: string;
    readonly count: number;
    /** `unreachable`, `not_probed` or `error`; a `not_probed` (a local broadcast address) is no loss. */
    readonly meaning: 'unreachable' | 'not_probed' | 'error';
    /** The first addresses it happened to, at most 20. */
    readonly addresses: readonly string[];
  }[];
  readonly sweep_socket_drops?: number;
  readonly measurement_socket_drops?: number;
  /**
   * Datagrams the kernel took without error and threw away while the run lasted, of every program in its network
   * namespace: it does not say whose they were. Absent where the system does not tell.
   */
  readonly send_buffer_drops?: number;
  /** Measurements whose figures are lower bounds. */
  readonly capped_measurements: number;
  /** What was lost when, and which requests of the sweep it touches. */
  readonly events?: readonly RunLossEvent[];
  /** Who was asked again after a loss and touched by one again: nobody knows whether they answer. */
  readonly unknown?: readonly {
    readonly probe: string;
    readonly addresses: number;
    readonly prefixes: readonly string[];
  }[];
  /** The share of responders that did not answer the same form again in the measurement, from 0 to 1. */
  readonly loss_estimate?: number;
  /** Whether any loss remains that makes "silent" mean "unknown" or a figure too small: exit code 4. */
  readonly any: boolean;
}

export interface RunLossEvent {
  readonly kind:
    'send_error' | 'send_buffer' | 'socket_drops' | 'measurement_socket_drops' | 'late_replies' | 'capped';
  /** The system's code of a send error. */
  readonly code?: string;
  readonly probe?: string;
  readonly count: number;
  readonly first: string;
  readonly last: string;
  /**
   * The first and the last position of the sweep that it touches; in the k-th pass after the first from
   * k × (addresses × forms) on. Absent where it touches a measurement only.
   */
  readonly positions?: readonly [number, number];
}

/** What one run found, as small as a trend over all runs needs it. */
export interface TrendPoint {
  readonly scan_id: string;
  /** When it began: ISO 8601 UTC. */
  readonly at: string;
  /** That were to be asked; absent in runs of earlier versions. */
  readonly addresses?: number;
  /** It lost something, or asked less than that: fewer rows do not mean that they are gone. */
  readonly not_whole?: true;
  /** It asked less than the usual run of the scope: no column of a trend. */
  readonly partial?: true;
  /** Rows by status, by probe. A run of a version without a history counts all it saw as `new`. */
  readonly statuses: Readonly<Record<string, Readonly<Record<string, number>>>>;
}
