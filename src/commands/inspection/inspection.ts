import type { Probe } from '../../../probes/probe.js';
import { cleanFacts, cleanText } from '../../../reports/clean-text.js';
import { RTT_DECIMALS, rounded } from '../../../reports/format.js';
import { describedAnswer, exchangeRecord } from '../../../reports/record.js';
import type { Address } from '../../domain/address.js';
import type { Severity, SeverityThresholds } from '../../domain/finding.js';
import { severityOf } from '../../domain/finding.js';
import { factorsOf } from '../../domain/factors.js';
import type { ObservedExchange } from '../../measure/measure-responder.js';
import type { Verdict } from '../../measure/verdict.js';
import { verdictOn } from '../../measure/verdict.js';
import { lazily } from './json-chunks.js';
import type { SelectedProbe } from '../../engine/selected-probe.js';

/** One probe's exchanges with the inspected host, and what they say together. */
export interface Inspection {
  readonly selected: SelectedProbe;
  readonly exchanges: readonly ObservedExchange[];
  readonly outcome: Outcome;
}

export type Outcome =
  | {
      readonly kind: 'exposure';
      readonly verdict: Extract<Verdict, { kind: 'exposure' }>;
      readonly report: string;
      readonly severity: { readonly level: Severity; readonly reason: string };
    }
  /** It answered, and is no exposure. */
  | { readonly kind: 'none'; readonly reason: string }
  | { readonly kind: 'silent' | 'unsent' | 'closed'; readonly reason: string };

const SILENT =
  'nothing came back, and UDP does not tell why: nothing listens there, a filter or an access list dropped ' +
  'the request or the answer, the service answers others only, or a packet was lost';
const CLOSED = 'the port is closed: an ICMP port unreachable came back';

/** What the exchanges say together. */
export function outcomeOf(
  selected: SelectedProbe,
  observed: readonly ObservedExchange[],
  thresholds?: SeverityThresholds,
): Outcome {
  const exchanges = observed.map(({ exchange }) => exchange);
  if (exchanges.every(({ received }) => received.datagrams === 0)) {
    const sent = exchanges.filter(({ end }) => end !== 'unsent');
    if (exchanges.some(({ end }) => end === 'closed')) return { kind: 'closed', reason: CLOSED };
    const errors = [...new Set(exchanges.flatMap(({ sendError }) => sendError ?? []))];
    return sent.length > 0
      ? { kind: 'silent', reason: SILENT }
      : { kind: 'unsent', reason: `nothing was sent: ${errors.join(', ') || 'stopped before'}` };
  }
  const verdict = verdictOn(selected, undefined, exchanges);
  if (verdict.kind === 'none') return verdict;
  const { exposure, reported } = verdict;
  return {
    kind: 'exposure',
    verdict,
    report: verdict.report ?? selected.probe.report,
    severity: severityOf(
      exposure,
      factorsOf(reported).wireAmplification,
      selected.probe.severity,
      thresholds,
    ),
  };
}

/** A field that tells nothing of a third party. */
export interface ShownField {
  readonly at: number;
  readonly bytes: number;
  readonly name: string;
  /** Absent where all of the field is masked. */
  readonly value?: string;
  /** Two digits a byte; `xx` for each masked one. */
  readonly hex: string;
}

/** The fields of one datagram as they may be shown. */
export function shownFields(probe: Pick<Probe, 'dissect'>, payload: Uint8Array): readonly ShownField[] {
  return probe.dissect(payload).map(({ at, bytes, name, value, masked }) => ({
    at,
    bytes,
    name,
    ...(masked === true ? {} : { value: cleanText(value) ?? '' }),
    hex:
      masked !== undefined
        ? 'xx'.repeat(bytes)
        : Buffer.from(payload.subarray(at, at + bytes)).toString('hex'),
  }));
}

/** An inspection for programs, in the words of the JSON reports; exchanges and replies are generators, see jsonChunks. */
export function inspectionRecord({ selected, exchanges, outcome }: Inspection, host: Address): object {
  const { probe, port, options } = selected;
  const reported = outcome.kind === 'exposure' ? outcome.verdict.reported : undefined;
  return {
    probe: probe.id,
    port,
    standard: probe.standard,
    ...(options.length > 0 && { options }),
    exchanges: lazily(exchanges, ({ exchange, payloads, localPort }) => ({
      ...exchangeRecord(exchange, { named: [host], reported }),
      ...(localPort !== undefined && { local_port: localPort }),
      request_fields: shownFields(probe, exchange.request),
      replies: lazily(exchange.replies, ({ afterMs, payloadBytes, reading }, index) => ({
        after_ms: rounded(afterMs, RTT_DECIMALS),
        bytes: payloadBytes,
        reading: reading.kind === 'answer' ? { ...reading, facts: cleanFacts(reading.facts) } : reading,
        fields: shownFields(probe, payloads[index] ?? new Uint8Array()),
      })),
    })),
    outcome: outcome.kind,
    ...(outcome.kind === 'exposure' ? exposureRecord(outcome) : { reason: outcome.reason }),
  };
}

function exposureRecord({ verdict, report, severity }: Extract<Outcome, { kind: 'exposure' }>): object {
  const { tags, version, facts } = verdict.exposure;
  const detail = describedAnswer(verdict.exposure);
  return {
    report,
    severity: severity.level,
    severity_reason: severity.reason,
    tags: [...tags, ...verdict.reported.caveats],
    ...(version !== undefined && { version: cleanText(version) }),
    ...(detail !== undefined && { detail }),
    ...(facts && { facts: cleanFacts(facts) }),
  };
}
