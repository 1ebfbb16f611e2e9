import type { CST, Document, Node } from 'yaml';
import { Composer, isMap, isNode, isScalar, isSeq, LineCounter, Parser, visit } from 'yaml';
import { UsageError } from '../domain/usage-error.js';
import { printable, quote } from './quote.js';

/** Where in the file: keys and indices from the top. */
export type Path = readonly PropertyKey[];

/** A YAML file of one mapping, and the way back from its values to its lines. */
export interface YamlSource {
  /** Plain JavaScript values: mappings are objects, sequences arrays. */
  readonly value: unknown;
  /** The line of the value at this path; of the nearest enclosing one where there is none. */
  lineOf(path: Path): number;
  /** The line of the key itself. */
  keyLineOf(path: Path): number;
  /** The value at this path as it was written; undefined where it is empty or no scalar. */
  writtenAt(path: Path): string | undefined;
}

const MOST_BYTES = 1024 * 1024;
/** A scope file needs four; a few thousand would exhaust the stack of the YAML library. */
const DEEPEST = 20;
/** The library compares every key of a mapping with every other one. */
const MOST_KEYS = 200;

/**
 * Reads YAML 1.2 (core schema). Aliases are refused, and so every value has one line and no small file can
 * unfold into a large one.
 * @param name what the file is called in messages.
 * @throws UsageError for everything that is not one plain mapping.
 */
export function readYaml(text: string, name: string): YamlSource {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > MOST_BYTES)
    throw new UsageError(`${name}:1: the file has ${bytes} bytes, more than 1 MiB`, 'aggregate its prefixes');

  const lines = new LineCounter();
  const fail = (offset: number, problem: string, hint: string): never => {
    throw new UsageError(`${name}:${lineAt(lines, offset)}: ${problem}`, hint);
  };
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  refuseExtremes(tokens, fail);
  const [document, second] = new Composer({ prettyErrors: false, schema: 'core' }).compose(
    tokens,
    true,
    text.length,
  );
  const flaw: (Flaw & { readonly code: string }) | undefined = document?.errors[0] ?? document?.warnings[0];
  if (flaw) fail(flaw.pos[0], problemOf(flaw, lines, text), HINTS[flaw.code] ?? CHECK_SYNTAX);
  if (second)
    fail(
      second.range[0],
      'a second YAML document begins here',
      'keep one document, without --- or ... lines',
    );
  const contents = document?.contents;
  if (!document || !contents || isEmptyNode(contents))
    return fail(0, 'the file is empty', `write its keys; \`ampscope init\` writes a file to start from`);
  visit(document, {
    Pair: (_, { key }) => {
      if (!isScalar(key) || key.value === null)
        fail(isNode(key) ? (key.range?.[0] ?? 0) : 0, 'a key here is no word', CHECK_SYNTAX);
    },
    Alias: (_, node) =>
      fail(node.range?.[0] ?? 0, `"*${node.source}" is a YAML alias`, 'write the value out in full'),
  });
  if (!isMap(contents)) fail(contents.range[0], 'the file is no list of "key: value" lines', CHECK_SYNTAX);

  return {
    value: document.toJS() as unknown,
    lineOf: (path) => lineAt(lines, walk(document, path).offset),
    keyLineOf: (path) => lineAt(lines, walk(document, path).keyOffset),
    writtenAt: (path) => written(walk(document, path).node, text),
  };
}

const CHECK_SYNTAX = 'check the indentation, the quotes and the blank after each colon';

const HINTS: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'indent with spaces',
  DUPLICATE_KEY: 'remove one of the two keys',
  MULTIPLE_DOCS: 'keep one document, without --- or ... lines',
  TAG_RESOLVE_FAILED: 'remove the tag, the word that begins with !',
  BAD_DIRECTIVE: 'remove the line that begins with %',
};

type Fail = (offset: number, problem: string, hint: string) => never;

/** Runs over the flat tokens before anything recursive or quadratic sees them. */
function refuseExtremes(tokens: readonly CST.Token[], fail: Fail): void {
  const waiting: (readonly [CST.Token, number])[] = tokens.map((token) => [token, 0]);
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [token, depth] = next;
    if (depth > DEEPEST) fail(token.offset, `nested more than ${DEEPEST} levels deep`, CHECK_SYNTAX);
    if (token.type === 'document' && token.value) waiting.push([token.value, depth]);
    if (!('items' in token)) continue;
    const isMapping =
      token.type === 'block-map' || (token.type === 'flow-collection' && token.start.source === '{');
    if (isMapping && token.items.length > MOST_KEYS)
      fail(token.offset, `a mapping with more than ${MOST_KEYS} keys`, CHECK_SYNTAX);
    for (const item of token.items)
      for (const inner of [item.key, item.value]) if (inner) waiting.push([inner, depth + 1]);
  }
}

interface Place {
  readonly node: Node | undefined;
  readonly offset: number;
  readonly keyOffset: number;
}

function walk(document: Document, path: Path): Place {
  let node: Node | undefined = document.contents ?? undefined;
  let offset = node?.range?.[0] ?? 0;
  let keyOffset = offset;
  for (const step of path) {
    const child = childOf(node, step);
    if (!child) return { node: undefined, offset, keyOffset };
    const valueOffset = isEmptyNode(child.value) ? undefined : child.value?.range?.[0];
    keyOffset = child.key?.range?.[0] ?? valueOffset ?? keyOffset;
    offset = valueOffset ?? keyOffset;
    node = child.value;
  }
  return { node, offset, keyOffset };
}

function childOf(node: Node | undefined, step: PropertyKey): { key?: Node; value?: Node } | undefined {
  if (isSeq(node)) {
    const value = node.items[Number(step)];
    return isNode(value) ? { value } : undefined;
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
  if (!pair) return undefined;
  return { ...(isNode(pair.key) && { key: pair.key }), ...(isNode(pair.value) && { value: pair.value }) };
}

/** A value that is not there, or that says `null` by not being there: it has no place of its own. */
function isEmptyNode(node: Node | null | undefined): boolean {
  return !node || (isScalar(node) && node.value === null && (node.source ?? '') === '');
}

function written(node: Node | undefined, text: string): string | undefined {
  if (!isScalar(node) || isEmptyNode(node) || !node.range) return undefined;
  if (typeof node.value === 'string') return node.value;
  return text.slice(node.range[0], node.range[1]);
}

function lineAt(lines: LineCounter, offset: number): number {
  // An empty or one-line file may have told the counter of no line at all.
  return Math.max(1, lines.linePos(offset).line);
}

interface Flaw {
  readonly message: string;
  readonly pos: readonly [number, number];
}

/** The library's messages are sentences; ours are not, and they show the line. */
function problemOf(flaw: Flaw, lines: LineCounter, text: string): string {
  const [sentence = ''] = flaw.message.split('\n');
  const line = text.split('\n')[lineAt(lines, flaw.pos[0]) - 1] ?? '';
  return printable(`${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}: `) + quote(line.trimEnd());
}
