import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import type { CheckpointPlan, CheckpointSession, CheckpointWriter } from '../../archive/checkpoint.js';
import { FORMAT, openCheckpoint, removeCheckpoint } from '../../archive/checkpoint.js';
import type { RunDirectory } from '../../archive/run-directory.js';
import { formatAddress } from '../../domain/address.js';
import type { ScopeReloadRecord } from '../../domain/run-record.js';
import { SystemFault } from '../../domain/system-fault.js';
import type { Clock, Instant } from '../../domain/time.js';
import { eachRange } from '../../domain/ranges.js';
import { UsageError } from '../../domain/usage-error.js';
import { encodeSighting } from '../../sweep/sighting-codec.js';
import { textsIn } from '../../scope/parse-range.js';
import { version } from '../../version.js';
import type { Given } from '../command.js';
import type { Checkpointer } from '../../engine/keep-saving.js';
import { formatRange } from './range-text.js';
import type { ScanPlan } from '../../engine/scan-plan.js';
import type { ScanInputs } from '../inputs/scan-inputs.js';
import type { ScanSettings } from '../../settings/all-settings.js';
import { SETTINGS_BY_KEY } from '../../settings/all-settings.js';
import { pathsFrom } from '../../settings/setting.js';

/** Keeps a run on the disk while it goes on. */
export interface RunCheckpointer extends Checkpointer {
  /** The sessions of the run, this one last. */
  sessions(): readonly CheckpointSession[];
  close(): Promise<void>;
}

/** @param run.plan of a new run; absent where it goes on, then the rest says from where. */
export function createRunCheckpointer(
  directory: RunDirectory,
  clock: Clock,
  run: {
    readonly fileMode: number;
    readonly everyMs: number;
    readonly plan?: CheckpointPlan | undefined;
    readonly earlier?: readonly CheckpointSession[] | undefined;
    /** All of the run until now. */
    readonly scopeReloads: () => readonly ScopeReloadRecord[];
    readonly measurementsBytes?: number | undefined;
    readonly fromPosition?: number | undefined;
  },
): RunCheckpointer {
  const startedAt = clock.now();
  let savedAt = startedAt;
  let writer: CheckpointWriter | undefined;
  const sessions = (): readonly CheckpointSession[] => [
    ...(run.earlier ?? []),
    { started_at: startedAt, from_position: run.fromPosition ?? 0, saved_at: savedAt },
  ];
  return {
    everyMs: run.everyMs,
    sessions,
    async save({ sweep, measured, counters }) {
      const isFirst = writer === undefined;
      const { sightings, ...place } = sweep;
      try {
        writer ??= await openCheckpoint(directory.path, run);
        savedAt = clock.now();
        await writer.save(
          {
            saved_at: savedAt,
            sweep: place,
            sightings: mapped(sightings, encodeSighting),
            counters,
            sessions: sessions(),
            scope_reloads: run.scopeReloads(),
          },
          measured.map(([{ probe, probed, firstSeenAt }, exchanges]) => ({
            probe,
            probed: formatAddress(probed),
            firstSeenAt,
            exchanges,
          })),
        );
      } catch (error) {
        const isNew = isFirst && run.plan !== undefined;
        if (isNew) await removeCheckpoint(directory.path).catch(() => undefined);
        throw cannotKeep(directory.path, error, isNew);
      }
    },
    async close() {
      await writer?.close();
    },
  };
}

/** Everything that a run which goes on must know of its beginning. */
export function checkpointPlanOf(
  { written }: Given,
  {
    settings,
    inputs,
    plan,
    scanId,
    startedAt,
  }: {
    readonly settings: ScanSettings;
    readonly inputs: ScanInputs;
    readonly plan: ScanPlan;
    readonly scanId: string;
    readonly startedAt: Instant;
  },
): CheckpointPlan {
  const { scope, space, scopeFile, scopeText } = inputs;
  return {
    format: FORMAT,
    ampscope_version: version,
    scan_id: scanId,
    started_at: startedAt,
    token_key: Buffer.from(plan.tokenKey.buffer).toString('hex'),
    scope: {
      path: resolve(scopeFile.name),
      sha256: createHash('sha256').update(scopeText).digest('hex'),
      text: scopeText,
      allowed: Array.from(eachRange(scope.allowed.ranges), formatRange),
    },
    targets: {
      given: [...space.given],
      ranges: Array.from(eachRange(space.set.ranges), formatRange),
      excluded_addresses: space.excludedAddresses,
      left_out: space.leftOut,
    },
    exclude: {
      read: [...textsIn(inputs.exclusions)],
      lists: settings.exclude.flatMap((word) => (word.startsWith('@') ? `@${resolve(word.slice(1))}` : [])),
    },
    settings: { ...keptOf(written), seed: plan.seed },
  };
}

/** A full disk is no fault of the user's command; a folder that cannot be written from the start is. */
export function cannotKeep(path: string, error: unknown, nothingSent: boolean): Error {
  if (!(error instanceof Error && 'code' in error))
    return error instanceof Error ? error : new Error(String(error));
  const message = `${path}: cannot be written: ${reasonOf(String(error.code))}`;
  return nothingSent
    ? new UsageError(
        message,
        'nothing was sent: name a folder with free space that you may write to with --out',
      )
    : new SystemFault(
        message,
        `nothing more was sent: make room, then go on with: ampscope scan --resume ${path}`,
      );
}

function reasonOf(code: string): string {
  if (code === 'ENOSPC') return 'the disk is full (ENOSPC)';
  if (code === 'EDQUOT') return 'the quota is used up (EDQUOT)';
  if (code === 'EROFS') return 'the file system is read-only (EROFS)';
  if (code === 'EACCES' || code === 'EPERM') return `permission denied (${code})`;
  return code;
}

/** Of this command line alone, or kept by the plan in another way. */
const NOT_KEPT: ReadonlySet<string> = new Set([
  'scope',
  'targets',
  'exclude',
  'out',
  'resume',
  'json',
  'quiet',
]);

/** What was given, by flag, variable or file: a run that goes on asks none of them again. Paths are absolute. */
function keptOf(written: Given['written']): CheckpointPlan['settings'] {
  const kept = Array.from(written).filter(([key]) => !NOT_KEPT.has(key));
  return Object.fromEntries(
    kept.map(([key, { value }]) => [key, pathsFrom(process.cwd(), SETTINGS_BY_KEY[key], value)]),
  );
}

function* mapped<T, U>(values: Iterable<T>, map: (value: T) => U): Generator<U> {
  for (const value of values) yield map(value);
}
