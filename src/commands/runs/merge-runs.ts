import type { ProbeResponders, RunCounts, RunLosses, RunProbe, RunRecord } from '../../domain/run-record.js';
import { UsageError } from '../../domain/usage-error.js';
import { addSendErrors } from '../../engine/counters.js';

/** A run and where it lies. */
export interface PlacedRun {
  readonly directory: string;
  readonly run: RunRecord;
}

/**
 * What the shards of one run did together, in the words of run.json.
 * @param named in any order: the result is the same.
 * @throws UsageError unless they are all shards of one whole, each once and complete.
 */
export function mergeRuns(named: readonly PlacedRun[], scanId: string): RunRecord {
  const shards = shardsOf(named).sort((a, b) => a.index - b.index);
  const placed = shards.map(({ place }) => place);
  const [first] = placed;
  if (first === undefined) throw new UsageError('no run is named', 'name the directories of all shards');
  for (const other of placed) refuseMixture(first, other);
  refuseGaps(shards);
  const runs = placed.map(({ run }) => run);
  const reloads = runs.flatMap(({ scope_reloads }) => scope_reloads ?? []);
  const preflight = runs.flatMap((run) => run.preflight ?? []);
  const suspect = mergeSuspect(runs);
  const path = mergePath(runs, suspect !== undefined);
  return {
    // Where a shard was stopped and went on, and among which runs of its folder, stands in its own run.json.
    ...without(first.run, [
      ...(['sessions', 'scope_reloads', 'preflight', 'suspect', 'path'] as const),
      ...(['late', 'partial', 'history'] as const),
    ]),
    scan_id: scanId,
    started: least(runs.map(({ started }) => started)),
    ended: most(runs.map(({ ended }) => ended)),
    merged_from: runs.map(({ scan_id, settings: { shard: part } }) => `${scan_id} (${part ?? ''})`),
    targets: { ...first.run.targets, addresses: sumOf(runs, ({ targets }) => targets.addresses) },
    settings: {
      ...without(first.run.settings, ['shard']),
      rate: sumOf(runs, (run) => run.settings.rate),
      reply_bandwidth_bps: sumOf(runs, (run) => run.settings.reply_bandwidth_bps),
    },
    probes: first.run.probes.map((probe, index) =>
      mergeProbes(
        probe,
        runs.flatMap((run) => run.probes[index] ?? []),
      ),
    ),
    sockets: runs.flatMap((run) => run.sockets),
    counts: mergeCounts(runs),
    losses: mergeLosses(runs),
    ...(suspect && { suspect }),
    ...(path && { path }),
    ...(reloads.length > 0 && { scope_reloads: reloads }),
    ...(preflight.length > 0 && { preflight }),
    asn_sources: first.run.asn_sources,
  };
}

interface PlacedShard {
  readonly place: PlacedRun;
  readonly directory: string;
  readonly index: number;
  readonly of: number;
}

function shardsOf(placed: readonly PlacedRun[]): PlacedShard[] {
  return placed.map((place) => {
    const { directory, run } = place;
    const [, index, of] = /^(\d+)\/(\d+)$/.exec(run.settings.shard ?? '') ?? [];
    if (index === undefined || of === undefined)
      throw new UsageError(`${directory}: no shard, but a run of its own`, 'name runs of scan --shard I/N');
    if (!run.complete)
      throw new UsageError(
        `${directory}: incomplete: ${run.incomplete_reason ?? 'unknown'}`,
        `go on with it first: ampscope scan --resume ${directory}`,
      );
    return { place, directory, index: Number(index), of: Number(of) };
  });
}

function refuseMixture(first: PlacedRun, other: PlacedRun): void {
  const differing = (
    [
      ['scope', ({ authorisation }: RunRecord) => authorisation.scope_sha256],
      ['seed', ({ settings }: RunRecord) => settings.seed],
      ['version', ({ ampscope_version }: RunRecord) => ampscope_version],
      ['targets', ({ targets }: RunRecord) => targets.networks.join()],
      ['number of shards', ({ settings }: RunRecord) => settings.shard?.split('/')[1]],
      [
        'set of probes or of their options',
        ({ probes }: RunRecord) =>
          probes.map(({ id, port, options = [] }) => [`${id}=${port}`, ...options].join(' ')).join(),
      ],
      [
        'severity threshold',
        ({ settings }: RunRecord) => `${settings.severity_critical} ${settings.severity_high}`,
      ],
      ['exclusions', ({ authorisation }: RunRecord) => authorisation.exclude.join()],
    ] as const
  ).find(([, of]) => of(first.run) !== of(other.run));
  if (differing === undefined) return;
  throw new UsageError(
    `${other.directory}: another ${differing[0]} than ${first.directory}`,
    'merge the shards of one scan only: same scope file, same seed, same options',
  );
}

function refuseGaps(shards: readonly PlacedShard[]): void {
  const of = shards[0]?.of ?? 0;
  const twice = shards.find(({ index }, i) => shards.findIndex((other) => other.index === index) !== i);
  if (twice !== undefined)
    throw new UsageError(`${twice.directory}: shard ${twice.index}/${of} is named twice`, 'name each once');
  const missing = Array.from({ length: of }, (_, i) => i + 1).filter(
    (index) => !shards.some((shard) => shard.index === index),
  );
  if (missing.length > 0)
    throw new UsageError(
      `missing: shard ${missing.map((index) => `${index}/${of}`).join(', ')}`,
      'name the runs of all shards: together they are one',
    );
}

function mergeProbes(first: RunProbe, probes: readonly RunProbe[]): RunProbe {
  const reasons = [...new Set(probes.flatMap(({ not_exposed }) => Object.keys(not_exposed)))].sort();
  return {
    ...first,
    sent: sumOf(probes, ({ sent }) => sent),
    sent_bytes: sumOf(probes, ({ sent_bytes }) => sent_bytes),
    responders: sumOf(probes, ({ responders }) => responders),
    exposures: sumOf(probes, ({ exposures }) => exposures),
    not_exposed: Object.fromEntries(
      reasons.map((reason) => [reason, sumOf(probes, ({ not_exposed }) => not_exposed[reason] ?? 0)]),
    ),
  };
}

/** One part that may not have reached the network is enough: the whole has a hole there. */
function mergeSuspect(runs: readonly RunRecord[]): RunRecord['suspect'] {
  const all = runs.flatMap(({ suspect }) => suspect ?? []);
  const [first] = all;
  if (first === undefined) return undefined;
  const alike = all.filter(({ reason }) => reason === first.reason);
  const networks = [...new Set(alike.flatMap((suspect) => suspect.networks ?? []))];
  return {
    reason: first.reason,
    expected: sumOf(alike, ({ expected }) => expected),
    answered: sumOf(alike, ({ answered }) => answered),
    ...(networks.length > 0 && { networks }),
  };
}

/**
 * Absent where a shard has none: it would expect too little of the next run. Of a suspect whole nothing is gone: what
 * one shard reached in vain is expected again.
 */
function mergePath(runs: readonly RunRecord[], isSuspect: boolean): RunRecord['path'] {
  const paths = runs.flatMap(({ path }) => path ?? []);
  if (paths.length < runs.length) return undefined;
  const canaries = paths.flatMap((path) => path.canaries ?? []);
  const dark = paths.flatMap((path) => path.dark ?? []);
  const reached = paths.flatMap((path) => path.gone ?? []);
  const silent = mergeResponders([
    ...paths.flatMap((path) => path.silent ?? []),
    ...(isSuspect ? reached : []),
  ]);
  const gone = mergeResponders(isSuspect ? [] : reached);
  return {
    expected: sumOf(paths, ({ expected }) => expected),
    answered: sumOf(paths, ({ answered }) => answered),
    ...(canaries.length > 0 && { canaries }),
    ...(dark.length > 0 && { dark }),
    responders: mergeResponders(paths.flatMap(({ responders }) => responders)),
    ...(silent.length > 0 && { silent }),
    ...(gone.length > 0 && { gone }),
  };
}

function mergeResponders(all: readonly ProbeResponders[]): readonly ProbeResponders[] {
  return [...new Set(all.map(({ probe }) => probe))].map((probe) => ({
    probe,
    addresses: [
      ...new Set(all.filter((entry) => entry.probe === probe).flatMap(({ addresses }) => addresses)),
    ],
  }));
}

function mergeCounts(runs: readonly RunRecord[]): RunCounts {
  const sum = (of: (counts: RunCounts) => number): number => sumOf(runs, ({ counts }) => of(counts));
  const passes = runs.map(({ counts }) => counts.pass_packets ?? []);
  return {
    sweep_packets: sum((counts) => counts.sweep_packets),
    pass_packets: Array.from({ length: Math.max(...passes.map(({ length }) => length)) }, (_, i) =>
      sumOf(passes, (pass) => pass[i] ?? 0),
    ),
    asked_again: sum((counts) => counts.asked_again ?? 0),
    measurement_requests: sum((counts) => counts.measurement_requests),
    responders: sum((counts) => counts.responders),
    measured: sum((counts) => counts.measured),
    findings: sum((counts) => counts.findings),
    received_datagrams: sum((counts) => counts.received_datagrams),
    received_bytes: sum((counts) => counts.received_bytes),
    unsolicited_datagrams: sum((counts) => counts.unsolicited_datagrams),
    ambiguous_datagrams: sum((counts) => counts.ambiguous_datagrams),
    alien_datagrams: sum((counts) => counts.alien_datagrams),
    late_responders: sum((counts) => counts.late_responders),
  };
}

function mergeLosses(runs: readonly RunRecord[]): RunLosses {
  const all = runs.map(({ losses }) => losses);
  /** What one of them does not know, nobody knows of the whole. */
  const known = (of: (losses: RunLosses) => number | undefined): number | undefined => {
    const values = all.flatMap((losses) => of(losses) ?? []);
    return values.length === all.length ? sumOf(values, (value) => value) : undefined;
  };
  const sweepDrops = known((losses) => losses.sweep_socket_drops);
  const measurementDrops = known((losses) => losses.measurement_socket_drops);
  const sendDrops = known((losses) => losses.send_buffer_drops);
  const events = all.flatMap((losses) => losses.events ?? []);
  const unknown = mergeUnknown(all);
  const measured = runs.map(({ counts, losses }) => ({
    weight: counts.measured,
    share: losses.loss_estimate,
  }));
  const weighed = measured.filter(({ share }) => share !== undefined);
  const weight = sumOf(weighed, (entry) => entry.weight);
  return {
    send_errors: all.map(({ send_errors }) => send_errors).reduce(addSendErrors, []),
    ...(sweepDrops !== undefined && { sweep_socket_drops: sweepDrops }),
    ...(measurementDrops !== undefined && { measurement_socket_drops: measurementDrops }),
    ...(sendDrops !== undefined && { send_buffer_drops: sendDrops }),
    capped_measurements: sumOf(all, (losses) => losses.capped_measurements),
    ...(events.length > 0 && { events }),
    ...(unknown.length > 0 && { unknown }),
    ...(weight > 0 && {
      loss_estimate: sumOf(weighed, (entry) => (entry.share ?? 0) * entry.weight) / weight,
    }),
    any: all.some(({ any }) => any),
  };
}

function mergeUnknown(all: readonly RunLosses[]): NonNullable<RunLosses['unknown']> {
  const entries = all.flatMap(({ unknown }) => unknown ?? []);
  return [...new Set(entries.map(({ probe }) => probe))].sort().map((probe) => {
    const own = entries.filter((entry) => entry.probe === probe);
    return {
      probe,
      addresses: sumOf(own, ({ addresses }) => addresses),
      prefixes: own.flatMap(({ prefixes }) => prefixes),
    };
  });
}

function without<T extends object, K extends keyof T>(value: T, keys: readonly K[]): Omit<T, K> {
  const copy = { ...value };
  for (const key of keys) Reflect.deleteProperty(copy, key);
  return copy;
}

function sumOf<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((sum, value) => sum + of(value), 0);
}

/** ISO 8601 in UTC sorts as text. */
function least(times: readonly string[]): string {
  return times.reduce((a, b) => (b < a ? b : a));
}

function most(times: readonly string[]): string {
  return times.reduce((a, b) => (b > a ? b : a));
}
