import { randomBytes } from 'node:crypto';
import type { Address } from '../../domain/address.js';
import { formatPrefix } from '../../domain/address.js';
import type { Origin } from '../../domain/finding.js';
import type { RunRecord } from '../../domain/run-record.js';
import type { ScanPlan } from '../../engine/scan-plan.js';
import { readAsnMap } from '../../origin/asn-map.js';
import { createOrigins } from '../../origin/origin.js';
import type { Scope } from '../../scope/scope.js';
import type { ScanSettings } from '../../settings/all-settings.js';
import type { Key } from '../../sweep/keyed-permutation.js';
import { readAtOnce } from './at-once.js';
import { chosenLimits } from './chosen-limits.js';
import { plannedCanaries } from './planned-canaries.js';
import type { ScanInputs } from './scan-inputs.js';

/** A scan as its settings and inputs ask for it, and what came of the AS maps. */
export interface PlannedScan {
  /** All but what earlier runs know. */
  readonly plan: Omit<ScanPlan, 'known' | 'responders'>;
  readonly asnSources: RunRecord['asn_sources'];
  /** How the maps were read, where their author should know: names of columns that were taken for others. */
  readonly mapNotes: readonly string[];
}

/**
 * The plan of a scan.
 * @param tokenKey of a run that goes on; otherwise one is drawn, as the seed is where none is given.
 * @throws UsageError for an AS map that cannot be read.
 */
export async function plannedScan(
  settings: ScanSettings,
  inputs: ScanInputs,
  tokenKey: Key | undefined,
  stop: AbortSignal,
): Promise<PlannedScan> {
  const { scope, space, probes, rate, scopeFile } = inputs;
  const { limits } = scopeFile;
  const { parallel } = await readAtOnce(settings, inputs);
  const maps = await Promise.all(settings.asn_map.map((path) => readAsnMap(path, stop)));
  const { shard } = settings;
  const share = shard?.of ?? 1;
  const plan: PlannedScan['plan'] = {
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
    parallel,
    retries: settings.retries,
    receiveBufferBytes: settings.receive_buffer,
    cooldownMs: settings.cooldown,
    ...chosenLimits(settings),
    formGapMs: settings.form_gap,
    sourceAddress: settings.source,
    seed: settings.seed ?? randomBytes(8).toString('hex'),
    tokenKey: tokenKey ?? new Uint32Array(new Uint8Array(randomBytes(32)).buffer),
    batchMs: settings.stretch,
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
