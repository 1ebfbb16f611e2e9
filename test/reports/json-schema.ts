import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { repositoryRoot } from '../repository.js';

/** A JSON Schema of draft 2020-12, with its formats. @throws Error where it is none: a word misspelt fails too. */
export function schemaOf(schema: object): ValidateFunction {
  return ajv().compile(schema);
}

/** One of those we publish: `run` for docs/schema/run.schema.json. */
export function publishedSchema(name: 'run' | 'finding' | 'as'): ValidateFunction {
  published ??= withPublished(ajv());
  const schema = published.getSchema(`${name}.schema.json`);
  if (schema === undefined) throw new RangeError(`no schema ${name}`);
  return schema as ValidateFunction;
}

/** Compiled once a process: every run of every test is held against them. */
let published: Ajv2020 | undefined;

function withPublished(all: Ajv2020): Ajv2020 {
  for (const file of ['run', 'finding', 'as'])
    all.addSchema(
      JSON.parse(readFileSync(join(repositoryRoot, `docs/schema/${file}.schema.json`), 'utf8')) as object,
    );
  return all;
}

/** What a schema has against a value, a line each; none where it fits. */
export function problemsOf(schema: ValidateFunction, value: unknown): readonly string[] {
  return schema(value)
    ? []
    : (schema.errors ?? []).map(
        ({ instancePath, message, params }) => `${instancePath} ${message ?? ''} ${JSON.stringify(params)}`,
      );
}

function ajv(): Ajv2020 {
  const own = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
  formats.default(own);
  return own;
}
