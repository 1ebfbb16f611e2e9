import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ecsJsonl } from '../../reports/ecs.js';
import { toRecord } from '../../reports/record.js';
import type { FindingRecord } from '../../src/domain/finding-record.js';
import { STATUSES } from '../../src/domain/status.js';
import { ecs } from './ecs-schema.js';
import { problemsOf } from './json-schema.js';
import { sampleFindings, sampleRun } from './sample-run.js';

const records = sampleFindings.map((finding) => toRecord(finding, { scanId: sampleRun.scan_id }));
const [first] = records;
assert.ok(first);

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
    const past = { status: 'fixed', status_evidence: 'closed', first_seen: sampleRun.started } as const;
    const seen = { ...past, last_seen: sampleRun.started, times_seen: 2, days_open: 7 };
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
