import { randomBytes } from 'node:crypto';
import { rmdir } from 'node:fs/promises';
import { removeCheckpoint } from '../archive/checkpoint.js';
import { writeRun } from '../archive/run-archive.js';
import { historyPath } from '../archive/history-file.js';
import { takeInRun } from '../archive/past-runs.js';
import { createRunDirectory, publishLatest } from '../archive/run-directory.js';
import type { Address } from '../domain/address.js';
import { formatPrefix } from '../domain/address.js';
import type { Origin, Severity } from '../domain/finding.js';
import { SEVERITIES, compareSeverities } from '../domain/finding.js';
import type { FindingRecord } from '../domain/finding-record.js';
import type { RunRecord } from '../domain/run-record.js';
import { isRemembered } from '../domain/run-standing.js';
import { isExposed } from '../domain/status.js';
import { formatInstant, formatStamp } from '../domain/time.js';
import { UsageError } from '../domain/usage-error.js';
import { createOrigins } from '../origin/origin.js';
import { readAsnMap } from '../origin/asn-map.js';
import { consoleSummary } from '../../reports/console-summary.js';
import { toRecord } from '../../reports/record.js';
import { withoutShadowserverType } from '../../reports/shadowserver/shadowserver-csv.js';
import { addressSet } from '../scope/address-set.js';
import { createLiveScope } from '../scope/live-scope.js';
import type { Scope } from '../scope/scope.js';
import type { Key } from '../sweep/keyed-permutation.js';
import { createProgress } from './progress.js';
import { durationOption, flagOption, listOption, numberOption, textOption } from './options/arguments.js';
import type { Arguments, Command, Io } from './command.js';
import { checkHost } from './check-host.js';
import { EXIT } from './command.js';
import type { Check } from '../preflight/check.js';
import type { Past } from './runs/past.js';
import { openPast } from './runs/past.js';
import { receiveBufferOption, retriesOption, threadsOption } from './options/pace-options.js';
import { noticeOptions } from './options/notice-options.js';
import { recordOf } from './runs/record-of.js';
import { renderRun } from './runs/render-run.js';
import type { ScanPlan, ScanResult } from '../engine/scan-plan.js';
import { positionsDone } from '../engine/scan-plan.js';
import { resumeScan } from './runs/resume.js';
import { cannotKeep, checkpointPlanOf, createRunKeeper } from './runs/run-keeper.js';
import { runScan } from '../engine/run-scan.js';
import { startWorkerThread } from '../engine/worker-thread.js';
import type { ScanInputs } from './options/scan-inputs.js';
import { readError, readScanInputs, readScope } from './options/scan-inputs.js';
import { DEFAULTS, MOST_MS } from './options/scan-defaults.js';
import { SCAN_OPTIONS } from './options/scan-options.js';
import { severityThresholds } from './options/severity-options.js';
import { shardOption } from './options/shard-option.js';
import { createScopeReload } from '../engine/scope-reload.js';
import { openGuardedSocket } from '../udp/guarded-socket.js';
import { readSendBufferDrops } from '../udp/send-buffer-drops.js';
import type { RowsWithStatus } from './runs/with-statuses.js';
import { withStatuses } from './runs/with-statuses.js';

/** Scans what the scope allows, and writes the reports. */
export const scan: Command = {
  name: 'scan',
  positional: {
    usage: '[target..]',
    key: 'target',
    describe: 'Addresses or prefixes; none means all of the scope',
  },
  describe: 'Find and measure the reflectors in your scope, and write the reports',
  options: SCAN_OPTIONS,
  example: ['ampscope scan --fail-on high', 'all of ./scope.yaml; exit 3 on a high finding'],
  run: runScanCommand,
};

async function runScanCommand(given: Arguments, io: Io): Promise<number> {
  const resumed = textOption(given, 'resume') === undefined ? undefined : await resumeScan(given, io);
  const argv = resumed?.argv ?? given;
  const inputs = resumed?.inputs ?? (await readScanInputs(argv, io));
  const failOn = severityOption(argv, 'fail-on');
  const failOnNew = severityOption(argv, 'fail-on-new');
  const quiet = flagOption(argv, 'quiet');
  const bom = flagOption(argv, 'bom');
  const profile = profileOption(argv);
  const notices = await noticeOptions(argv);
  const fileMode = fileModeOption(argv);
  const scope = createLiveScope(inputs.scope);
  const out = resumed?.out ?? textOption(argv, 'out') ?? DEFAULTS.out;
  const { plan: own, asnSources, mapNotes } = await planOf(argv, { ...inputs, scope }, resumed?.tokenKey);
  const started = resumed?.startedAt ?? io.clock.now();
  const checks = await checkHost(argv, io, inputs, out);
  refuseProblem(checks);
  // Before the first packet: a run that could not write its reports would be for nothing.
  const directory = resumed?.directory ?? (await createRunDirectory(out, formatStamp(started), { fileMode }));
  const past = await openPast(out, {
    mode: fileMode,
    say(note) {
      io.stderr.write(`ampscope: note: ${note}\n`);
    },
  }).catch(async (error: unknown) => {
    await rmdir(directory.path).catch(() => undefined);
    throw cannotKeep(out, error, true);
  });
  const plan: ScanPlan = { ...own, known: past.open };
  if (inputs.validityWarning !== undefined) io.stderr.write(`ampscope: note: ${inputs.validityWarning}\n`);
  if (!quiet) for (const note of [...inputs.notes, ...mapNotes]) io.stderr.write(`ampscope: note: ${note}\n`);
  if (!quiet) warnOf(checks, io);

  const reload = createScopeReload({
    scope,
    targets: addressSet(inputs.space.ranges),
    pace: { ...plan.pace, share: 1 / (plan.shard?.of ?? 1) },
    limits: inputs.scopeFile.limits,
    earlier: resumed?.checkpoint.state.scope_reloads,
    read: () => readScope(argv, io),
    clock: io.clock,
    say(kind, text) {
      if (kind !== 'note' || !quiet) io.stderr.write(`ampscope: ${kind}: ${text}\n`);
    },
  });
  const stopListening = io.onHangup(() => void reload.reload());
  const progress = await createProgress(io.stderr, io.clock, quiet);
  const keeper = createRunKeeper(directory, io.clock, {
    fileMode,
    everyMs: durationOption(argv, 'checkpoint', MOST_MS.checkpoint) ?? DEFAULTS.checkpointMs,
    plan: resumed
      ? undefined
      : checkpointPlanOf(argv, { inputs, plan, scanId: directory.id, startedAt: started }),
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
      await rmdir(directory.path).catch(() => undefined);
      throw error;
    })
    .finally(() => keeper.close());

  const { records, notTargeted } = await rowsOf(
    result,
    { scan_id: directory.id, started: formatInstant(started) },
    past,
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
    bom,
    profile,
    notices,
    fileMode,
    checks,
    scopeReloads: reload.records(),
  });
  await writeRun(directory.path, run, records, await renderRun(run, records)).catch((error: unknown) => {
    throw cannotKeep(directory.path, error, false);
  });
  if (run.complete) {
    // The next run takes in what is missing.
    if (isRemembered(run))
      await takeInRun(out, run, records, { mode: fileMode }).catch((error: unknown) => {
        io.stderr.write(`ampscope: warning: ${historyPath(out)} cannot be written: ${readError(error)}\n`);
      });
    await publishLatest(out, directory.id);
    await removeCheckpoint(directory.path);
  }
  stopListening();

  if (flagOption(argv, 'json')) io.stdout.write(`${JSON.stringify({ ...run, directory: directory.path })}\n`);
  else io.stdout.write(consoleSummary(run, records));
  if (!quiet) io.stderr.write(`reports are in ${directory.path}\n`);
  const unlisted = withoutShadowserverType(run, records);
  if (!quiet && unlisted > 0)
    io.stderr.write(
      `ampscope: note: ${unlisted} IPv6 ${unlisted === 1 ? 'exposure is' : 'exposures are'} in no file of shadowserver/, which has no such type for IPv6\n`,
    );
  return exitCodeOf(
    { ...run, directory: directory.path },
    io.stop,
    isFailed(records, { failOn, failOnNew }),
    io,
  );
}

/** The rows of a scan, and all that its findings held let go. */
async function rowsOf(
  { findings, observed }: ScanResult,
  run: Pick<RunRecord, 'scan_id' | 'started'>,
  past: Past,
): Promise<RowsWithStatus> {
  const seen = Array.from(findings, (finding) => toRecord(finding, { scanId: run.scan_id }));
  return withStatuses(run, seen, await past.of(seen), observed);
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

function isFailed(
  records: readonly FindingRecord[],
  { failOn, failOnNew }: Readonly<Record<'failOn' | 'failOnNew', Severity | undefined>>,
): boolean {
  const isAsBad = (severity: Severity, limit: Severity | undefined): boolean =>
    limit !== undefined && compareSeverities(severity, limit) <= 0;
  return records.some(
    ({ severity, status }) =>
      (isExposed(status) && isAsBad(severity, failOn)) ||
      ((status === 'new' || status === 'reopened') && isAsBad(severity, failOnNew)),
  );
}

/** Our own fault is 1 and never comes here; then the signal, then losses, then what `--fail-on` and `--fail-on-new` name. */
function exitCodeOf(
  run: RunRecord & { readonly directory: string },
  stop: AbortSignal,
  failed: boolean,
  { stderr }: Io,
): number {
  if (!run.complete)
    stderr.write(
      `ampscope: note: the run is incomplete: ${run.incomplete_reason ?? 'unknown'}; go on with: ampscope scan --resume ${run.directory}\n`,
    );
  if (stop.aborted && typeof stop.reason === 'number') return stop.reason;
  if (!run.complete) return EXIT.losses;
  if (run.losses.any) {
    stderr.write(
      'ampscope: note: finished with losses, so silent may mean unknown: see losses in run.json\n',
    );
    return EXIT.losses;
  }
  return failed ? EXIT.findings : EXIT.finished;
}

async function planOf(
  argv: Arguments,
  { scope, space, probes, rate, scopeFile: { limits } }: ScanInputs,
  tokenKey: Key | undefined,
): Promise<{
  readonly plan: Omit<ScanPlan, 'known'>;
  readonly asnSources: RunRecord['asn_sources'];
  readonly mapNotes: readonly string[];
}> {
  const maps = await Promise.all(listOption(argv, 'asn-map').map(readAsnMap));
  const shard = shardOption(argv);
  const share = shard?.of ?? 1;
  const plan: Omit<ScanPlan, 'known'> = {
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
    threads: threadsOption(argv),
    parallel: numberOption(argv, 'parallel', { least: 1, most: 10_000, whole: true }) ?? DEFAULTS.parallel,
    retries: retriesOption(argv),
    receiveBufferBytes: receiveBufferOption(argv),
    cooldownMs: durationOption(argv, 'cooldown', MOST_MS.cooldown) ?? DEFAULTS.cooldownMs,
    quietGapMs: durationOption(argv, 'quiet-gap', MOST_MS['quiet-gap']),
    formGapMs: durationOption(argv, 'form-gap', MOST_MS['form-gap']) ?? DEFAULTS.formGapMs,
    sourceAddress: textOption(argv, 'source'),
    seed: textOption(argv, 'seed') ?? randomBytes(8).toString('hex'),
    tokenKey: tokenKey ?? new Uint32Array(new Uint8Array(randomBytes(32)).buffer),
    stretchMs: durationOption(argv, 'stretch', MOST_MS.stretch) ?? DEFAULTS.stretchMs,
    severityThresholds: severityThresholds(argv),
    shard,
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

function severityOption(argv: Arguments, name: string): Severity | undefined {
  const text = textOption(argv, name);
  const found = SEVERITIES.find((severity) => severity === text);
  if (text !== undefined && found === undefined)
    throw new UsageError(
      `--${name}: there is no severity "${text}"`,
      `write one of ${SEVERITIES.join(', ')}`,
    );
  return found;
}

function profileOption(argv: Arguments): 'excel' | undefined {
  const text = textOption(argv, 'profile');
  if (text !== undefined && text !== 'excel')
    throw new UsageError(`--profile: there is no profile "${text}"`, 'write excel, or leave it out');
  return text;
}

/** The owner must be able to read the reports, and others never write them: they are lists of weak hosts. */
function fileModeOption(argv: Arguments): number {
  const text = textOption(argv, 'file-mode');
  if (text === undefined) return DEFAULTS.fileMode;
  const mode = /^0?[0-7]{3}$/.test(text) ? Number.parseInt(text, 8) : NaN;
  if (Number.isNaN(mode) || (mode & 0o600) !== 0o600 || (mode & 0o133) !== 0)
    throw new UsageError(`--file-mode: "${text}" is no mode for reports`, 'write 0600, 0640 or 0644');
  return mode;
}
