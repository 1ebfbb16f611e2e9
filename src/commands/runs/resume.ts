import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { removeStale } from '../../archive/atomic-file.js';
import type { CheckpointPlan, ReadCheckpoint } from '../../archive/checkpoint.js';
import { hasCheckpoint, readCheckpoint, soundOr, stateFile } from '../../archive/checkpoint.js';
import { readRun, readRunRecord } from '../../archive/run-archive.js';
import type { RunDirectory } from '../../archive/run-directory.js';
import { formatAddress, formatPrefix } from '../../domain/address.js';
import type { Exchange } from '../../domain/exchange.js';
import type { FindingRecord } from '../../domain/finding-record.js';
import type { RunRecord } from '../../domain/run-record.js';
import type { Instant } from '../../domain/time.js';
import { UsageError } from '../../domain/usage-error.js';
import { addressSet, difference, isEmpty, toPrefixes } from '../../scope/address-set.js';
import { textsIn, together } from '../../scope/parse-range.js';
import type { Scope } from '../../scope/scope.js';
import { targetSpaceOf } from '../../scope/target-space.js';
import type { Key } from '../../sweep/keyed-permutation.js';
import type { Sighting } from '../../sweep/sightings.js';
import { decodeSighting } from '../../sweep/sighting-codec.js';
import { version } from '../../version.js';
import type { ScanSettings } from '../../settings/all-settings.js';
import { SCAN_SETTINGS } from '../../settings/all-settings.js';
import type { Written } from '../../settings/read-settings.js';
import { flagOf } from '../../settings/names.js';
import type { Given, Io } from '../command.js';
import { createMeasured } from '../../engine/measured.js';
import { readRange } from './range-text.js';
import { checkStoredSweep } from './stored-sweep.js';
import { maskedProbe } from '../../engine/masked-probe.js';
import type { ScanStart } from '../../engine/scan-plan.js';
import { positionsDone } from '../../engine/scan-plan.js';
import type { ScanInputs } from '../inputs/scan-inputs.js';
import { parseScope, readScope } from '../inputs/scan-inputs.js';
import { selectProbes } from '../inputs/select-probes.js';

/** A run that was stopped, ready to go on. */
export interface ResumedScan {
  readonly directory: RunDirectory;
  /** Those that it was begun with, and the scope file that holds now. */
  readonly settings: ScanSettings;
  readonly inputs: ScanInputs;
  readonly startedAt: Instant;
  readonly tokenKey: Key;
  readonly start: ScanStart;
  readonly checkpoint: ReadCheckpoint;
}

/** A run that has all its reports and was killed before the history, `latest` or the removal of its checkpoint. */
export interface LeftRun {
  readonly directory: RunDirectory;
  readonly settings: ScanSettings;
  readonly run: RunRecord;
  readonly records: readonly FindingRecord[];
}

/**
 * The directory of the run that `--resume` names; undefined without it.
 * @throws UsageError where there is none, and for other settings beside it.
 */
export async function runToResume(
  { resume }: ScanSettings,
  { operands, written }: Given,
): Promise<string | undefined> {
  if (resume === undefined) return undefined;
  refuseOthers(operands, written);
  return realpath(resume).catch(() => {
    throw new UsageError(`${resume}: no such run`, 'name the directory of a run that was stopped');
  });
}

/**
 * The run in this directory where nothing of it is to be sent or written again: only what follows is still to be done.
 * @returns undefined where it is another one.
 * @throws UsageError where its findings are damaged.
 */
export async function readLeftRun(path: string, given: ScanSettings): Promise<LeftRun | undefined> {
  await removeStale(path);
  const record = await readRunRecord(path).catch(() => undefined);
  if (record?.complete !== true || !(await hasCheckpoint(path))) return undefined;
  const { plan } = await readCheckpoint(path, version);
  return {
    directory: { path, id: plan.scan_id },
    settings: settingsOf(plan, path, given),
    ...(await readRun(path)),
  };
}

function settingsOf(
  plan: CheckpointPlan,
  path: string,
  { lang, quiet, json, even_though_newer }: ScanSettings,
): ScanSettings {
  return { ...storedSettings(plan.settings, path), lang, quiet, json, even_though_newer, out: dirname(path) };
}

/**
 * Reads a run that goes on. Its order stays what it was; the scope file is read again and governs what may still be
 * sent: it may have shrunk, and its rate or its last day may be others.
 * @throws UsageError for a run that cannot go on, and for a scope that grew.
 */
export async function resumeScan(
  path: string,
  given: ScanSettings,
  { written }: Given,
  io: Io,
): Promise<ResumedScan> {
  const checkpoint = await readCheckpoint(path, version);
  const { plan } = checkpoint;
  const settings: ScanSettings = {
    ...settingsOf(plan, path, given),
    scope: isFlag(written.get('scope')) ? given.scope : plan.scope.path,
    exclude: [...plan.exclude.read, ...plan.exclude.lists],
  };
  const { scopeFile, scopeText, scope, exclusions, warning } = await readScope(settings, io);
  const before = parseScope(plan.scope.text, plan.scope.path);
  refuseGrowth(scope, plan.scope.allowed);
  const start = startFrom(path, checkpoint);
  return {
    directory: { path, id: plan.scan_id },
    settings,
    startedAt: plan.started_at,
    tokenKey: new Uint32Array(new Uint8Array(Buffer.from(plan.token_key, 'hex')).buffer),
    checkpoint,
    start,
    inputs: {
      scopeFile: {
        ...scopeFile,
        // What shapes the order stays; what only bounds the pace may have been lowered.
        limits: {
          ...before.limits,
          replyBandwidthBps: Math.min(before.limits.replyBandwidthBps, scopeFile.limits.replyBandwidthBps),
        },
      },
      scopeText,
      scope,
      space: targetSpaceOf({
        set: addressSet(plan.targets.ranges.map(readRange)),
        given: plan.targets.given,
        excludedAddresses: plan.targets.excluded_addresses,
        leftOut: plan.targets.left_out,
      }),
      exclusions,
      excludeTexts: () => [...new Set(textsIn(together(scopeFile.exclude, exclusions)))],
      probes: selectProbes(settings, before).map((selected) =>
        maskedProbe(selected, (address) => scope.allows(address)),
      ),
      rate: Math.min(settings.rate ?? before.limits.rate, scopeFile.limits.rate),
      ...(warning !== undefined && { validityWarning: warning }),
      notes: [`going on with ${plan.scan_id}: ${positionsDone(start.parts)} requests of the sweep are done`],
    },
  };
}

function storedSettings(stored: Readonly<Record<string, unknown>>, path: string): ScanSettings {
  const parsed = SCAN_SETTINGS.safeParse(stored);
  if (parsed.success) return parsed.data;
  const [key = 'settings'] = parsed.error.issues[0]?.path ?? [];
  throw new UsageError(`${path}: its checkpoint is damaged: ${String(key)} cannot be read`, 'scan anew');
}

const isFlag = (written: Written | undefined): boolean => written?.source.kind === 'flag';

/** Settings of this session, not of the run. */
const MAY_BE_GIVEN: ReadonlySet<string> = new Set([
  'scope',
  'resume',
  'even_though_newer',
  'lang',
  'quiet',
  'json',
]);

/** What the environment and a settings file say is for new runs. */
function refuseOthers(operands: readonly string[], written: Given['written']): void {
  const [first] = Array.from(written).filter(
    ([key, setting]) => isFlag(setting) && setting.value !== false && !MAY_BE_GIVEN.has(key),
  );
  if (operands.length === 0 && first === undefined) return;
  throw new UsageError(
    first === undefined
      ? 'targets cannot stand beside --resume'
      : `--${flagOf(first[0])} cannot stand beside --resume`,
    'all settings come from the run itself; only --scope, --lang, --quiet, --json and --even-though-newer may be given',
  );
}

const MOST_NAMED = 3;

function refuseGrowth(scope: Scope, allowedBefore: readonly string[]): void {
  const grown = difference(scope.allowed, addressSet(allowedBefore.map(readRange)));
  if (isEmpty(grown)) return;
  const prefixes = toPrefixes(grown).map(formatPrefix);
  const more = prefixes.length > MOST_NAMED ? ` and ${prefixes.length - MOST_NAMED} more` : '';
  throw new UsageError(
    `${scope.name}: the scope grew since the run began: ${prefixes.slice(0, MOST_NAMED).join(', ')}${more}`,
    'go on with the scope that it began with, or a smaller one, or scan anew',
  );
}

function startFrom(path: string, { state, measured }: ReadCheckpoint): ScanStart {
  const { sweep, counters, ...stored } = soundOr(stateFile(path), checkStoredSweep(state));
  const { parts, late, debtMs } = sweep;
  const sightings = stored.sightings.map(decodeSighting);
  const exchangesOf = new Map<string, readonly Exchange[]>();
  for (const { probe, probed, firstSeenAt, exchanges } of measured) {
    const key = `${probe} ${probed} ${firstSeenAt}`;
    // Who answered another form later was measured in two goes.
    exchangesOf.set(key, [...(exchangesOf.get(key) ?? []), ...exchanges]);
  }
  return {
    parts,
    late,
    debtMs,
    sightings,
    measured: createMeasured(
      sightings.flatMap((sighting): (readonly [Sighting, readonly Exchange[]])[] => {
        const { probe, probed, firstSeenAt } = sighting;
        const exchanges = exchangesOf.get(`${probe} ${formatAddress(probed)} ${firstSeenAt}`);
        return exchanges === undefined ? [] : [[sighting, exchanges]];
      }),
    ),
    counters,
  };
}
