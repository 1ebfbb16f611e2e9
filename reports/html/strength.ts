import type { FindingRecord } from '../../src/domain/finding-record.js';
import { compareSeverities } from '../../src/domain/finding.js';
import { isExposed } from '../../src/domain/status.js';

/** The strongest on the wire first, where requests of all sizes compare; of equals the first stays first. */
export function byStrength(records: readonly FindingRecord[]): readonly FindingRecord[] {
  return [...records].sort(compareStrengths);
}

/** Those that say that the host is exposed now. */
export function exposedOf(records: readonly FindingRecord[]): readonly FindingRecord[] {
  return records.filter(({ status }) => isExposed(status));
}

/** What is exposed now before what was or may be, the most severe first, then by strength. */
export function bySeverity(records: readonly FindingRecord[]): readonly FindingRecord[] {
  return [...records].sort(compareBySeverity);
}

/** Negative when `a` goes first in that order. */
export function compareBySeverity(a: FindingRecord, b: FindingRecord): number {
  return (
    Number(isExposed(b.status)) - Number(isExposed(a.status)) ||
    compareSeverities(a.severity, b.severity) ||
    compareStrengths(a, b)
  );
}

function compareStrengths(a: FindingRecord, b: FindingRecord): number {
  return (b.wire_amplification ?? -1) - (a.wire_amplification ?? -1);
}
