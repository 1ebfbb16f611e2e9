import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ecsJsonl } from '../../reports/ecs.js';
import { toRecord } from '../../reports/record.js';
import type { FindingRecord } from '../../src/domain/finding-record.js';
import { STATUSES } from '../../src/domain/status.js';
import { problemsOf, schemaOf } from './json-schema.js';
import { sampleFindings, sampleRun } from './sample-run.js';

const records = sampleFindings.map((finding) => toRecord(finding, { scanId: sampleRun.scan_id }));
const [first] = records;
assert.ok(first);

const word = { type: 'string', minLength: 1 };
const words = { type: 'array', items: word, minItems: 1 };
const time = { type: 'string', format: 'date-time' };
const whole = { type: 'integer', minimum: 0 };
const number = { type: 'number', minimum: 0 };

function object(properties: Readonly<Record<string, object>>, optional: readonly string[] = []): object {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required, additionalProperties: false };
}

/** The fields of the Elastic Common Schema 8.11 that we fill, and our own, with their types. */
const ecs = schemaOf(
  object(
    {
      '@timestamp': time,
      ecs: object({ version: { const: '8.11.0' } }),
      event: object({
        kind: { const: 'state' },
        category: { const: ['vulnerability'] },
        type: { const: ['info'] },
        dataset: word,
        id: word,
        reason: word,
      }),
      message: word,
      source: object(
        {
          ip: {
            anyOf: [
              { type: 'string', format: 'ipv4' },
              { type: 'string', format: 'ipv6' },
            ],
          },
          port: { type: 'integer', minimum: 1, maximum: 65_535 },
          as: object({ number: whole, organization: object({ name: word }) }, ['organization']),
        },
        ['as'],
      ),
      network: object({ transport: { const: 'udp' }, protocol: word }),
      vulnerability: object({
        severity: { enum: ['critical', 'high', 'medium', 'low', 'info'] },
        category: { const: ['reflector'] },
        report_id: word,
      }),
      tags: words,
      observer: object({ product: { const: 'ampscope' }, version: word }),
      reflector: object(
        {
          ...Object.fromEntries(
            ['probe', 'probed_ip', 'basis', 'status', 'prefix', 'customer', 'version'].map((name) => [
              name,
              word,
            ]),
          ),
          ...Object.fromEntries(
            ['probed_port', 'request_size', 'request_packets', 'response_size', 'packets'].map((name) => [
              name,
              whole,
            ]),
          ),
          ...Object.fromEntries(
            ['amplification', 'packet_amplification', 'wire_amplification', 'rtt_ms'].map((name) => [
              name,
              number,
            ]),
          ),
          lower_bound: { const: true },
          status_evidence: word,
          status_doubt: word,
          first_seen: time,
          last_seen: time,
          times_seen: whole,
          days_open: whole,
        },
        [
          ...['status', 'prefix', 'customer', 'version', 'amplification', 'packet_amplification'],
          ...['wire_amplification', 'rtt_ms', 'lower_bound', 'status_evidence', 'status_doubt'],
          ...['first_seen', 'last_seen', 'times_seen', 'days_open'],
        ],
      ),
      extra: { type: 'object', additionalProperties: { type: 'object' } },
    },
    ['message', 'tags', 'extra'],
  ),
);

interface Event {
  readonly '@timestamp': string;
  readonly source: { readonly ip: string; readonly as?: unknown };
  readonly reflector: Readonly<Record<string, unknown>>;
  readonly extra?: unknown;
}

function eventsOf(list: readonly FindingRecord[]): Event[] {
  const [file, more] = [...ecsJsonl.files(sampleRun, list, { bom: true })];
  assert.ok(file !== undefined && more === undefined);
  assert.equal(file.path, 'ecs.jsonl');
  return [...file.chunks].map((line) => {
    assert.match(line, /^[^\n]+\n$/);
    return JSON.parse(line) as Event;
  });
}

describe('ecs.jsonl', () => {
  it('has the fields of the Elastic Common Schema with their types, and no unknown ones', () => {
    const past = { status: 'fixed', status_evidence: 'closed', first_seen: first.timestamp } as const;
    const seen = { ...past, last_seen: first.timestamp, times_seen: 2, days_open: 7 };
    const events = eventsOf([...records, { ...first, ...seen }]);
    assert.equal(events.length, records.length + 1);
    for (const event of events) assert.deepEqual(problemsOf(ecs, event), []);
  });

  it('has numbers as numbers, and nothing for what is unknown', () => {
    const events = eventsOf(records);
    const strongest = events.find(({ source }) => source.ip === '192.0.2.10');
    assert.equal(strongest?.reflector['amplification'], 5500);
    assert.deepEqual(strongest.source.as, { number: 64496, organization: { name: 'EXAMPLE-AS' } });
    assert.deepEqual(strongest.extra, { ntp: { entries: 600, implementation: 3 } });
    const ofNobody = events.find(({ source }) => source.ip === '198.51.100.3');
    assert.ok(ofNobody && !('as' in ofNobody.source));
    assert.doesNotMatch(JSON.stringify(events), /null|""|NaN/);
  });

  it('tells of every row what it is now: what is fixed or unknown has the time of the run that says so', () => {
    const events = eventsOf(STATUSES.map((status) => ({ ...first, status })));
    const { timestamp } = first;
    assert.deepEqual(
      events.map((event) => [event.reflector['status'], event['@timestamp']]),
      [
        ['new', timestamp],
        ['persisting', timestamp],
        ['reopened', timestamp],
        ['fixed', sampleRun.ended],
        ['unknown', sampleRun.ended],
      ],
    );
    assert.notEqual(timestamp, sampleRun.ended);
  });

  it('is an empty file where there is no row', () => {
    assert.deepEqual(eventsOf([]), []);
  });
});
