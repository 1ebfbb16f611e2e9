import type { FindingRecord } from '../../src/domain/finding-record.js';
import { compareSeverities } from '../../src/domain/finding.js';
import { isExposed } from '../../src/domain/status.js';

/** The strongest on the wire first, where requests of all sizes compare; of equals the first stays first. */
export function byStrength(records: readonly FindingRecord[]): readonly FindingRecord[] {
  return [...records].sort((a, b) => (b.wire_amplification ?? -1) - (a.wire_amplification ?? -1));
}

/** What is exposed now before what was or may be, the most severe first, then by strength. */
export function bySeverity(records: readonly FindingRecord[]): readonly FindingRecord[] {
  return [...byStrength(records)].sort(
    (a, b) =>
      Number(isExposed(b.status)) - Number(isExposed(a.status)) || compareSeverities(a.severity, b.severity),
  );
}
