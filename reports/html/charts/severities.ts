import { rollup } from 'd3-array';
import type { Texts } from '../../../probes/probe.js';
import type { FindingRecord } from '../../../src/domain/finding-record.js';
import type { Severity } from '../../../src/domain/finding.js';
import { SEVERITIES } from '../../../src/domain/finding.js';
import { cleanText } from '../../clean-text.js';
import { WORD_TEXTS } from '../cells.js';
import { exposedOf } from '../strength.js';

/** How many of what is exposed now are how severe. */
export type SeverityCounts = Readonly<Record<Severity, number>>;

export function countBySeverity(records: readonly FindingRecord[]): SeverityCounts {
  const counts = rollup(
    exposedOf(records),
    (group) => group.length,
    ({ severity }) => severity,
  );
  return perSeverity((severity) => counts.get(severity) ?? 0);
}

/** A figure for each severity, worst first. */
export function perSeverity<Value>(
  valueOf: (severity: Severity) => Value,
): Readonly<Record<Severity, Value>> {
  return Object.fromEntries(SEVERITIES.map((severity) => [severity, valueOf(severity)])) as Record<
    Severity,
    Value
  >;
}

/** A word that this version lacks, in a run of another, stands for itself. */
export function severityTexts(severity: Severity): Texts {
  const word = cleanText(severity) ?? '';
  return { en: word, ja: SEVERITIES.includes(severity) ? WORD_TEXTS[severity] : word };
}
