import type { CST, Document, ErrorCode, Node } from 'yaml';
import { Composer, isMap, isNode, isScalar, isSeq, LineCounter, Parser, visit } from 'yaml';
import { UsageError } from '../domain/usage-error.js';
import { quote } from './quote.js';

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
/** More addresses than 1 MiB holds; a list of as many single letters would take the library gigabytes and minutes. */
const MOST_ENTRIES = 150_000;

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
  const [document, second] = new Composer({ prettyErrors: false, schema: 'core' }).compose(tokens);
  const flaw = document?.errors[0] ?? document?.warnings[0];
  if (flaw) {
    const { problem, hint } = tellFlaw(flaw.code, flaw.message);
    fail(flaw.pos[0], `${problem}: ${quote(lineOf(text, lineAt(lines, flaw.pos[0])))}`, hint);
  }
  if (second) fail(second.range[0], SECOND_DOCUMENT.problem, SECOND_DOCUMENT.hint);
  const contents = document?.contents;
  if (!document || !contents || isEmptyNode(contents))
    return fail(0, 'the file is empty', `write its keys; \`ampscope init\` writes a file to start from`);
  visit(document, {
    Pair: (_, { key }) => {
      if (!isScalar(key) || key.value === null)
        fail(isNode(key) ? (key.range?.[0] ?? 0) : 0, NO_WORD.problem, NO_WORD.hint);
    },
    Alias: (_, node) =>
      fail(node.range?.[0] ?? 0, `"*${node.source}" is a YAML alias`, 'write the value out in full'),
  });
  if (!isMap(contents)) fail(contents.range[0], 'the file is not a list of "key: value" lines', CHECK_SYNTAX);

  return {
    value: document.toJS() as unknown,
    lineOf: (path) => lineAt(lines, walk(document, path).offset),
    keyLineOf: (path) => lineAt(lines, walk(document, path).keyOffset),
    writtenAt: (path) => written(walk(document, path).node, text),
  };
}

const CHECK_SYNTAX = 'check the indentation, the quotes and the blank after each colon';

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
    if (!isMapping && token.items.length > MOST_ENTRIES)
      fail(
        token.offset,
        `a list with more than ${MOST_ENTRIES} entries`,
        'keep long lists in files of their own: --targets FILE, --exclude @FILE',
      );
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
    const valueOffset = child.value?.range?.[0];
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

/** A value that is not there, or that says `null` by not being there. */
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

function lineOf(text: string, number: number): string {
  return (text.split('\n')[number - 1] ?? '').trimEnd();
}

interface ToldFlaw {
  readonly problem: string;
  readonly hint: string;
}

const UNEVEN: ToldFlaw = {
  problem: 'the entries of a list do not begin in the same column',
  hint: 'write the - of each entry below that of the entry before it',
};
const OUT_OF_PLACE: ToldFlaw = { problem: 'something here is out of place', hint: CHECK_SYNTAX };
const NO_WORD: ToldFlaw = { problem: 'a key here is not a word', hint: CHECK_SYNTAX };
const SECOND_DOCUMENT: ToldFlaw = {
  problem: 'a second YAML document begins here',
  hint: 'keep one document, without --- or ... lines',
};
const NO_TAG: ToldFlaw = {
  problem: 'a YAML tag stands here',
  hint: 'remove the tag, the word that begins with !, or put the text in quotes',
};
const NO_ANCHOR: ToldFlaw = {
  problem: 'a YAML anchor or alias stands here',
  hint: 'write the value out in full, or put a text that begins with & or * in quotes',
};
const NO_COLON: ToldFlaw = {
  problem: 'a line without "key: value"',
  hint: 'write the key, a colon, a blank and the value; a text of several lines in quotes',
};

/**
 * What the YAML library's codes mean for the author of a scope file. Where one code stands for several
 * mistakes, words of the library's message (yaml 2) tell them apart; its sentences are never shown.
 */
const FLAWS: Readonly<Record<ErrorCode, ToldFlaw | readonly (readonly [message: RegExp, told: ToldFlaw])[]>> =
  {
    ALIAS_PROPS: NO_ANCHOR,
    BAD_ALIAS: NO_ANCHOR,
    BAD_COLLECTION_TYPE: NO_TAG,
    BAD_DIRECTIVE: {
      problem: 'a YAML directive stands here',
      hint: 'remove the line that begins with %',
    },
    BAD_DQ_ESCAPE: {
      problem: 'a backslash in double quotes begins no escape that YAML knows',
      hint: "put the text in single quotes: 'a\\b'",
    },
    BAD_INDENT: [
      [/\]/, { problem: 'a list in [ ] does not end before this line', hint: 'close the list with ]' }],
      [/\}/, { problem: 'a mapping in { } does not end before this line', hint: 'close the mapping with }' }],
      [/sequence items/, UNEVEN],
      [/./, { problem: 'the indentation does not fit the lines above', hint: CHECK_SYNTAX }],
    ],
    BAD_PROP_ORDER: OUT_OF_PLACE,
    BAD_SCALAR_START: {
      problem: 'a text begins with a character that YAML reserves',
      hint: 'put the text in quotes',
    },
    BLOCK_AS_IMPLICIT_KEY: [
      [/block sequence/, UNEVEN],
      [
        /./,
        {
          problem: 'a second "key: value" on one line',
          hint: 'put each key on a line of its own, and a text with a colon in quotes',
        },
      ],
    ],
    BLOCK_IN_FLOW: OUT_OF_PLACE,
    DUPLICATE_KEY: { problem: 'the same key twice', hint: 'remove one of the two keys' },
    IMPOSSIBLE: OUT_OF_PLACE,
    KEY_OVER_1024_CHARS: {
      problem: 'a key of more than 1024 characters',
      hint: CHECK_SYNTAX,
    },
    MISSING_CHAR: [
      [/closing/, { problem: 'a text in quotes does not end', hint: 'close the quotes' }],
      [/Comments/, { problem: 'a # without a blank before it', hint: 'write a blank before the comment' }],
      [/Missing ,/, { problem: 'a comma is missing between two entries', hint: CHECK_SYNTAX }],
      [/Implicit map keys/, NO_COLON],
      [/./, { problem: 'a character is missing here', hint: CHECK_SYNTAX }],
    ],
    MULTILINE_IMPLICIT_KEY: NO_COLON,
    MULTIPLE_ANCHORS: NO_ANCHOR,
    MULTIPLE_DOCS: SECOND_DOCUMENT,
    MULTIPLE_TAGS: NO_TAG,
    NON_STRING_KEY: NO_WORD,
    RESOURCE_EXHAUSTION: OUT_OF_PLACE,
    TAB_AS_INDENT: { problem: 'a tab in the indentation', hint: 'indent with spaces' },
    TAG_RESOLVE_FAILED: NO_TAG,
    UNEXPECTED_TOKEN: [
      [
        /on same line with key/,
        { problem: 'a list begins behind its key', hint: 'begin the list on the next line, or write [a, b]' },
      ],
      [/Unexpected , /, { problem: 'a comma without an entry before it', hint: 'remove the comma' }],
      [/at node end/, { problem: 'more text behind the end of a value', hint: CHECK_SYNTAX }],
      [/./, OUT_OF_PLACE],
    ],
  };

function tellFlaw(code: ErrorCode, message: string): ToldFlaw {
  // The library appends the code that it is about.
  const [sentence = ''] = message.split('\n');
  const told = FLAWS[code];
  if (!Array.isArray(told)) return told as ToldFlaw;
  return (
    (told as readonly (readonly [RegExp, ToldFlaw])[]).find(([words]) => words.test(sentence))?.[1] ??
    OUT_OF_PLACE
  );
}
