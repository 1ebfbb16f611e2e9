import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import * as z from 'zod';
import { AS_RECORD } from '../../src/domain/as-record.js';
import { FINDING_RECORD } from '../../src/domain/finding-record.js';
import { RUN_RECORD } from '../../src/domain/run-record.js';
import { repositoryRoot } from '../repository.js';
import { problemsOf, publishedSchema } from './json-schema.js';
import { sampleRun } from './sample-run.js';

const golden = join(repositoryRoot, 'test/golden/reports');
const json = (path: string): object => JSON.parse(readFileSync(join(golden, path), 'utf8')) as object;
const lines = readFileSync(join(golden, 'findings.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as object);
const past = {
  status: 'unknown',
  status_doubt: 'outage',
  first_seen: '2026-11-13T03:00:00Z',
  last_seen: '2026-11-13T03:00:00Z',
  times_seen: 1,
  days_open: 7,
};

describe('the schemas in docs/schema', () => {
  it('are those that the readers hold every file against', () => {
    for (const [name, schema] of Object.entries(schemas())) {
      const path = join(repositoryRoot, `docs/schema/${name}.schema.json`);
      const text = `${JSON.stringify(schema, null, 2)}\n`;
      // UPDATE_GOLDEN=1 writes them anew; the difference is then for a person to read.
      if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, text);
      assert.equal(
        readFileSync(path, 'utf8'),
        text,
        'UPDATE_GOLDEN=1 npm test -- published-schemas writes it',
      );
    }
  });

  it('fit every line of the golden findings.jsonl, and a row with what earlier runs make of it', () => {
    assert.ok(lines.length > 5);
    for (const line of lines) assert.deepEqual(problemsOf(publishedSchema('finding'), line), []);
    assert.deepEqual(problemsOf(publishedSchema('finding'), { ...lines[0], ...past }), []);
  });

  it('fit the JSON file of each AS', () => {
    const files = readdirSync(golden, { recursive: true, encoding: 'utf8' }).filter((path) =>
      /as\d+\.json$/.test(path),
    );
    assert.ok(files.length > 3);
    for (const file of files) assert.deepEqual(problemsOf(publishedSchema('as'), json(file)), [], file);
  });

  it('fit a run.json', () => {
    assert.deepEqual(problemsOf(publishedSchema('run'), sampleRun), []);
  });

  it('refuse a key that is not documented, a figure as text and a word that is none of ours', () => {
    for (const wrong of [
      { surprise: 1 },
      { amplification: '5500.00' },
      { status: 'gone' },
      { ip: '192.0.2' },
    ])
      assert.notDeepEqual(problemsOf(publishedSchema('finding'), { ...lines[0], ...wrong }), []);
    for (const wrong of [{ surprise: 1 }, { format: 2 }, { started: 'yesterday' }])
      assert.notDeepEqual(problemsOf(publishedSchema('run'), { ...sampleRun, ...wrong }), []);
    assert.notDeepEqual(problemsOf(publishedSchema('as'), { findings: [] }), []);
  });
});

/** JSON Schemas (draft 2020-12) by the name of their file; one refers to another by it. */
function schemas(): Readonly<Record<string, object>> {
  const published = z.registry<{ readonly id: string }>();
  published.add(RUN_RECORD, { id: 'run' });
  published.add(FINDING_RECORD, { id: 'finding' });
  published.add(AS_RECORD, { id: 'as' });
  return z.toJSONSchema(published, {
    uri: (id) => `${id}.schema.json`,
    override({ jsonSchema }) {
      // What every whole number in JSON is bound by says nothing of this one.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  }).schemas;
}
