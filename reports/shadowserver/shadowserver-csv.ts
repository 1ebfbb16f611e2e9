import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { RunRecord } from '../../src/domain/run-record.js';
import { isExposed } from '../../src/domain/status.js';
import { formatDay } from '../../src/domain/time.js';
import { asLabel, groupByAs } from '../by-as.js';
import { csvChunks, guardCellEnd } from '../csv.js';
import { decimalText, FACTOR_DECIMALS } from '../format.js';
import type { Report } from '../report.js';
import type { ShadowserverType } from './types.js';
import {
  COMMON_COLUMNS,
  DECIMAL_COLUMNS,
  INTEGER_COLUMNS,
  OWN_COLUMNS,
  SHADOWSERVER_TYPES,
} from './types.js';

/**
 * Files that readers of Shadowserver's reports take as they are (IntelMQ, AbuseIO): one a type and AS, named
 * `2026-11-20-scan_ntpmonitor-as64496-asn.csv`. No byte order mark, which breaks those readers, and no guard
 * against formulas, which would stand in their data. Of what is exposed now only; IPv6 under `scan6_`, where there is
 * such a type.
 */
export const shadowserverCsv: Report = {
  name: 'shadowserver-csv',
  *files(run, records) {
    const day = formatDay(Date.parse(run.started));
    const asked = new Set(run.probes.map(({ report }) => report));
    const hasIpv6 = run.targets.networks.some((network) => network.includes(':'));
    for (const group of groupByAs(run, records))
      for (const [name, type] of Object.entries(SHADOWSERVER_TYPES)) {
        if (!asked.has(name)) continue;
        const ofType = group.records.filter(({ report, status }) => report === name && isExposed(status));
        const families = [4, ...(type.hasIpv6 && hasIpv6 ? [6] : [])];
        for (const family of families) {
          const rows = ofType.filter(({ ip }) => ip.includes(':') === (family === 6));
          const fileType = family === 6 ? name.replace('scan_', 'scan6_') : name;
          yield {
            path: `shadowserver/${day}-${fileType}-${asLabel(group)}-asn.csv`,
            chunks: typeChunks(type, rows, run),
          };
        }
      }
  },
};

/** How many exposures have no file there because Shadowserver has no such type for IPv6. */
export function withoutShadowserverType(run: RunRecord, records: readonly FindingRecord[]): number {
  const asked = new Set(run.probes.map(({ report }) => report));
  return records.filter(
    ({ report, ip, status }) =>
      isExposed(status) &&
      ip.includes(':') &&
      asked.has(report) &&
      SHADOWSERVER_TYPES[report]?.hasIpv6 === false,
  ).length;
}

function typeChunks(
  type: ShadowserverType,
  records: readonly FindingRecord[],
  run: RunRecord,
): Iterable<string> {
  const aliases = Object.entries(type.aliases ?? {});
  const names = [...COMMON_COLUMNS, ...type.columns, ...aliases.map(([alias]) => alias), ...OWN_COLUMNS];
  const rows = records.map((record) => {
    const cells = cellsOf(record, type, run);
    for (const [alias, column] of aliases) cells.set(alias, cells.get(column) ?? '');
    return names.map((name) => cells.get(name) ?? '');
  });
  const columns = names.map((name) => ({ name }));
  return csvChunks(columns, rows, { bom: false, quoteAll: true });
}

/** By column; what is missing is unknown, and an empty cell. */
function cellsOf(
  record: FindingRecord,
  { columns, texts = [] }: ShadowserverType,
  run: RunRecord,
): Map<string, string> {
  const facts = columns.map(
    (name) => [name, factText(name, record.facts?.[name], texts.includes(name))] as const,
  );
  return new Map([
    ...facts,
    // IntelMQ takes no row without one.
    ['timestamp', (record.timestamp ?? run.started).replace('T', ' ').replace('Z', '')],
    ['severity', record.severity],
    ['ip', record.ip],
    ['protocol', record.transport],
    ['port', String(record.port)],
    ['tag', (record.tag ?? '').toLowerCase()],
    ['asn', record.asn === undefined ? '' : String(record.asn)],
    ['naics', '0'],
    ['packets', String(record.packets)],
    ['response_size', String(record.response_size)],
    [
      'amplification',
      record.amplification === undefined ? '' : decimalText(record.amplification, FACTOR_DECIMALS),
    ],
    ['dns_version', guardCellEnd(record.version ?? '')],
    ['request_size', String(record.request_size)],
    ['probe', record.probe],
    ['probed_ip', record.probed_ip],
    ['prefix', record.prefix ?? ''],
    ['finding_status', record.status ?? ''],
    ['first_seen', record.first_seen ?? ''],
    ['last_seen', record.last_seen ?? ''],
  ]);
}

const MIN_AMPLIFICATION_DECIMALS = 4;

/** @param isText whether this type has a text there, whatever others have. */
function factText(name: string, value: string | number | boolean | undefined, isText: boolean): string {
  if (value === undefined) return '';
  if (name === 'min_amplification' && typeof value === 'number')
    return decimalText(value, MIN_AMPLIFICATION_DECIMALS);
  const text = String(value);
  if (!isText && INTEGER_COLUMNS.has(name)) return /^-?\d+$/.test(text) ? text : '';
  if (DECIMAL_COLUMNS.has(name)) return /^-?\d+(\.\d+)?$/.test(text) ? text : '';
  return typeof value === 'string' ? guardCellEnd(text) : text;
}
