import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { ecs } from './ecs-schema.js';
import { problemsOf, publishedSchema } from './json-schema.js';
import { xarf } from './xarf-schema.js';

const checked = new Set<string>();

/**
 * Holds everything that the runs in a folder wrote for machines against its schema: what a test runs is checked so
 * whatever the test is about. Each state of a run once a process.
 * @param out of runs, or a run itself; one that does not exist has none.
 */
export function assertOutputsFit(out: string): void {
  const names =
    existsSync(out) && statSync(out).isDirectory()
      ? ['.', ...readdirSync(out).filter((name) => name !== 'latest')]
      : [];
  for (const directory of names.map((name) => join(out, name))) {
    const run = join(directory, 'run.json');
    if (!existsSync(run)) continue;
    const key = `${run} ${statSync(run).mtimeMs} ${statSync(join(directory, 'findings.jsonl')).mtimeMs}`;
    if (!checked.has(key)) assertRunFits(directory);
    checked.add(key);
  }
}

function assertRunFits(directory: string): void {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  assertFits(publishedSchema('run'), join(directory, 'run.json'), [read(directory, 'run.json')]);
  for (const file of files.filter((path) => /^as\d+\/.*\.json$/.test(path)))
    assertFits(publishedSchema('as'), join(directory, file), [read(directory, file)]);
  for (const [file, schema] of [
    ['findings.jsonl', publishedSchema('finding')],
    ['ecs.jsonl', ecs],
    ['xarf.jsonl', xarf],
  ] as const)
    if (files.includes(file)) assertFits(schema, join(directory, file), linesIn(read(directory, file)));
}

function assertFits(schema: ValidateFunction, file: string, texts: readonly string[]): void {
  for (const [i, text] of texts.entries())
    assert.deepEqual(problemsOf(schema, JSON.parse(text)), [], `${file}:${i + 1} does not fit its schema`);
}

function read(directory: string, file: string): string {
  return readFileSync(join(directory, file), 'utf8');
}

function linesIn(text: string): string[] {
  return text.split('\n').filter(Boolean);
}
