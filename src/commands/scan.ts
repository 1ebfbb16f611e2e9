import { removeFolder } from '../archive/disk.js';
import { writeRun } from '../archive/run-archive.js';
import type { RunDirectory } from '../archive/run-directory.js';
import type { Lock } from '../archive/run-lock.js';
import type { Severity } from '../domain/finding.js';
import { compareSeverities } from '../domain/finding.js';
import type { FindingRecord } from '../domain/finding-record.js';
import type { RunRecord } from '../domain/run-record.js';
import { standingOf } from '../domain/run-standing.js';
import { isExposed } from '../domain/status.js';
import { formatInstant } from '../domain/time.js';
import { runScan } from '../engine/run-scan.js';
import type { ScanResult } from '../engine/scan-plan.js';
import { positionsDone } from '../engine/scan-plan.js';
import type { ScopeReload } from '../engine/scope-reload.js';
import { createScopeReload } from '../engine/scope-reload.js';
import { startWorkerThread } from '../engine/worker-thread.js';
import { consoleSummary, hasNews } from '../../reports/console-summary.js';
import { toRecord } from '../../reports/record.js';
import { withoutShadowserverType } from '../../reports/shadowserver/shadowserver-csv.js';
import { membership } from '../scope/address-set.js';
import { formatShard } from '../sweep/shard.js';
import type { ScanSettings } from '../settings/all-settings.js';
import { SCAN_SETTINGS } from '../settings/all-settings.js';
import { arrayInTurns } from '../give-way.js';
import { openGuardedSocket } from '../udp/guarded-socket.js';
import { readSendBufferDrops } from '../udp/send-buffer-drops.js';
import type { Given, Io } from './command.js';
import { defineCommand } from './command.js';
import { exitCodeOf } from './exit-code.js';
import { readScope } from './inputs/scan-inputs.js';
import { createProgress } from './progress.js';
import type { BegunRun, KeepLock } from './runs/begin-run.js';
import { beginRun, lockResumed } from './runs/begin-run.js';
import { finishRun } from './runs/finish-run.js';
import { recordOf } from './runs/record-of.js';
import { renderRun } from './runs/render-run.js';
import { readLeftRun, runToResume } from './runs/resume.js';
import type { RunCheckpointer } from './runs/run-checkpointer.js';
import { cannotKeep, checkpointPlanOf, createRunCheckpointer } from './runs/run-checkpointer.js';
import type { RowsWithStatus } from './runs/with-statuses.js';
import { withStatuses } from './runs/with-statuses.js';

/** Scans what the scope allows, and writes the reports. */
export const scan = defineCommand({
  positional: { usage: '[target..]', describe: 'Addresses or prefixes; none means all of the scope' },
  settings: SCAN_SETTINGS,
  example: ['ampscope scan --fail-on high', 'all of ./scope.yaml; exit 3 on a high finding'],
  run: runScanCommand,
});

async function runScanCommand(asked: ScanSettings, io: Io, given: Given): Promise<number> {
  const locks: Lock[] = [];
  try {
    return await scanOnce(asked, io, given, (lock) => {
      if (lock !== undefined) locks.push(lock);
    });
  } finally {
    for (const lock of locks.reverse()) await lock.release();
  }
}

async function scanOnce(asked: ScanSettings, io: Io, given: Given, keep: KeepLock): Promise<number> {
  const resume = await runToResume(asked, given);
  if (resume !== undefined) {
    await lockResumed(resume, asked, io, keep);
    const left = await readLeftRun(resume, asked);
    if (left !== undefined) {
      const { directory, settings, run, records } = left;
      await finishRun(settings.out, directory, run, records, warningTo(io));
      return tell(run, records, directory, settings, io);
    }
  }
  const begun = await beginRun(asked, resume, io, given, keep);
  const reload = reloadOf(begun, io);
  const stopListening = io.onHangup(() => void reload.reload());
  const checkpointer = checkpointerOf(begun, reload, io, given);
  const result = await sendAndHear(begun, { reload, checkpointer }, io);
  const { settings, directory } = begun;
  const { run, records } = await write(begun, result, { reload, checkpointer }, io);
  await finishRun(settings.out, directory, run, records, warningTo(io));
  stopListening();
  return tell(run, records, directory, settings, io);
}

function reloadOf({ settings, inputs, scope, plan, resumed }: BegunRun, io: Io): ScopeReload {
  return createScopeReload({
    scope,
    targets: inputs.space.set,
    pace: { ...plan.pace, share: 1 / (plan.shard?.of ?? 1) },
    limits: inputs.scopeFile.limits,
    earlier: resumed?.checkpoint.state.scope_reloads,
    read: () => readScope(settings, io),
    clock: io.clock,
    print(kind, text) {
      if (kind !== 'note' || !settings.quiet) io.stderr.write(`ampscope: ${kind}: ${text}\n`);
    },
  });
}

function checkpointerOf(
  { settings, inputs, plan, resumed, directory, started }: BegunRun,
  reload: ScopeReload,
  { clock }: Io,
  given: Given,
): RunCheckpointer {
  return createRunCheckpointer(directory, clock, {
    fileMode: settings.file_mode,
    everyMs: settings.checkpoint,
    plan: resumed
      ? undefined
      : checkpointPlanOf(given, { settings, inputs, plan, scanId: directory.id, startedAt: started }),
    earlier: resumed?.checkpoint.state.sessions,
    scopeReloads: () => reload.records(),
    measurementsBytes: resumed?.checkpoint.measurementsBytes,
    fromPosition: resumed && positionsDone(resumed.start.parts),
  });
}

interface Running {
  readonly reload: ScopeReload;
  readonly checkpointer: RunCheckpointer;
}

/** From the first packet to the last. */
async function sendAndHear(
  { settings, plan, resumed, directory }: BegunRun,
  { reload, checkpointer }: Running,
  { clock, stderr, stop }: Io,
): Promise<ScanResult> {
  const progress = await createProgress(stderr, clock, settings.quiet);
  return runScan(
    plan,
    {
      clock,
      openSocket: openGuardedSocket,
      startWorker: startWorkerThread,
      readSendBufferDrops,
      checkpointer,
      progress,
      control: reload,
    },
    { stop, start: resumed?.start },
  )
    .catch(async (error: unknown) => {
      // Nothing was sent or found: an empty directory would look like a run.
      await removeFolder(directory.path).catch(() => undefined);
      throw error;
    })
    .finally(() => checkpointer.close());
}

/** The reports, and run.json last. */
async function write(
  begun: BegunRun,
  result: ScanResult,
  { reload, checkpointer }: Running,
  { clock }: Io,
): Promise<{ readonly run: RunRecord; readonly records: readonly FindingRecord[] }> {
  const { settings, inputs, plan, directory, history, started } = begun;
  const { records, notTargeted } = await rowsOf(result, begun);
  const run = recordOf({
    scanId: directory.id,
    rows: records.length,
    history: { ...history.summary, not_targeted: notTargeted },
    started,
    ended: clock.now(),
    inputs,
    plan,
    result,
    asnSources: begun.asnSources,
    sessions: checkpointer.sessions(),
    bom: settings.bom,
    profile: settings.profile,
    notices: begun.notices,
    fileMode: settings.file_mode,
    fixedAfterSilentRuns: settings.fixed_after_silent_runs,
    checks: begun.checks,
    scopeReloads: reload.records(),
    late: history.late,
    partial: begun.partial,
    firstAsked: begun.firstAsked,
  });
  await writeRun(directory.path, run, records, await renderRun(run, records)).catch((error: unknown) => {
    throw cannotKeep(directory.path, error, false);
  });
  return { run, records };
}

/** The rows of a scan, and all that its findings held let go. */
async function rowsOf(
  { findings, observed, stoppedBy, suspect }: ScanResult,
  { settings, inputs, plan: { shard }, directory: { id }, history, partial, started }: BegunRun,
): Promise<RowsWithStatus> {
  const run = {
    scan_id: id,
    started: formatInstant(started),
    complete: stoppedBy === undefined,
    settings: { ...(shard && { shard: formatShard(shard) }) },
    ...(suspect && { suspect }),
    ...(history.late && { late: history.late }),
    ...(partial && { partial }),
  };
  const rule = { fixedAfterSilentRuns: settings.fixed_after_silent_runs };
  const seen = await arrayInTurns(findings, (finding) => toRecord(finding, { scanId: id }));
  const known = await history.of(seen, membership(inputs.space.set));
  return withStatuses(run, seen, known, observed, rule, history.closedSince);
}

function warningTo({ stderr }: Io): (line: string) => void {
  return (line) => void stderr.write(`ampscope: ${line}\n`);
}

/** @returns the exit code. */
function tell(
  run: RunRecord,
  records: readonly FindingRecord[],
  { path }: RunDirectory,
  settings: ScanSettings,
  io: Io,
): number {
  const { quiet, json } = settings;
  if (json) io.stdout.write(`${JSON.stringify({ ...run, directory: path })}\n`);
  else if (!quiet || hasNews(run, records)) io.stdout.write(consoleSummary(run, records, settings.lang));
  if (!quiet) io.stderr.write(`reports are in ${path}\n`);
  const unlisted = withoutShadowserverType(run, records);
  if (!quiet && unlisted > 0)
    io.stderr.write(
      `ampscope: note: ${unlisted} IPv6 ${unlisted === 1 ? 'exposure is' : 'exposures are'} in no file of shadowserver/, which has no such type for IPv6\n`,
    );
  return exitCodeOf({ ...run, directory: path }, io.stop, isFailed(run, records, settings), io);
}

/** What is new in a run that asked a part, or speaks of a time before, is no news of the scope. */
function isFailed(
  run: RunRecord,
  records: readonly FindingRecord[],
  { fail_on, fail_on_new }: Pick<ScanSettings, 'fail_on' | 'fail_on_new'>,
): boolean {
  const isAsBad = (severity: Severity, limit: Severity | undefined): boolean =>
    limit !== undefined && compareSeverities(severity, limit) <= 0;
  const isNews = standingOf(run) === 'whole';
  return records.some(
    ({ severity, status }) =>
      (isExposed(status) && isAsBad(severity, fail_on)) ||
      (isNews && (status === 'new' || status === 'reopened') && isAsBad(severity, fail_on_new)),
  );
}
