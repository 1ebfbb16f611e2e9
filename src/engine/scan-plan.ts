import type { StopReason } from '../domain/reasons.js';
import type { Address } from '../domain/address.js';
import type { Finding, Origin, SeverityThresholds } from '../domain/finding.js';
import type { RunPath, RunSuspect } from '../domain/run-record.js';
import type { ExposureHistory } from '../history/exposure-history.js';
import type { KnownResponders } from '../history/known-responders.js';
import type { fewPrefixes } from '../scope/few-prefixes.js';
import type { Scope } from '../scope/scope.js';
import type { TargetSpace } from '../scope/target-space.js';
import type { Key } from '../sweep/keyed-permutation.js';
import type { Sighting } from '../sweep/sightings.js';
import type { Shard } from '../sweep/shard.js';
import type { Counters } from './counters.js';
import type { ObservedKnown } from '../history/verdict.js';
import type { SelectedProbe } from './selected-probe.js';
import type { LateSpan } from './late-spans.js';
import type { Measured } from './measured.js';
import type { PartitionPlace } from './partition.js';

/** Everything a scan needs to know; no defaults, they live where the user meets them. */
export interface ScanPlan {
  readonly scope: Scope;
  readonly space: TargetSpace;
  readonly probes: readonly SelectedProbe[];
  readonly originOf: (address: Address) => Origin;
  readonly pace: {
    readonly rate: number;
    readonly perSubnet: number;
    readonly perHost: number;
    readonly replyBandwidthBps: number;
  };
  /** Threads of the sweep; with one it goes on beside the measurements. */
  readonly threads: number;
  readonly parallel: number;
  /** Passes of the sweep after the first, over those that did not answer. */
  readonly retries: number;
  /** Asked of the system for each socket, which gives what it allows. */
  readonly receiveBufferBytes: number;
  readonly cooldownMs: number;
  /** Absent: each probe's own. */
  readonly quietGapMs?: number | undefined;
  /** Absent: by what the sweep saw of each host. */
  readonly firstReplyMs?: number | undefined;
  /** Absent: each probe's own, or the general one. */
  readonly longestExchangeMs?: number | undefined;
  readonly formGapMs: number;
  readonly sourceAddress?: string | undefined;
  readonly seed: string;
  /** The secret by which replies prove themselves, never derived from the seed. */
  readonly tokenKey: Key;
  /** Absent: the defaults of the rule. */
  readonly severityThresholds?: SeverityThresholds | undefined;
  /** A long sweep pauses this often to measure, so that an address on lease is still the same host. */
  readonly batchMs: number;
  /** Exposures that earlier runs know and that were not proved closed: those that are silent are asked again. */
  readonly known: readonly ExposureHistory[];
  /** What answered earlier runs, exposures or not: where too few answer again, the path of the run is in doubt. */
  readonly responders: KnownResponders;
  /** Those of the scope file that may be asked: they must answer, or the path of the run is in doubt. */
  readonly canaries: readonly PlannedCanary[];
  /** Absent: all of the target space. */
  readonly shard?: Shard | undefined;
}

/** A host that must answer, and what it is asked for that. */
export interface PlannedCanary {
  readonly address: Address;
  readonly asks: SelectedProbe;
}

/** Where a run that was stopped goes on. */
export interface ScanStart {
  /** By partition of the sweep: one for each worker that had something to do. */
  readonly parts: readonly PartitionPlace[];
  readonly sightings: readonly Sighting[];
  readonly measured: Measured;
  /** When first replies were late ones. */
  readonly late: readonly LateSpan[];
  /** How long the replies of the session before were still to be paid off when it was saved. */
  readonly debtMs: number;
  readonly counters: Counters;
}

/** What came of a scan: the findings, and everything run.json says of how they came about. */
export interface ScanResult extends Omit<Counters, 'sent'> {
  /** How many were to be probed: a shard's own. */
  readonly addresses: number;
  /** Each once, and then let go: with its exchanges a finding is the largest thing that a run holds. */
  readonly findings: Generator<Finding>;
  readonly perProbe: readonly {
    /** Packets of the sweep that the kernel took without error. */
    readonly sent: number;
    readonly sentBytes: number;
    readonly responders: number;
    readonly exposures: number;
    readonly notExposed: Readonly<Record<string, number>>;
  }[];
  readonly measurementRequests: number;
  /** Datagrams that ended what a request had begun. */
  readonly farewells: number;
  readonly measured: number;
  readonly cappedMeasurements: number;
  /** By probe: the addresses of which it is unknown whether they answer. */
  readonly unknown: readonly ReturnType<typeof fewPrefixes>[];
  /** The share of measured responders that did not answer the same form again; absent where none was measured. */
  readonly lossEstimate?: number;
  readonly lateResponders: number;
  /** What became of known exposures that are not among the findings, by finding_id. */
  readonly observed: ReadonlyMap<string, ObservedKnown>;
  /** What shows whether it reached the network; absent where it was stopped. */
  readonly path?: RunPath;
  readonly suspect?: RunSuspect;
  /** Why it ended before its end. */
  readonly stoppedBy?: StopReason;
}

/** The number of each probe's first form in the order. */
export function firstFormsOf(probes: ScanPlan['probes']): readonly number[] {
  let forms = 0;
  return probes.map(({ probe }) => {
    const first = forms;
    forms += probe.sweepForms.length;
    return first;
  });
}

/** Requests of the first pass that are done. */
export function positionsDone(parts: readonly PartitionPlace[]): number {
  return parts.reduce((sum, { position }) => sum + position, 0);
}
