import { probes } from '../../probes/list.js';
import { renderReports } from '../../reports/index.js';
import { toRecord } from '../../reports/record.js';
import type { FindingRecord } from '../../src/domain/finding-record.js';
import { sortRecords } from '../../src/domain/sort-records.js';
import type { RunRecord } from '../../src/domain/run-record.js';
import { largeRun } from '../reports/large-run.js';
import { exchange, finding, sampleFindings, sampleRun } from '../reports/sample-run.js';

/** report.html, as a scan writes it. */
export function reportPage(run: RunRecord, records: readonly FindingRecord[]): string {
  for (const { path, chunks } of renderReports(run, records, { bom: false, probes }))
    if (path === 'report.html') return [...chunks].join('');
  throw new Error('no report.html among the reports');
}

const SEEN = [
  { status: 'new', first_seen: '2026-11-20T03:01:00Z', times_seen: 1, days_open: 0 },
  { status: 'persisting', first_seen: '2026-02-28T23:59:59Z', times_seen: 40, days_open: 265 },
  { status: 'reopened', first_seen: '2026-10-02T03:01:00Z', times_seen: 3, days_open: 7 },
] as const;

/** The findings of the sample run, with what the runs before saw of them. */
export const sampleRecords: readonly FindingRecord[] = sortRecords(
  sampleFindings.map((finding, index) => ({
    ...toRecord(finding, { scanId: sampleRun.scan_id }),
    ...SEEN[index % SEEN.length],
    last_seen: '2026-11-20T03:01:00Z',
  })),
);

/** The sample run, after three others. */
export const comparedRun: RunRecord = {
  ...sampleRun,
  history: { earlier_runs: 3, not_targeted: 1, trend: largeRun(60).run.history?.trend ?? [] },
};

/** What hostile servers, registries and scope files might want to put into a page. */
const HOSTILE = [
  '<script>globalThis.pwned = 1; alert(1)</script>',
  '</script><img src=x onerror="globalThis.pwned = 1">',
  '</td></tr></table><iframe src="https://192.0.2.1/"></iframe>',
  '"><svg onload=alert(1)>',
  "' onmouseover='alert(1)",
  'javascript:alert(1)',
  "=cmd|'/C calc'!A0",
  '\u202egnp.exe\u2066 \u200f turned',
  '\ud800 half \udfff pair',
  'nul\0nul\x1b[31m\x07',
  '&lt;script&gt;&#x3c;',
  '<!-- --><style>*{display:none}</style>',
  '${7*7} {{7*7}} `',
  '../../../etc/passwd',
  'A'.repeat(65_536),
  '例'.repeat(2000),
  'W'.repeat(200),
  '𠮷'.repeat(600),
] as const;

/** A run in which each of them stands wherever text comes from outside, and its plain letters where only ours does. */
export const hostileRun: { readonly run: RunRecord; readonly records: readonly FindingRecord[] } = {
  run: {
    ...comparedRun,
    authorisation: {
      ...sampleRun.authorisation,
      organisation: HOSTILE[0],
      authorised_by: HOSTILE[1],
      contact: HOSTILE[3],
      networks: HOSTILE.map((text, index) => ({
        prefix: `192.0.2.${index}/32`,
        asn: 64496 + index,
        as_name: text,
        customer: text,
      })),
    },
    asn_sources: HOSTILE.map((file) => ({ file, format: 'operator', prefixes: 1 })),
  },
  records: sortRecords(
    HOSTILE.map((text, index) => {
      const ip = `192.0.2.${index}`;
      const word = text.slice(0, 50).replace(/[^\x20-\x7e]/g, '');
      return {
        ...toRecord(
          finding({
            probe: word,
            protocol: word,
            report: word,
            probedPort: 19,
            ip,
            origin: { asn: 64496 + index, asName: text, customer: text, prefix: word },
            exposure: { tags: [word], version: text, detail: text, facts: { banner: text } },
            exchanges: [exchange(ip, 19, Uint8Array.of(10), [740 + index])],
          }),
          { scanId: sampleRun.scan_id },
        ),
        ...SEEN[index % SEEN.length],
        last_seen: '2026-11-20T03:01:00Z',
      };
    }),
  ),
};
