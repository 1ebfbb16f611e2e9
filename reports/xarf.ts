import { createHash } from 'node:crypto';
import type { FindingRecord } from '../src/domain/finding-record.js';
import { mailAddressOf } from '../src/domain/mail-address.js';
import type { RunRecord } from '../src/domain/run-record.js';
import { isExposed } from '../src/domain/status.js';
import { cleanText } from './clean-text.js';
import { columns } from './columns.js';
import { plural, decimalText, FACTOR_DECIMALS } from './format.js';
import type { Report } from './report.js';

/**
 * xarf.jsonl: a notice in XARF version 4 for each exposure of now, one a line (https://xarf.org, category
 * `vulnerability`, type `open_service`). A notice needs the e-mail address of its sender: where the contact of
 * the scope is none, there is no file, for answers to a made-up one would be lost.
 */
export const xarfJsonl: Report = {
  name: 'xarf-jsonl',
  *files(run, records) {
    const party = partyOf(run.authorisation);
    if (party !== undefined) yield { path: 'xarf.jsonl', chunks: xarfLines(run, records, party) };
  },
};

interface Party {
  readonly org: string;
  readonly contact: string;
  readonly domain: string;
}

/** Characters; the schema's limit. */
const LONGEST_ORG = 200;

/** RFC 5321's dot-string and a host name of RFC 1123 with a dot in it: what the schema's formats take. */
const MAILBOX =
  /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@((?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?)$/i;

/** Undefined where the contact does not hold one e-mail address. */
function partyOf({ organisation, contact }: RunRecord['authorisation']): Party | undefined {
  const [address, domain] = MAILBOX.exec(mailAddressOf(contact) ?? '') ?? [];
  if (address === undefined || domain === undefined) return undefined;
  return { org: organisation.slice(0, LONGEST_ORG), contact: address, domain: domain.toLowerCase() };
}

function* xarfLines(
  run: RunRecord,
  records: readonly FindingRecord[],
  party: Party,
): Generator<string, void, undefined> {
  for (const record of records)
    if (isExposed(record.status)) yield `${JSON.stringify(xarfReport(run, record, party))}\n`;
}

/** `confidence` is left out: an exposure was seen, and how sure that is has no number. */
function xarfReport(run: RunRecord, record: FindingRecord, party: Party): object {
  return {
    xarf_version: '4.0.0',
    report_id: reportId(run, record),
    timestamp: record.timestamp ?? run.started,
    reporter: party,
    sender: party,
    source_identifier: record.ip,
    source_port: record.port,
    category: 'vulnerability',
    type: 'open_service',
    service: record.protocol,
    service_port: record.probed_port,
    service_version: record.version,
    risk_level: record.severity,
    evidence_source: 'vulnerability_scan',
    evidence: [evidenceOf(record)],
    description: descriptionOf(record),
    tags: tagsOf(record),
  };
}

/**
 * The same for the same finding of the same run, however often the reports are made. The schema asks for a UUID
 * of version 4 (RFC 9562 §5.4); a hash takes the place of its random bits.
 */
function reportId({ authorisation }: RunRecord, { scan_id, finding_id }: FindingRecord): string {
  const hash = createHash('sha256').update(JSON.stringify([authorisation.scope_sha256, scan_id, finding_id]));
  const bytes = hash.digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** The row of findings.csv, as JSON. */
function evidenceOf(record: FindingRecord): object {
  const bytes = Buffer.from(
    JSON.stringify(Object.fromEntries(columns.map(({ name }) => [name, record[name]]))),
  );
  return {
    content_type: 'application/json',
    description: 'What was sent and what came back: sizes in bytes of UDP payload',
    payload: bytes.toString('base64'),
    hash: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
    size: bytes.length,
  };
}

/** At most 1,000 characters, as the schema has it: no longer is a clean text. */
function descriptionOf(record: FindingRecord): string | undefined {
  const factor =
    record.amplification === undefined
      ? ''
      : `, ${record.lower_bound ? 'at least ' : ''}${decimalText(record.amplification, FACTOR_DECIMALS)} times as much`;
  return cleanText(
    `${record.probed_ip} answers ${record.probe} on UDP port ${record.probed_port}: a request of ` +
      `${plural(record.request_size, 'byte')} brought ${plural(record.response_size, 'byte')} in ` +
      plural(record.packets, 'datagram') +
      factor +
      (record.detail === undefined ? '' : `; ${record.detail}`),
  );
}

const MOST_TAGS = 20;
const TAG = /^[a-z0-9][a-z0-9_+-]*:[a-z0-9][a-z0-9_+\-.,]*$/;

/** `namespace:word`; the tags of the row stand under `ampscope`. */
function tagsOf({ protocol, probe, severity, status, tag }: FindingRecord): readonly string[] {
  return [
    `service:${protocol}`,
    `probe:${probe}`,
    `risk:${severity}`,
    ...(status === undefined ? [] : [`status:${status}`]),
    ...(tag ?? '').split(';').map((word) => `ampscope:${word.toLowerCase()}`),
  ]
    .filter((text) => TAG.test(text))
    .slice(0, MOST_TAGS);
}
