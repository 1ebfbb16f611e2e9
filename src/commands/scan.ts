import { randomBytes } from 'node:crypto';
import { basename, dirname } from 'node:path';
import { removeFolder } from '../archive/disk.js';
import { writeRun } from '../archive/run-archive.js';
import type { RunDirectory } from '../archive/run-directory.js';
import { createRunDirectory, makeRunsFolder } from '../archive/run-directory.js';
import type { Lock } from '../archive/run-lock.js';
import { holderNow, lockScope } from '../archive/run-lock.js';
import type { Address } from '../domain/address.js';
import { formatPrefix } from '../domain/address.js';
import type { Origin, Severity } from '../domain/finding.js';
import { compareSeverities } from '../domain/finding.js';
import type { FindingRecord } from '../domain/finding-record.js';
import type { RunPartial, RunRecord } from '../domain/run-record.js';
import { standingOf } from '../domain/run-standing.js';
import { isExposed } from '../domain/status.js';
import { formatInstant, formatStamp } from '../domain/time.js';
import { UsageError } from '../domain/usage-error.js';
import { createOrigins } from '../origin/origin.js';
import { readAsnMap } from '../origin/asn-map.js';
import { consoleSummary, hasNews } from '../../reports/console-summary.js';
import { toRecord } from '../../reports/record.js';
import { withoutShadowserverType } from '../../reports/shadowserver/shadowserver-csv.js';
import { createLiveScope } from '../scope/live-scope.js';
import type { Scope } from '../scope/scope.js';
import { formatShard } from '../sweep/shard.js';
import type { Key } from '../sweep/keyed-permutation.js';
import { createProgress } from './progress.js';
import type { ScanSettings } from '../settings/all-settings.js';
import { SCAN_SETTINGS } from '../settings/all-settings.js';
import type { Given, Io } from './command.js';
import { checkHost } from './check-host.js';
import { exitCodeOf } from './exit-code.js';
import { defineCommand } from './command.js';
import type { Check } from '../preflight/check.js';
import type { Past } from './runs/past.js';
import { openPast } from './runs/past.js';
import { readNotices } from './inputs/read-notices.js';
import { finishRun } from './runs/finish-run.js';
import { lockRuns } from './runs/lock-runs.js';
import { recordOf } from './runs/record-of.js';
import { renderRun } from './runs/render-run.js';
import type { ScanPlan, ScanResult } from '../engine/scan-plan.js';
import { positionsDone } from '../engine/scan-plan.js';
import { readLeftRun, resumeScan, runToResume } from './runs/resume.js';
import { cannotKeep, checkpointPlanOf, createRunKeeper } from './runs/run-keeper.js';
import { runScan } from '../engine/run-scan.js';
import { startWorkerThread } from '../engine/worker-thread.js';
import { plannedCanaries } from './inputs/planned-canaries.js';
import type { ScanInputs } from './inputs/scan-inputs.js';
import { readScanInputs, readScope } from './inputs/scan-inputs.js';
import { createScopeReload } from '../engine/scope-reload.js';
import { openGuardedSocket } from '../udp/guarded-socket.js';
import { readSendBufferDrops } from '../udp/send-buffer-drops.js';
import { tidyRuns } from './runs/tidy-runs.js';
import { findUsualRun, partialOf } from './runs/usual-run.js';
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

async function scanOnce(
  asked: ScanSettings,
  io: Io,
  given: Given,
  keep: (lock: Lock | undefined) => void,
): Promise<number> {
  const resume = await runToResume(asked, given);
  // Before anything of the run is read: it may be going on.
  if (resume !== undefined)
    keep(
      await lockRuns(dirname(resume), `run ${basename(resume)}`, io, {
        fileMode: asked.file_mode,
        goesOn: resume,
      }),
    );
  const left = resume === undefined ? undefined : await readLeftRun(resume, asked);
  if (left !== undefined) {
    await finishRun(left.settings.out, left.directory, left.run, left.records, (line) =>
      io.stderr.write(`ampscope: ${line}\n`),
    );
    return tell(left.run, left.records, left.directory, left.settings, io);
  }
  const resumed = resume === undefined ? undefined : await resumeScan(resume, asked, given, io);
  const settings = resumed?.settings ?? asked;
  const inputs = resumed?.inputs ?? (await readScanInputs(settings, given, io));
  const { out, quiet, file_mode: fileMode } = settings;
  const notices = await readNotices(settings);
  const scope = createLiveScope(inputs.scope);
  const { plan: own, asnSources, mapNotes } = await planOf(settings, { ...inputs, scope }, resumed?.tokenKey);
  const started = resumed?.startedAt ?? io.clock.now();
  const checks = await checkHost(settings, io, inputs);
  refuseProblem(checks);
  const doing = `run ${resumed?.directory.id ?? formatStamp(started)}`;
  if (resumed === undefined) {
    await makeRunsFolder(out, { fileMode });
    keep(await lockRuns(out, doing, io, { fileMode }));
  }
  keep(
    await lockScope(
      inputs.scopeFile.name,
      settings.shard && formatShard(settings.shard),
      holderNow(`${doing} into ${out}`, formatInstant(io.clock.now())),
    ),
  );
  // Before the first packet: a run that could not write its reports would be for nothing.
  const directory = resumed?.directory ?? (await createRunDirectory(out, formatStamp(started), { fileMode }));
  const past = await openPast(out, {
    mode: fileMode,
    goesOn: resumed && formatInstant(started),
    say(note) {
      io.stderr.write(`ampscope: note: ${note}\n`);
    },
  }).catch(async (error: unknown) => {
    await removeFolder(directory.path).catch(() => undefined);
    throw cannotKeep(out, error, true);
  });
  if (past.late !== undefined && !settings.even_though_newer)
    throw new UsageError(
      `${directory.path}: ${past.late.newer_runs === 1 ? 'a newer run is' : `${past.late.newer_runs} newer runs are`} there: ${past.late.newest}`,
      'scan anew, or add --even-though-newer: it then counts as evidence of its own time alone',
    );
  for (const stopped of await tidyRuns(out, directory.id))
    if (!quiet)
      io.stderr.write(
        `ampscope: note: ${stopped} was stopped before its end: go on with ampscope scan --resume ${stopped}, or remove it\n`,
      );
  const partial =
    settings.make_usual || own.shard !== undefined
      ? undefined
      : partialOf(await findUsualRun(out), {
          targets: inputs.space.set,
          allowed: inputs.scope.allowed,
          probes: own.probes.map(({ probe, port }) => ({ id: probe.id, port })),
        });
  if (partial !== undefined && !quiet) io.stderr.write(`ampscope: note: ${partialNote(partial)}\n`);
  const plan: ScanPlan = { ...own, known: past.open, responders: past.responders };
  if (inputs.validityWarning !== undefined) io.stderr.write(`ampscope: note: ${inputs.validityWarning}\n`);
  if (!quiet) for (const note of [...inputs.notes, ...mapNotes]) io.stderr.write(`ampscope: note: ${note}\n`);
  if (!quiet) warnOf(checks, io);

  const reload = createScopeReload({
    scope,
    targets: inputs.space.set,
    pace: { ...plan.pace, share: 1 / (plan.shard?.of ?? 1) },
    limits: inputs.scopeFile.limits,
    earlier: resumed?.checkpoint.state.scope_reloads,
    read: () => readScope(settings, io),
    clock: io.clock,
    say(kind, text) {
      if (kind !== 'note' || !quiet) io.stderr.write(`ampscope: ${kind}: ${text}\n`);
    },
  });
  const stopListening = io.onHangup(() => void reload.reload());
  const progress = await createProgress(io.stderr, io.clock, quiet);
  const keeper = createRunKeeper(directory, io.clock, {
    fileMode,
    everyMs: settings.checkpoint,
    plan: resumed
      ? undefined
      : checkpointPlanOf(given, { settings, inputs, plan, scanId: directory.id, startedAt: started }),
    earlier: resumed?.checkpoint.state.sessions,
    scopeReloads: () => reload.records(),
    measurementsBytes: resumed?.checkpoint.measurementsBytes,
    fromPosition: resumed && positionsDone(resumed.start.parts),
  });
  const result = await runScan(
    plan,
    {
      clock: io.clock,
      openSocket: openGuardedSocket,
      startWorker: startWorkerThread,
      readSendBufferDrops,
      checkpointer: keeper,
      progress,
      control: reload,
    },
    { stop: io.stop, start: resumed?.start },
  )
    .catch(async (error: unknown) => {
      // Nothing was sent or found: an empty directory would look like a run.
      await removeFolder(directory.path).catch(() => undefined);
      throw error;
    })
    .finally(() => keeper.close());

  const { records, notTargeted } = await rowsOf(
    result,
    { scan_id: directory.id, started: formatInstant(started), ...(partial && { partial }) },
    past,
    { fixedAfterSilentRuns: settings.fixed_after_silent_runs },
  );
  const run = recordOf({
    scanId: directory.id,
    rows: records.length,
    history: { ...past.summary, not_targeted: notTargeted },
    started,
    ended: io.clock.now(),
    inputs,
    plan,
    result,
    asnSources,
    sessions: keeper.sessions(),
    bom: settings.bom,
    profile: settings.profile,
    notices,
    fileMode,
    fixedAfterSilentRuns: settings.fixed_after_silent_runs,
    checks,
    scopeReloads: reload.records(),
    late: past.late,
    partial,
  });
  await writeRun(directory.path, run, records, await renderRun(run, records)).catch((error: unknown) => {
    throw cannotKeep(directory.path, error, false);
  });
  await finishRun(out, directory, run, records, (line) => io.stderr.write(`ampscope: ${line}\n`));
  stopListening();
  return tell(run, records, directory, settings, io);
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
  else if (!quiet || hasNews(run, records)) io.stdout.write(consoleSummary(run, records));
  if (!quiet) io.stderr.write(`reports are in ${path}\n`);
  const unlisted = withoutShadowserverType(run, records);
  if (!quiet && unlisted > 0)
    io.stderr.write(
      `ampscope: note: ${unlisted} IPv6 ${unlisted === 1 ? 'exposure is' : 'exposures are'} in no file of shadowserver/, which has no such type for IPv6\n`,
    );
  return exitCodeOf({ ...run, directory: path }, io.stop, isFailed(run, records, settings), io);
}

/** The rows of a scan, and all that its findings held let go. */
async function rowsOf(
  { findings, observed }: ScanResult,
  run: Pick<RunRecord, 'scan_id' | 'started' | 'partial'>,
  past: Past,
  rule: { readonly fixedAfterSilentRuns: number },
): Promise<RowsWithStatus> {
  const seen = Array.from(findings, (finding) => toRecord(finding, { scanId: run.scan_id }));
  return withStatuses(run, seen, await past.of(seen), observed, rule, past.closedSince);
}

function partialNote({ compared_with, missing_addresses = 0, missing_probes = [] }: RunPartial): string {
  const missing = [
    ...(missing_addresses > 0
      ? [`${missing_addresses} ${missing_addresses === 1 ? 'address' : 'addresses'}`]
      : []),
    ...(missing_probes.length > 0 ? [missing_probes.join(', ')] : []),
  ];
  return `this run asks less than the usual one, ${compared_with} (not ${missing.join(', not ')}): it speaks of what it asks, and latest and the trend stay; --make-usual lets it be the usual one`;
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

async function planOf(
  settings: ScanSettings,
  { scope, space, probes, rate, scopeFile }: ScanInputs,
  tokenKey: Key | undefined,
): Promise<{
  readonly plan: Omit<ScanPlan, 'known' | 'responders'>;
  readonly asnSources: RunRecord['asn_sources'];
  readonly mapNotes: readonly string[];
}> {
  const { limits } = scopeFile;
  const maps = await Promise.all(settings.asn_map.map(readAsnMap));
  const { shard } = settings;
  const share = shard?.of ?? 1;
  const plan: Omit<ScanPlan, 'known' | 'responders'> = {
    scope,
    space,
    probes,
    originOf: createOrigins((address) => originInScope(scope, address), maps),
    pace: {
      // Of what all shards may have together.
      rate: rate / share,
      perSubnet: limits.perSubnet,
      perHost: limits.perHost,
      replyBandwidthBps: limits.replyBandwidthBps / share,
    },
    threads: settings.threads,
    parallel: settings.parallel,
    retries: settings.retries,
    receiveBufferBytes: settings.receive_buffer,
    cooldownMs: settings.cooldown,
    quietGapMs: settings.quiet_gap,
    formGapMs: settings.form_gap,
    sourceAddress: settings.source,
    seed: settings.seed ?? randomBytes(8).toString('hex'),
    tokenKey: tokenKey ?? new Uint32Array(new Uint8Array(randomBytes(32)).buffer),
    stretchMs: settings.stretch,
    severityThresholds: { critical: settings.severity_critical, high: settings.severity_high },
    shard,
    canaries: plannedCanaries(scopeFile, scope, probes),
  };
  return {
    plan,
    asnSources: maps.map(({ name, format, prefixes }) => ({ file: name, format, prefixes })),
    mapNotes: maps.flatMap(({ notes }) => notes),
  };
}

/** What the scope file says of an address. */
function originInScope(scope: Scope, address: Address): Origin | undefined {
  const network = scope.networkOf(address);
  if (network === undefined) return undefined;
  const { prefix, asn, asName, customer } = network;
  return {
    prefix: formatPrefix(prefix),
    ...(asn !== undefined && { asn }),
    ...(asName !== undefined && { asName }),
    ...(customer !== undefined && { customer }),
  };
}
