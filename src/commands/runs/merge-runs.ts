import { stopText } from '../../../reports/reasons.js';
import { withoutUnknowns } from '../../../reports/record.js';
import { add, addByKey } from '../../domain/counters.js';
import type { ProbeResponders, RunLosses, RunProbe, RunRecord } from '../../domain/run-record.js';
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
  // Every key of run.json by its name: a new one that is not decided here does not compile.
  const whole: Named<RunRecord> = {
    format: first.run.format,
    scan_id: scanId,
    ampscope_version: first.run.ampscope_version,
    started: least(runs.map(({ started }) => started)),
    ended: most(runs.map(({ ended }) => ended)),
    // Where a shard was stopped and went on, and among which runs of its folder, stands in its own run.json.
    sessions: undefined,
    late: undefined,
    partial: undefined,
    first_asked: undefined,
    history: undefined,
    merged_from: runs.map(({ scan_id, settings: { shard: part } }) => `${scan_id} (${part ?? ''})`),
    complete: true,
    incomplete_reason: undefined,
    suspect,
    path: mergePath(runs, suspect !== undefined),
    authorisation: first.run.authorisation,
    targets: { ...first.run.targets, addresses: sumOf(runs, ({ targets }) => targets.addresses) },
    settings: {
      ...without(first.run.settings, ['shard']),
      rate: sumOf(runs, (run) => run.settings.rate),
      reply_bandwidth_bps: sumOf(runs, (run) => run.settings.reply_bandwidth_bps),
    },
    probes: first.run.probes.map((_, index) =>
      runs.flatMap((run) => run.probes[index] ?? []).reduce(addProbes),
    ),
    sockets: runs.flatMap((run) => run.sockets),
    counts: runs.map(({ counts }) => counts).reduce((a, b) => add(a, b)),
    losses: mergeLosses(runs),
    scope_reloads: reloads.length > 0 ? reloads : undefined,
    preflight: preflight.length > 0 ? preflight : undefined,
    asn_sources: first.run.asn_sources,
  };
  return withoutUnknowns<RunRecord>(whole);
}

/** Each key of a record, the optional ones too. */
type Named<T> = { readonly [K in keyof Required<T>]: T[K] | undefined };

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
        `${directory}: incomplete: ${stopText(run).en}`,
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

const ASKED = ['id', 'protocol', 'report', 'port', 'standard', 'options', 'forms'] as const;

/** What was asked is the same in both; what else a probe has is counters. */
function addProbes(a: RunProbe, b: RunProbe): RunProbe {
  const { id, protocol, report, port, standard, options, forms } = a;
  const notCounters = [...ASKED, 'not_exposed'] as const;
  return {
    ...{ id, protocol, report, port, standard, forms, ...(options && { options }) },
    ...add(without(a, notCounters), without(b, notCounters)),
    not_exposed: addByKey(a.not_exposed, b.not_exposed),
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

function mergeLosses(runs: readonly RunRecord[]): RunLosses {
  const all = runs.map(({ losses }) => losses);
  const events = all.flatMap((losses) => losses.events ?? []);
  const unknown = mergeUnknown(all);
  const weighed = runs.flatMap(({ counts: { measured }, losses: { loss_estimate: share } }) =>
    share === undefined ? [] : { share, measured },
  );
  const weight = sumOf(weighed, ({ measured }) => measured);
  const notCounters = ['send_errors', 'events', 'unknown', 'loss_estimate', 'any'] as const;
  return {
    ...all.map((losses) => without(losses, notCounters)).reduce((a, b) => add(a, b)),
    send_errors: all.map(({ send_errors }) => send_errors).reduce(addSendErrors, []),
    ...(events.length > 0 && { events }),
    ...(unknown.length > 0 && { unknown }),
    ...(weight > 0 && {
      loss_estimate: sumOf(weighed, ({ share, measured }) => share * measured) / weight,
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
