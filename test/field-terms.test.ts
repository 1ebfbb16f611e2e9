import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import ts from 'typescript';
import { repositoryRoot } from './repository.js';

/** The first version's own names for what the field calls otherwise (docs/architecture.md has today's). */
const OLD = ['alien', 'crew', 'keeper', 'lane', 'stranger', 'twin'];
/** A key of run.json that readers know. */
const KEYS_OF_FILES = new Set(['alien_datagrams']);

describe('names in the code', () => {
  it('are those of the field, but for keys of files', () => {
    const files = ['src', 'probes', 'reports'].flatMap((folder) =>
      readdirSync(join(repositoryRoot, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => join(folder, name)),
    );
    assert.ok(files.length > 200);
    const seen = new Set<string>();
    for (const file of files) for (const name of [...namesIn(file), file]) seen.add(name);
    assert.ok(seen.has('offPathDatagrams'), 'names are seen');
    const old = [...seen].filter((name) => wordsOf(name).some((word) => OLD.includes(word)));
    assert.deepEqual(
      old.filter((name) => !KEYS_OF_FILES.has(name)),
      [],
    );
    assert.deepEqual(new Set(old), KEYS_OF_FILES, 'no exception is left that nothing needs');
  });
});

/** Every identifier and property name of a source file. */
function namesIn(file: string): ReadonlySet<string> {
  const text = readFileSync(join(repositoryRoot, file), 'utf8');
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) names.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest));
  return names;
}

/** `strangerDatagrams` → stranger, datagram: in small letters, in the singular. */
function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .map((word) => word.replace(/s$/, ''));
}
