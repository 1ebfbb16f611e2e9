import { basename, dirname } from 'node:path';
import { removeFolder } from '../../archive/disk.js';
import type { RunDirectory } from '../../archive/run-directory.js';
import { createRunDirectory, makeRunsFolder } from '../../archive/run-directory.js';
import type { Lock } from '../../archive/run-lock.js';
import { holderNow, lockScope } from '../../archive/run-lock.js';
import type { RunFirstAsked, RunNotices, RunPartial, RunRecord } from '../../domain/run-record.js';
import type { Instant } from '../../domain/time.js';
import { formatInstant, formatStamp } from '../../domain/time.js';
import { UsageError } from '../../domain/usage-error.js';
import type { ScanPlan } from '../../engine/scan-plan.js';
import type { Check } from '../../preflight/check.js';
import type { LiveScope } from '../../scope/live-scope.js';
import { createLiveScope } from '../../scope/live-scope.js';
import type { ScanSettings } from '../../settings/all-settings.js';
import { formatShard } from '../../sweep/shard.js';
import { checkHost } from '../inputs/check-host.js';
import type { Given, Io } from '../command.js';
import { plannedScan } from '../inputs/planned-scan.js';
import { readNotices } from '../inputs/read-notices.js';
import type { ScanInputs } from '../inputs/scan-inputs.js';
import { readScanInputs } from '../inputs/scan-inputs.js';
import { lockRuns } from './lock-runs.js';
import type { RunHistory } from './run-history.js';
import { openRunHistory } from './run-history.js';
import type { ResumedScan } from './resume.js';
import { resumeScan } from './resume.js';
import { cannotKeep } from './run-checkpointer.js';
import { tidyRuns } from './tidy-runs.js';
import { findUsualRun, firstAskedOf, partialNote, partialOf } from './usual-run.js';

/** A run that has its locks, its directory and what earlier runs know, and has sent nothing yet. */
export interface BegunRun {
  readonly settings: ScanSettings;
  readonly inputs: ScanInputs;
  /** Present where it goes on. */
  readonly resumed: ResumedScan | undefined;
  readonly scope: LiveScope;
  readonly plan: ScanPlan;
  readonly asnSources: RunRecord['asn_sources'];
  readonly notices: RunNotices | undefined;
  readonly checks: readonly Check[];
  /** When its first session began. */
  readonly started: Instant;
  readonly directory: RunDirectory;
  readonly history: RunHistory;
  readonly partial: RunPartial | undefined;
  readonly firstAsked: RunFirstAsked | undefined;
}

/** Takes what the run holds until it has ended. */
export type KeepLock = (lock: Lock | undefined) => void;

/** Locks the folder of a run that is to go on, before anything of it is read: it may be going on. */
export async function lockResumed(
  directory: string,
  { file_mode: fileMode }: ScanSettings,
  io: Io,
  keep: KeepLock,
): Promise<void> {
  const doing = `run ${basename(directory)}`;
  keep(await lockRuns(dirname(directory), doing, io, { fileMode, goesOn: directory }));
}

/**
 * Everything of a run before its first packet, in an order that leaves nothing behind where the run is refused.
 * @param resume the directory of the run that is to go on, whose folder is locked.
 * @throws UsageError for whatever must not lead to a packet.
 */
export async function beginRun(
  asked: ScanSettings,
  resume: string | undefined,
  io: Io,
  given: Given,
  keep: KeepLock,
): Promise<BegunRun> {
  const resumed = resume === undefined ? undefined : await resumeScan(resume, asked, given, io);
  const settings = resumed?.settings ?? asked;
  const inputs = resumed?.inputs ?? (await readScanInputs(settings, given, io));
  const { out, quiet, file_mode: fileMode } = settings;
  const notices = await readNotices(settings, io.stop);
  const scope = createLiveScope(inputs.scope);
  const planned = await plannedScan(settings, { ...inputs, scope }, resumed?.tokenKey, io.stop);
  const started = resumed?.startedAt ?? io.clock.now();
  const checks = await checkHost(settings, io, inputs);
  refuseProblem(checks);
  await lockBoth({ settings, inputs, resumed, started }, io, keep);
  // Before the first packet: a run that could not write its reports would be for nothing.
  const directory = resumed?.directory ?? (await createRunDirectory(out, formatStamp(started), { fileMode }));
  const history = await openedHistory({ settings, resumed, started, directory }, io);
  for (const stopped of await tidyRuns(out, directory.id))
    if (!quiet)
      io.stderr.write(
        `ampscope: note: ${stopped} was stopped before its end: go on with ampscope scan --resume ${stopped}, or remove it\n`,
      );
  const usual = planned.plan.shard === undefined ? await findUsualRun(out) : undefined;
  const coverage = {
    targets: inputs.space.set,
    allowed: inputs.scope.allowed,
    probes: planned.plan.probes.map(({ probe, port }) => ({ id: probe.id, port })),
  };
  const partial = settings.make_usual ? undefined : partialOf(usual, coverage);
  const firstAsked = firstAskedOf(usual, coverage);
  // However quiet the run: it moves neither latest nor the trend, and a run from cron may be one for ever.
  if (partial !== undefined) io.stderr.write(`ampscope: note: ${partialNote(partial)}\n`);
  const { validityWarning, notes } = inputs;
  if (validityWarning !== undefined) io.stderr.write(`ampscope: note: ${validityWarning}\n`);
  if (!quiet)
    for (const note of [...notes, ...planned.mapNotes]) io.stderr.write(`ampscope: note: ${note}\n`);
  if (!quiet) warnOf(checks, io);
  const { asnSources } = planned;
  const plan: ScanPlan = { ...planned.plan, known: history.open, responders: history.responders };
  return {
    ...{ settings, inputs, resumed, scope, plan, asnSources, notices, checks, started, directory },
    ...{ history, partial, firstAsked },
  };
}

/** The folder of the runs, unless that was locked before, and the scope. */
async function lockBoth(
  { settings, inputs, resumed, started }: Pick<BegunRun, 'settings' | 'inputs' | 'resumed' | 'started'>,
  io: Io,
  keep: KeepLock,
): Promise<void> {
  const { out, shard, file_mode: fileMode } = settings;
  const doing = `run ${resumed?.directory.id ?? formatStamp(started)}`;
  if (resumed === undefined) {
    await makeRunsFolder(out, { fileMode });
    keep(await lockRuns(out, doing, io, { fileMode }));
  }
  const holder = holderNow(`${doing} into ${out}`, formatInstant(io.clock.now()));
  keep(await lockScope(inputs.scopeFile.name, shard && formatShard(shard), holder));
}

/** @throws UsageError where newer runs are there, unless the user knows of it. */
async function openedHistory(
  { settings, resumed, started, directory }: Pick<BegunRun, 'settings' | 'resumed' | 'started' | 'directory'>,
  { stderr }: Io,
): Promise<RunHistory> {
  const { out, file_mode: mode } = settings;
  const history = await openRunHistory(out, {
    mode,
    goesOn: resumed && formatInstant(started),
    print(note) {
      stderr.write(`ampscope: note: ${note}\n`);
    },
  }).catch(async (error: unknown) => {
    await removeFolder(directory.path).catch(() => undefined);
    throw cannotKeep(out, error, true);
  });
  if (history.late !== undefined && !settings.even_though_newer)
    throw new UsageError(
      `${directory.path}: ${history.late.newer_runs === 1 ? 'a newer run is' : `${history.late.newer_runs} newer runs are`} there: ${history.late.newest}`,
      'scan anew, or add --even-though-newer: it then counts as evidence of its own time alone',
    );
  return history;
}

/** @throws UsageError with the first thing that makes the scan impossible. */
function refuseProblem(checks: readonly Check[]): void {
  const problem = checks.find(({ status }) => status === 'problem');
  if (problem !== undefined)
    throw new UsageError(problem.finding, problem.hint ?? 'see what ampscope doctor says');
}

function warnOf(checks: readonly Check[], { stderr }: Io): void {
  for (const { status, name, finding, hint } of checks)
    if (status === 'warning')
      stderr.write(
        `ampscope: warning: ${name}: ${finding}\nampscope: hint: ${hint ?? 'see ampscope doctor'}\n`,
      );
}
