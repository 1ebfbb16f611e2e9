import type { Family } from '../domain/address.js';
import type { Instant } from '../domain/time.js';
import type { AddressSet } from '../scope/address-set.js';
import type { Route } from './routes.js';

/** What a scan is going to need of the machine. */
export interface PlannedScan {
  readonly targets: AddressSet;
  readonly probes: number;
  /** Packets per second. */
  readonly rate: number;
  readonly replyBandwidthBps: number;
  /** Responders measured at once: each takes a socket. */
  readonly parallel: number;
  /** Sockets of the sweep, open from the first packet to the last measurement. */
  readonly sweepSockets: number;
  /** The last millisecond of the authorisation. */
  readonly validUntilEnd: Instant;
  readonly sourceAddress?: string | undefined;
}

/** What the machine says of itself, read without sending a packet. What it does not tell is absent. */
export interface HostFacts {
  readonly now: Instant;
  /** Whether a time service says that it has set the clock. */
  readonly clockSynchronised?: boolean | undefined;
  /** One entry a sampled target: the address that the kernel would send from, or why it would not. */
  readonly sources: readonly SourceFact[];
  readonly routes: readonly Route[];
  /** gc_thresh3 of each family's neighbour table: its entries at most. */
  readonly neighbourLimits: Partial<Readonly<Record<Family, number>>>;
  /** Bytes of a socket's receive buffer: what was asked for and what the system gave, as it counts them. */
  readonly receiveBuffer?: { readonly asked: number; readonly given: number } | undefined;
  /** net.ipv4.ip_local_port_range. */
  readonly portRange?: { readonly first: number; readonly last: number } | undefined;
  /** Flows the firewall follows now, and at most. */
  readonly conntrack?: { readonly count: number; readonly most: number } | undefined;
  /** The soft limit of open files. */
  readonly openFiles?: number | undefined;
  readonly out: OutFact;
}

export interface SourceFact {
  readonly target: string;
  readonly address?: string | undefined;
  readonly interface?: string | undefined;
  /** The system's code, such as `ENETUNREACH`. */
  readonly error?: string | undefined;
}

export interface OutFact {
  /** As the user named it. */
  readonly folder: string;
  /** The system's code where a run's directory cannot be made in it. */
  readonly error?: string | undefined;
  /** Whether its `latest` is something else than the link to the newest run. */
  readonly latestIsTaken?: boolean | undefined;
  readonly freeBytes?: number | undefined;
}
