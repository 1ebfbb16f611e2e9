import type { Address } from './address.js';
import type { Exchange, Facts } from './exchange.js';
import type { Measurement } from './factors.js';
import type { Remark } from './reasons.js';

/** Worst first; the five words that Shadowserver and IntelMQ know. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Which AS originates an address, and whose it is. Unknown is absent. */
export interface Origin {
  readonly asn?: number;
  readonly asName?: string;
  readonly customer?: string;
  /** The match that gave the ASN, as text: `192.0.2.0/24`. */
  readonly prefix?: string;
  /** All origins where a prefix has several, the first among them. */
  readonly asns?: readonly number[];
}

/** What all that was asked of one responder says together. */
export type Judgement =
  | {
      readonly kind: 'exposure';
      /** Documented words, sorted by weight: `mode7-open`. */
      readonly tags: readonly string[];
      /** What the software calls itself. Remote text: the reports clean it. */
      readonly version?: string;
      /** What else a person needs to know, in one line of English. May hold remote text: the reports clean it. */
      readonly detail?: string;
      /** What the engine adds to the detail. */
      readonly remarks?: readonly Remark[];
      /** Facts for the JSON reports, in the probe's own words. */
      readonly facts?: Facts;
      /** Whether the replies themselves show that some are missing: then the figures are lower bounds. */
      readonly incomplete?: boolean;
      /** Where the rule by wire amplification is wrong for this answer, and why. */
      readonly severity?: { readonly level: Severity; readonly reason: string };
      /** What it is at least, however little it amplifies, and why. */
      readonly atLeast?: { readonly level: Severity; readonly reason: string };
      /** Other request lengths that bring the same answer: their factors are computed, not asked. */
      readonly equivalentRequests?: readonly { readonly name: string; readonly bytes: number }[];
    }
  | {
      readonly kind: 'refusal';
      readonly reason: string;
      /**
       * It was answered, and the answer itself shows that there is no such exposure: the software works, and is set so.
       * Absent where that is not known.
       */
      readonly exposesNothing?: true;
    }
  /** Nothing that this probe could read. */
  | { readonly kind: 'nothing' };

export type Exposure = Extract<Judgement, { kind: 'exposure' }>;

/** One row of the reports: exposure, origin and severity. */
export interface Finding {
  readonly probe: string;
  readonly protocol: string;
  /** `scan_ntpmonitor`, or `x_…` where no published report type means the same. */
  readonly report: string;
  /** Always inside the scope: the responder where that is so, otherwise the probed address. */
  readonly ip: Address;
  /** The port the reported replies came from. */
  readonly port: number;
  readonly measurement: Measurement;
  /** The exchange whose figures the row shows. */
  readonly reported: Exchange;
  readonly exposure: Exposure;
  /** Who answered, where that was not the probed address; the address only where it lies inside the scope. */
  readonly answeredBy?: { readonly address?: Address; readonly origin: Origin };
  readonly severity: Severity;
  readonly severityReason: string;
  readonly origin: Origin;
}

/** From which wire amplification on a finding is graded higher, whatever its type. */
export interface SeverityThresholds {
  readonly critical: number;
  readonly high: number;
}

export const SEVERITY_THRESHOLDS: SeverityThresholds = { critical: 100, high: 10 };

/** The level of an exposure that needs no amplification, for a judgement's `atLeast`. */
export const LOOP_RISK = {
  level: 'high',
  reason:
    'one packet with a forged source can make it and another such service answer each other without end',
} as const;

/**
 * The severity of a finding, and why. By `wireAmplification`, the one figure in which a 1-byte and a 192-byte request
 * compare: below 1 info, 1 to 2 low, from 2 on the published severity of the type, raised by the thresholds. A
 * judgement's `severity` replaces all that, its `atLeast` only raises it. The reason for the rule: docs/report-format.md.
 */
export function severityOf(
  { severity, atLeast }: Pick<Exposure, 'severity' | 'atLeast'>,
  wireAmplification: number,
  published: Severity,
  thresholds = SEVERITY_THRESHOLDS,
): { level: Severity; reason: string } {
  const ruled = severity ?? byAmplification(wireAmplification, published, thresholds);
  return atLeast && compareSeverities(atLeast.level, ruled.level) < 0 ? atLeast : ruled;
}

function byAmplification(
  wireAmplification: number,
  published: Severity,
  { critical, high }: SeverityThresholds,
): { level: Severity; reason: string } {
  if (wireAmplification < 1) return { level: 'info', reason: 'wire amplification below 1' };
  if (wireAmplification < 2)
    return { level: published === 'info' ? published : 'low', reason: 'wire amplification below 2' };
  const [level, from] =
    wireAmplification >= critical
      ? (['critical', critical] as const)
      : wireAmplification >= high
        ? (['high', high] as const)
        : ([published, 2] as const);
  return compareSeverities(published, level) <= 0
    ? { level: published, reason: 'wire amplification of 2 or more: the published severity of its type' }
    : { level, reason: `wire amplification of ${from} or more` };
}

/** Negative when `a` is the worse of the two. */
export function compareSeverities(a: Severity, b: Severity): number {
  return SEVERITIES.indexOf(a) - SEVERITIES.indexOf(b);
}
