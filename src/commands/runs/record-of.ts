import { createHash } from 'node:crypto';
import { cleanText } from '../../../reports/clean-text.js';
import type { CheckpointSession } from '../../archive/checkpoint.js';
import { formatPrefix } from '../../domain/address.js';
import type {
  RunLate,
  RunLosses,
  RunNotices,
  RunFirstAsked,
  RunPartial,
  RunRecord,
  ScopeReloadRecord,
} from '../../domain/run-record.js';
import type { Instant } from '../../domain/time.js';
import { formatInstant } from '../../domain/time.js';
import { toPrefixes } from '../../scope/address-set.js';
import type { Check } from '../../preflight/check.js';
import { version } from '../../version.js';
import type { ScanPlan, ScanResult } from '../../engine/scan-plan.js';
import type { ScanInputs } from '../inputs/scan-inputs.js';
import { formatShard } from '../../sweep/shard.js';
import { formatFileMode } from '../../archive/file-modes.js';

/** Everything that run.json says of a scan, in its words: one object, in the order of the file. */
export function recordOf(scan: {
  readonly scanId: string;
  readonly started: Instant;
  readonly ended: Instant;
  readonly inputs: ScanInputs;
  readonly plan: ScanPlan;
  readonly result: ScanResult;
  readonly asnSources: RunRecord['asn_sources'];
  readonly sessions: readonly CheckpointSession[];
  readonly bom: boolean;
  readonly profile: 'excel' | undefined;
  readonly notices: RunNotices | undefined;
  readonly fileMode: number;
  readonly fixedAfterSilentRuns: number;
  readonly checks: readonly Check[];
  readonly scopeReloads: readonly ScopeReloadRecord[];
  /** Of the reports: findings, and what became of known exposures that are none any more. */
  readonly rows: number;
  readonly history: NonNullable<RunRecord['history']>;
  readonly late: RunLate | undefined;
  readonly partial: RunPartial | undefined;
  readonly firstAsked: RunFirstAsked | undefined;
}): RunRecord {
  const { inputs, plan, result } = scan;
  const { scopeFile, space } = inputs;
  return {
    format: 1,
    scan_id: scan.scanId,
    ampscope_version: version,
    started: formatInstant(scan.started),
    ended: formatInstant(scan.ended),
    ...(scan.sessions.length > 1 && { sessions: sessionsOf(scan.sessions, scan.ended) }),
    complete: result.stoppedBy === undefined,
    ...(result.stoppedBy !== undefined && { incomplete_reason: result.stoppedBy }),
    ...(result.suspect && { suspect: result.suspect }),
    ...(result.path && { path: result.path }),
    ...(scan.late && { late: scan.late }),
    ...(scan.partial && { partial: scan.partial }),
    ...(scan.firstAsked && { first_asked: scan.firstAsked }),
    // These texts may come from the network: they stand here as in the reports.
    authorisation: {
      organisation: cleanText(scopeFile.organisation) ?? '',
      authorised_by: cleanText(scopeFile.authorisedBy) ?? '',
      contact: cleanText(scopeFile.contact) ?? '',
      valid_until: scopeFile.validUntil,
      scope_sha256: createHash('sha256').update(inputs.scopeText).digest('hex'),
      networks: scopeFile.networks.map((network) => {
        const [asName, customer] = [cleanText(network.asName), cleanText(network.customer)];
        return {
          prefix: formatPrefix(network.prefix),
          ...(network.asn !== undefined && { asn: network.asn }),
          ...(asName !== undefined && { as_name: asName }),
          ...(customer !== undefined && { customer }),
        };
      }),
      exclude: inputs.excludeTexts(),
    },
    targets: {
      given: [...space.given],
      networks: toPrefixes(space.set).map(formatPrefix),
      addresses: result.addresses,
      excluded_addresses: space.excludedAddresses,
      left_out: [...space.leftOut],
    },
    settings: {
      rate: plan.pace.rate,
      per_subnet: plan.pace.perSubnet,
      per_host: plan.pace.perHost,
      reply_bandwidth_bps: plan.pace.replyBandwidthBps,
      parallel: plan.parallel,
      retries: plan.retries,
      threads: plan.threads,
      receive_buffer: plan.receiveBufferBytes,
      cooldown_ms: plan.cooldownMs,
      ...(plan.quietGapMs !== undefined && { quiet_gap_ms: plan.quietGapMs }),
      ...(plan.firstReplyMs !== undefined && { first_reply_ms: plan.firstReplyMs }),
      ...(plan.longestExchangeMs !== undefined && { longest_exchange_ms: plan.longestExchangeMs }),
      form_gap_ms: plan.formGapMs,
      fixed_after_silent_runs: scan.fixedAfterSilentRuns,
      stretch_ms: plan.batchMs,
      seed: plan.seed,
      ...(plan.shard !== undefined && { shard: formatShard(plan.shard) }),
      ...(plan.sourceAddress !== undefined && { source_address: plan.sourceAddress }),
      bom: scan.bom,
      ...(scan.profile !== undefined && { profile: scan.profile }),
      ...(scan.notices && { notices: scan.notices }),
      ...(plan.severityThresholds && {
        severity_critical: plan.severityThresholds.critical,
        severity_high: plan.severityThresholds.high,
      }),
      file_mode: formatFileMode(scan.fileMode),
    },
    probes: plan.probes.map(({ probe, port, options }, index) => ({
      id: probe.id,
      protocol: probe.protocol,
      report: probe.report,
      port,
      standard: probe.standard,
      ...(options.length > 0 && { options }),
      forms: probe.sweepForms.map((form) => {
        const request = form.encode(0);
        return {
          name: form.name,
          request_hex: Buffer.from(request).toString('hex'),
          request_size: request.length,
        };
      }),
      sent: result.perProbe[index]?.sent ?? 0,
      sent_bytes: result.perProbe[index]?.sentBytes ?? 0,
      responders: result.perProbe[index]?.responders ?? 0,
      exposures: result.perProbe[index]?.exposures ?? 0,
      not_exposed: result.perProbe[index]?.notExposed ?? {},
    })),
    sockets: result.sockets.map(({ probe, socket }) => ({
      probe,
      local_address: socket.localAddress,
      local_port: socket.localPort,
      receive_buffer: socket.receiveBufferBytes,
      ...(socket.drops !== undefined && { drops: socket.drops }),
    })),
    counts: {
      sweep_packets: result.perProbe.reduce((sum, { sent }) => sum + sent, 0),
      pass_packets: result.sweep.sentInPass.slice(0, -1),
      asked_again: result.sweep.sentInPass.at(-1) ?? 0,
      measurement_requests: result.measurementRequests,
      farewells: result.farewells,
      responders: result.perProbe.reduce((sum, { responders }) => sum + responders, 0),
      measured: result.measured,
      findings: scan.rows,
      received_datagrams: result.sweep.receivedDatagrams + result.measurementDatagrams,
      received_bytes: result.sweep.receivedBytes + result.measurementBytes,
      unsolicited_datagrams: result.sweep.unsolicitedDatagrams,
      ambiguous_datagrams: result.sweep.ambiguousDatagrams,
      alien_datagrams: result.sweep.unrecognisedDatagrams,
      late_responders: result.lateResponders,
    },
    losses: lossesOf(plan, result),
    ...(scan.scopeReloads.length > 0 && { scope_reloads: scan.scopeReloads }),
    preflight: scan.checks
      .filter((check) => check.status === 'warning' || check.status === 'unknown')
      .map(({ name, status, reason, finding, hint }) => ({
        name,
        status,
        ...reason,
        finding,
        ...(hint !== undefined && { hint }),
      })),
    history: scan.history,
    asn_sources: scan.asnSources,
  };
}

function sessionsOf(
  sessions: readonly CheckpointSession[],
  ended: Instant,
): NonNullable<RunRecord['sessions']> {
  return sessions.map(({ started_at, saved_at, from_position }, index) => ({
    started: formatInstant(started_at),
    ended: formatInstant(index === sessions.length - 1 ? ended : saved_at),
    from_position,
  }));
}

function lossesOf(plan: ScanPlan, result: ScanResult): RunLosses {
  const { sendErrors, sockets, measurementSocketDrops } = result;
  const drops = sockets.flatMap(({ socket }) => socket.drops ?? []);
  const unknown = result.unknown.flatMap(({ addresses, prefixes }, index) =>
    addresses === 0
      ? []
      : { probe: plan.probes[index]?.probe.id ?? '', addresses, prefixes: prefixes.map(formatPrefix) },
  );
  return {
    send_errors: sendErrors,
    // Left out where the system does not tell, for no drops are something else than no knowledge of them.
    ...(drops.length === sockets.length && {
      sweep_socket_drops: drops.reduce((sum, count) => sum + count, 0),
      measurement_socket_drops: measurementSocketDrops,
    }),
    ...(result.sendBufferDrops !== undefined && { send_buffer_drops: result.sendBufferDrops }),
    capped_measurements: result.cappedMeasurements,
    events: result.lossEvents.map(({ first, last, positions, ...event }) => ({
      ...event,
      first: formatInstant(first),
      last: formatInstant(last),
      ...(positions && { positions: [positions.from, positions.to - 1] as const }),
    })),
    unknown,
    ...(result.lossEstimate !== undefined && {
      loss_estimate: Math.round(result.lossEstimate * 10_000) / 10_000,
    }),
    // What was lost in the sweep and asked again without a loss is none any more.
    any: unknown.length > 0 || measurementSocketDrops > 0 || result.measurementLosses > 0,
  };
}
