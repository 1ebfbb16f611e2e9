import { createHash } from 'node:crypto';
import type { Address } from '../src/domain/address.js';
import { formatAddress, parseAddress } from '../src/domain/address.js';
import type { Caveat, Exchange } from '../src/domain/exchange.js';
import { SHORT_WINDOW_MS, lastReplyMs, receivedWithin, wasStillSending } from '../src/domain/exchange.js';
import type {
  ComputedRecord,
  ExchangeRecord,
  FactorColumns,
  FindingColumns,
  FindingRecord,
} from '../src/domain/finding-record.js';
import type { Exposure, Finding } from '../src/domain/finding.js';
import type { Factors } from '../src/domain/factors.js';
import { computedFactors, factorsOf, isLowerBound } from '../src/domain/factors.js';
import type { Remark } from '../src/domain/reasons.js';
import { formatInstant } from '../src/domain/time.js';
import type { StatusColumns } from '../src/domain/status.js';
import { cleanFacts, cleanText } from './clean-text.js';
import { columns } from './columns.js';
import { remarkText } from './reasons.js';
import { decimalText, FACTOR_DECIMALS, preciseTime, rounded, RTT_DECIMALS } from './format.js';

export type { ComputedRecord, ExchangeRecord, FindingRecord } from '../src/domain/finding-record.js';

/** Which addresses of an exchange may be named, and whether it is the one whose figures the row shows. */
export interface ExchangeOwner {
  readonly named: readonly (Address | undefined)[];
  readonly reported?: Exchange | undefined;
}

/**
 * One finding as findings.jsonl holds it, keys in the order of the columns. All text from outside is clean from
 * here on, and no address but `ip` and the probed one is left in it.
 */
export function toRecord(finding: Finding, run: { readonly scanId: string }): FindingRecord {
  const { reported, measurement, exposure, origin } = finding;
  const ip = formatAddress(finding.ip);
  const asn = origin.asn === 0 ? undefined : origin.asn;
  const tags = [...new Set([...exposure.tags, ...reported.caveats])];
  const exchanges = measurement.exchanges.map((exchange) =>
    exchangeRecord(exchange, {
      named: [finding.ip, measurement.probed, finding.answeredBy?.address],
      reported,
    }),
  );
  const remarks: readonly Remark[] = [
    ...(exposure.remarks ?? []),
    windowOf(exchanges.find((exchange) => exchange.reported)) ?? [],
  ].flat();
  const cells = {
    timestamp: reported.requestedAt === undefined ? undefined : formatInstant(reported.requestedAt),
    report: finding.report,
    severity: finding.severity,
    ip,
    port: finding.port,
    transport: 'udp',
    protocol: finding.protocol,
    probe: finding.probe,
    probed_ip: formatAddress(measurement.probed),
    probed_port: measurement.probedPort,
    asn,
    as_name: cleanText(origin.asName),
    prefix: origin.prefix,
    customer: cleanText(origin.customer),
    request_size: reported.sent.payloadBytes,
    request_packets: reported.sent.datagrams,
    response_size: reported.received.payloadBytes,
    packets: reported.received.datagrams,
    ...factorColumns(factorsOf(reported)),
    lower_bound: isLowerBound(reported) || exposure.incomplete === true || undefined,
    basis: reported.seenIn,
    rtt_ms: rttMs(reported),
    tag: tags.length > 0 ? tags.join(';') : undefined,
    version: cleanText(exposure.version),
    detail: textOf([describedAnswer({ ...exposure, remarks }), elsewhereOf(finding)]),
    scan_id: run.scanId,
    finding_id: findingId(ip, measurement.probedPort, finding.protocol, finding.probe),
  } satisfies Unfinished<FindingColumns>;
  const computed = exposure.equivalentRequests?.map(({ name, bytes }): ComputedRecord =>
    withoutUnknowns({
      name,
      request_size: bytes,
      ...factorColumns(computedFactors(reported, bytes, measurement.probed)),
    }),
  );
  return withoutUnknowns({
    ...cells,
    severity_reason: finding.severityReason,
    asns: origin.asns && origin.asns.length > 1 ? origin.asns : undefined,
    remarks:
      remarks.length === 0 ? undefined : remarks.map(({ code, data }) => ({ code, data: cleanFacts(data) })),
    facts: exposure.facts && cleanFacts(exposure.facts),
    computed,
    answered_by: answeredBy(finding),
    response_port: finding.port === measurement.probedPort ? undefined : finding.port,
    elicited_elsewhere: elicitedElsewhere(measurement.exchanges),
    exchanges,
  });
}

/** A row with what earlier runs make of it, keys in the order of the columns again. */
export function withStatus(
  record: FindingRecord,
  status: StatusColumns &
    Pick<FindingRecord, 'status_evidence' | 'status_doubt' | 'silent_since' | 'silent_runs'>,
): FindingRecord {
  const whole: FindingRecord = { ...record, ...status };
  const keys = Object.keys(whole) as (keyof FindingRecord)[];
  const ordered = new Set([...columns.map(({ name }) => name).filter((name) => name in whole), ...keys]);
  // Made in one go: each object that another one of so many keys is spread into gets a hidden class of its own, which
  // is three times as large as the row.
  return Object.fromEntries(Array.from(ordered, (key) => [key, whole[key]])) as unknown as FindingRecord;
}

/**
 * The row of an exposure that this run did not see: its last known figures, and what was asked in vain.
 * @param last its row when it was seen.
 */
export function recordFromHistory(
  last: FindingColumns,
  {
    scanId,
    exchanges,
  }: {
    readonly scanId: string;
    readonly exchanges: readonly Exchange[];
  },
): FindingRecord {
  return {
    ...last,
    scan_id: scanId,
    severity_reason: 'as when it was last seen',
    exchanges: exchanges.map((exchange) =>
      exchangeRecord(exchange, { named: [parseAddress(last.ip), parseAddress(last.probed_ip)] }),
    ),
  };
}

/**
 * The same for the same exposure in every run. Never of the response port, which some protocols draw anew for
 * each answer. The letter in front keeps spreadsheets from reading a number into it.
 */
export function findingId(ip: string, probedPort: number, protocol: string, probe: string): string {
  const hash = createHash('sha256').update(JSON.stringify([ip, probedPort, protocol, probe]));
  return `f-${hash.digest('hex').slice(0, 16)}`;
}

/** A value with unknowns still in it, as undefined. */
type Unfinished<T> = { readonly [K in keyof T]: T[K] | undefined };

/** A copy without the keys whose value is unknown: JSON has no undefined, and absent is what we mean. */
export function withoutUnknowns<T extends object>(value: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as T;
}

function factorColumns(factors: Factors): Unfinished<Required<FactorColumns>> {
  return {
    amplification: rounded(factors.amplification, FACTOR_DECIMALS),
    packet_amplification: rounded(factors.packetAmplification, FACTOR_DECIMALS),
    wire_amplification: rounded(factors.wireAmplification, FACTOR_DECIMALS),
  };
}

function rttMs(exchange: Exchange): number | undefined {
  return rounded(exchange.replies[0]?.afterMs, RTT_DECIMALS);
}

/** The English of what is said of the answer: the probe's part, and what the engine adds. */
export function describedAnswer({
  detail,
  remarks = [],
}: Pick<Exposure, 'detail' | 'remarks'>): string | undefined {
  return textOf([cleanText(detail), ...remarks.map((remark) => cleanText(remarkText(remark).en))]);
}

function textOf(parts: readonly (string | undefined)[]): string | undefined {
  return parts.filter((part) => part !== undefined).join('; ') || undefined;
}

/** The window of the figures, where it is longer than most answers take. @param reported the exchange of the row. */
function windowOf(
  reported: ExchangeRecord | undefined,
): Extract<Remark, { code: 'long-answer' }> | undefined {
  const { window_ms: windowMs = 0, within_2s: short, datagrams = 0 } = reported ?? {};
  if (windowMs <= LONG_WINDOW_MS || short?.amplification === undefined) return undefined;
  return {
    code: 'long-answer',
    data: {
      datagrams,
      seconds: Number(decimalText(windowMs / 1000, RTT_DECIMALS)),
      still_sending: reported?.still_sending === true,
      datagrams_within_2s: short.datagrams,
      amplification_within_2s: short.amplification,
    },
  };
}

const LONG_WINDOW_MS = 5000;

function elsewhereOf(finding: Finding): string | undefined {
  const { probed } = finding.measurement;
  if (finding.ip !== probed) return `answered a request to ${formatAddress(probed)}`;
  const by = answeredBy(finding);
  if (by === undefined) return undefined;
  if (by.ip !== undefined) return `answered by ${by.ip}`;
  const whose =
    by.asn === undefined ? 'its AS is unknown' : `AS${[by.asn, by.as_name].filter(Boolean).join(' ')}`;
  return `answered from an address outside the scope: ${whose}`;
}

function answeredBy({ answeredBy: by }: Finding): FindingRecord['answered_by'] {
  if (by === undefined) return undefined;
  return withoutUnknowns({
    ip: by.address === undefined ? undefined : formatAddress(by.address),
    // 0 stands for an unknown AS.
    asn: by.origin.asn || undefined,
    as_name: cleanText(by.origin.asName),
  });
}

/** An address that is none of these may lie outside the scope: it is not named. */
function repliesFrom(exchange: Exchange, { named }: ExchangeOwner): string | undefined {
  const address: Address | undefined = exchange.responder?.address;
  if (address === undefined) return undefined;
  const ours = named.includes(address);
  return ours ? formatAddress(address) : 'elsewhere';
}

/** One exchange in the words of the reports. @param place whose it is. */
export function exchangeRecord(exchange: Exchange, place: ExchangeOwner): ExchangeRecord {
  const { sent, received, askedBack, replies } = exchange;
  const figures = exchange.purpose === 'measure' && exchange.end !== 'unsent';
  const unknown: Unfinished<Required<FactorColumns>> = {
    amplification: undefined,
    packet_amplification: undefined,
    wire_amplification: undefined,
  };
  const refusal = replies.find(({ reading }) => reading.kind === 'refusal')?.reading;
  return withoutUnknowns<ExchangeRecord>({
    form: exchange.form,
    purpose: exchange.purpose,
    seen_in: exchange.seenIn,
    reported: exchange === place.reported || undefined,
    request: Buffer.from(exchange.request).toString('hex'),
    request_size: exchange.request.length,
    request_wire_bytes: sent.wireBytes,
    requested_at: exchange.requestedAt === undefined ? undefined : preciseTime(exchange.requestedAt),
    end: exchange.end,
    send_error: exchange.sendError,
    datagrams: received.datagrams,
    response_size: received.payloadBytes,
    ip_packets: received.ipPackets,
    wire_bytes: received.wireBytes,
    sizes: exchange.seenIn === 'measurement' ? replies.map(({ payloadBytes }) => payloadBytes) : undefined,
    rtt_ms: rttMs(exchange),
    replies_from: repliesFrom(exchange, place),
    replies_port: exchange.responder?.port,
    ...(figures ? factorColumns(factorsOf(exchange)) : unknown),
    refusal: refusal?.kind === 'refusal' ? cleanText(refusal.reason) : undefined,
    caveats: exchange.caveats.length > 0 ? (exchange.caveats satisfies readonly Caveat[]) : undefined,
    window_ms: rounded(lastReplyMs(exchange), RTT_DECIMALS),
    listened_ms: rounded(exchange.listenedMs, RTT_DECIMALS),
    within_2s: figures && received.datagrams > 0 ? within2s(exchange) : undefined,
    still_sending: wasStillSending(exchange) || undefined,
    asked_back: askedBack && { datagrams: askedBack.datagrams, bytes: askedBack.payloadBytes },
    elsewhere: elsewhereIn(exchange),
    farewell_size: exchange.farewellBytes,
  });
}

function within2s(exchange: Exchange): ExchangeRecord['within_2s'] {
  const received = receivedWithin(exchange, SHORT_WINDOW_MS);
  if (received === undefined) return undefined;
  return withoutUnknowns<NonNullable<ExchangeRecord['within_2s']>>({
    datagrams: received.datagrams,
    response_size: received.payloadBytes,
    ip_packets: received.ipPackets,
    wire_bytes: received.wireBytes,
    ...factorColumns(factorsOf({ sent: exchange.sent, received })),
  });
}

function elsewhereIn({ offPath, offPathAddresses }: Exchange): ExchangeRecord['elsewhere'] {
  if (offPath.datagrams === 0) return undefined;
  return {
    datagrams: offPath.datagrams,
    bytes: offPath.payloadBytes,
    ...(offPathAddresses !== undefined && { addresses: offPathAddresses }),
  };
}

/** Of one request, as every figure: the same addresses answer the next one too. */
function elicitedElsewhere(exchanges: readonly Exchange[]): FindingRecord['elicited_elsewhere'] {
  return exchanges
    .flatMap((exchange) => elsewhereIn(exchange) ?? [])
    .reduce<FindingRecord['elicited_elsewhere']>(
      (most, one) => (most !== undefined && most.bytes >= one.bytes ? most : one),
      undefined,
    );
}
