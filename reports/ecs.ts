import type { FindingRecord } from '../src/domain/finding-record.js';
import type { RunRecord } from '../src/domain/run-record.js';
import { isExposed } from '../src/domain/status.js';
import type { Report } from './report.js';

/** The Elastic Common Schema whose field names we use. */
const ECS_VERSION = '8.11.0';

/**
 * ecs.jsonl: every row as one line with the field names of the Elastic Common Schema, for Filebeat and its like.
 * Rows that are fixed or unknown are there too: without them a dashboard would show an exposure for ever.
 */
export const ecsJsonl: Report = {
  name: 'ecs-jsonl',
  *files(run, records) {
    yield { path: 'ecs.jsonl', chunks: ecsLines(run, records) };
  },
};

function* ecsLines(run: RunRecord, records: readonly FindingRecord[]): Generator<string, void, undefined> {
  for (const record of records) yield `${JSON.stringify(ecsEvent(run, record))}\n`;
}

/** `source` is the exposed host, as in the events that are made of Shadowserver's reports. JSON leaves out what is undefined. */
function ecsEvent(run: RunRecord, record: FindingRecord): object {
  return {
    // What was not seen any more has the time of its last sighting: the news of that is as old as this run.
    '@timestamp': isExposed(record.status) ? (record.timestamp ?? run.started) : run.ended,
    ecs: { version: ECS_VERSION },
    event: {
      kind: 'state',
      category: ['vulnerability'],
      type: ['info'],
      dataset: record.report,
      id: record.finding_id,
      reason: record.severity_reason,
    },
    message: record.detail,
    source: {
      ip: record.ip,
      port: record.port,
      domain: record.hostname,
      as: record.asn === undefined ? undefined : { number: record.asn, organization: nameOf(record.as_name) },
    },
    network: { transport: record.transport, protocol: record.protocol },
    vulnerability: { severity: record.severity, category: ['reflector'], report_id: record.scan_id },
    tags: record.tag?.split(';'),
    observer: { product: 'ampscope', version: run.ampscope_version },
    reflector: {
      probe: record.probe,
      probed_ip: record.probed_ip,
      probed_port: record.probed_port,
      request_size: record.request_size,
      request_packets: record.request_packets,
      response_size: record.response_size,
      packets: record.packets,
      amplification: record.amplification,
      packet_amplification: record.packet_amplification,
      wire_amplification: record.wire_amplification,
      lower_bound: record.lower_bound,
      basis: record.basis,
      rtt_ms: record.rtt_ms,
      status: record.status,
      status_evidence: record.status_evidence,
      status_doubt: record.status_doubt,
      first_seen: record.first_seen,
      last_seen: record.last_seen,
      times_seen: record.times_seen,
      days_open: record.days_open,
      prefix: record.prefix,
      customer: record.customer,
      version: record.version,
    },
    // By protocol: `version` is a number for one and a text for another, which one index cannot hold.
    extra: record.facts && { [record.protocol]: record.facts },
  };
}

function nameOf(name: string | undefined): object | undefined {
  return name === undefined ? undefined : { name };
}
