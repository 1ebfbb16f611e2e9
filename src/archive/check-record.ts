import { parseAddress } from '../domain/address.js';
import type { FindingRecord } from '../domain/finding-record.js';
import { SEVERITIES } from '../domain/finding.js';
import type { RunRecord } from '../domain/run-record.js';
import { parseFileMode } from './file-modes.js';

/**
 * Reads run.json. Gives a sentence that says why where it is not what this version writes: only as much is
 * checked as a reader needs not to fail halfway.
 */
export function checkRunRecord(text: string): RunRecord | string {
  const run = parseObject(text);
  if (typeof run === 'string') return run;
  if (run['format'] !== 1) return `format ${JSON.stringify(run['format'])} is not known`;
  for (const key of ['scan_id', 'ampscope_version', 'started', 'ended'])
    if (typeof run[key] !== 'string') return `"${key}" is missing`;
  if (Number.isNaN(Date.parse(String(run['started'])))) return '"started" is no time';
  const { authorisation, targets, settings, counts, losses } = run;
  for (const [key, value] of Object.entries({ authorisation, targets, settings, counts, losses }))
    if (!isObject(value)) return `"${key}" is missing`;
  for (const key of ['probes', 'sockets', 'asn_sources'])
    if (!Array.isArray(run[key])) return `"${key}" is missing`;
  if (!isObject(authorisation) || !Array.isArray(authorisation['networks']))
    return 'the networks are missing';
  if (!isObject(targets) || !Array.isArray(targets['networks'])) return 'the targets are missing';
  if (!isObject(counts) || typeof counts['findings'] !== 'number') return '"counts.findings" is missing';
  if (!isObject(settings) || typeof settings['bom'] !== 'boolean') return '"settings.bom" is missing';
  if (parseFileMode(String(settings['file_mode'])) === undefined) return '"settings.file_mode" is no mode';
  if (!isNotices(settings['notices'])) return '"settings.notices" is damaged';
  return run as unknown as RunRecord;
}

function isNotices(value: unknown): boolean {
  if (value === undefined) return true;
  if (!isObject(value)) return false;
  const { format = 'text', letters = 'all', templates } = value;
  if (format !== 'text' && format !== 'eml') return false;
  if (!['new', 'changed', 'all'].includes(String(letters))) return false;
  if (templates === undefined) return true;
  return isObject(templates) && ['en', 'ja'].every((language) => typeof templates[language] === 'string');
}

/** Reads one line of findings.jsonl. Gives a sentence that says why where it is none of ours. */
export function checkFindingRecord(line: string): FindingRecord | string {
  const record = parseObject(line);
  if (typeof record === 'string') return record;
  for (const key of TEXTS) if (typeof record[key] !== 'string') return `"${key}" is missing`;
  for (const key of NUMBERS) if (!Number.isSafeInteger(record[key])) return `"${key}" is no whole number`;
  for (const key of FIGURES)
    if (record[key] !== undefined && typeof record[key] !== 'number') return `"${key}" is no number`;
  for (const key of OPTIONAL_TEXTS)
    if (record[key] !== undefined && typeof record[key] !== 'string') return `"${key}" is no text`;
  for (const key of ['ip', 'probed_ip'])
    if (parseAddress(String(record[key])) === undefined) return `"${key}" is not an IP address`;
  if (!SEVERITIES.some((severity) => severity === record['severity']))
    return '"severity" is none of the five';
  if (!Array.isArray(record['exchanges'])) return '"exchanges" is missing';
  return record as unknown as FindingRecord;
}

const TEXTS = [
  'timestamp',
  'report',
  'ip',
  'transport',
  'protocol',
  'probe',
  'probed_ip',
  'basis',
  'scan_id',
  'finding_id',
];
const NUMBERS = ['port', 'probed_port', 'request_size', 'request_packets', 'response_size', 'packets'];
const FIGURES = ['asn', 'amplification', 'packet_amplification', 'wire_amplification', 'rtt_ms'];
const OPTIONAL_TEXTS = ['as_name', 'prefix', 'customer', 'tag', 'version', 'detail'];

function parseObject(text: string): Record<string, unknown> | string {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : 'no JSON object';
  } catch {
    return 'no JSON';
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
