import { probes } from '../../../probes/list.js';
import { isInDefault } from '../../../probes/probe.js';
import type { FindingRecord } from '../../../src/domain/finding-record.js';
import { sortRecords } from '../../../src/domain/sort-records.js';
import { SEVERITIES } from '../../../src/domain/finding.js';
import type { RunRecord } from '../../../src/domain/run-record.js';
import { STATUSES } from '../../../src/domain/status.js';
import { formatAddress, ipv4 } from '../../../src/domain/address.js';
import { toRecord } from '../../../reports/record.js';
import { sampleFindings, sampleRun } from '../sample-run.js';

const [template] = sampleFindings.map((finding) => toRecord(finding, { scanId: sampleRun.scan_id }));

/** A row of which only this matters. */
export function record(more: Partial<FindingRecord>): FindingRecord {
  if (!template) throw new Error('the sample run has findings');
  return { ...template, ...more };
}

/** The same without these columns. */
export function recordWithout(
  columns: readonly (keyof FindingRecord)[],
  more: Partial<FindingRecord> = {},
): FindingRecord {
  const entries = Object.entries(record(more)).filter(([name]) => !columns.some((column) => column === name));
  return Object.fromEntries(entries) as unknown as FindingRecord;
}

/** A name of an attacker who wants it to be run, not read. */
export const HOSTILE_NAME = `</text><script>alert(1)</script>" onload='x' & ]]>`;

/** 10.0.0.0/16, its 65,536 addresses asked with every probe. */
export const wideRun: RunRecord = {
  ...sampleRun,
  authorisation: {
    ...sampleRun.authorisation,
    networks: [{ prefix: '10.0.0.0/16', asn: 64500, as_name: 'EXAMPLE-AS' }],
  },
  targets: { ...sampleRun.targets, networks: ['10.0.0.0/16'], addresses: 65_536 },
  probes: probes.flatMap(({ id }) => {
    const [any] = sampleRun.probes;
    return any && probes.some((probe) => probe.id === id && isInDefault(probe)) ? [{ ...any, id }] : [];
  }),
};

/** So many rows all over `wideRun`, of every probe, severity, status, AS and strength; the same at every call. */
export function manyRecords(count: number, { withStatus = true } = {}): readonly FindingRecord[] {
  let state = 1;
  const next = (below: number): number => {
    // Numerical Recipes' linear congruence: good enough to scatter rows, and the same everywhere.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const of = <Item>(items: readonly [Item, ...Item[]] | readonly Item[]): Item =>
    items[next(items.length)] as Item;
  const ids = wideRun.probes.map(({ id }) => id);
  return sortRecords(
    Array.from({ length: count }, () => {
      const asn = 64_496 + Math.floor(next(40) ** 2 / 40);
      const amplification = 10 ** (next(4000) / 1000 - 0.3);
      return record({
        ip: formatAddress(ipv4(0x0a00_0000 + Math.floor(next(65_536) ** 2 / 65_536))),
        probe: of(ids),
        severity: of(SEVERITIES),
        asn,
        as_name:
          asn === 64_497 ? HOSTILE_NAME : asn === 64_498 ? '例示ネットワーク株式会社' : `EXAMPLE-${asn}`,
        amplification: Math.round(amplification * 100) / 100,
        request_size: of([8, 40, 64]),
        ...(next(10) === 0 && { lower_bound: true }),
        ...(withStatus && { status: of(STATUSES) }),
      });
    }),
  );
}
