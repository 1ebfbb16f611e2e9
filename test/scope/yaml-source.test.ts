import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UsageError } from '../../src/domain/usage-error.js';
import type { YamlSource } from '../../src/scope/yaml-source.js';
import { readYaml } from '../../src/scope/yaml-source.js';

const SYNTAX = 'check the indentation, the quotes and the blank after each colon';
const ANCHOR = [
  'a YAML anchor or alias stands here',
  'write the value out in full, or put a text that begins with & or * in quotes',
] as const;
const TAG = [
  'a YAML tag stands here',
  'remove the tag, the word that begins with !, or put the text in quotes',
] as const;
const RESERVED = ['a text begins with a character that YAML reserves', 'put the text in quotes'] as const;
const NO_COLON = [
  'a line without "key: value"',
  'write the key, a colon, a blank and the value; a text of several lines in quotes',
] as const;
const UNEVEN = [
  'the entries of a list do not begin in the same column',
  'write the - of each entry below that of the entry before it',
] as const;
const UNFIT = ['the indentation does not fit the lines above', SYNTAX] as const;
const OUT_OF_PLACE = ['something here is out of place', SYNTAX] as const;
const NO_COMMA = ['a comma is missing between two entries', SYNTAX] as const;

/** [lines, the number of the line that is told and shown, problem, hint] */
const flaws: readonly (readonly [readonly string[], number, readonly [problem: string, hint: string]])[] = [
  [['a: &x *y'], 1, ANCHOR],
  [['a: &x &y 1'], 1, ANCHOR],
  [['a: 1', 'b: *'], 2, ANCHOR],
  [['a: !x !y 1'], 1, TAG],
  [['a: !!map []'], 1, TAG],
  [['a: !x y'], 1, TAG],
  [['%TAG x', '---', 'a: 1'], 1, ['a YAML directive stands here', 'remove the line that begins with %']],
  [
    ['a: "C:\\dir"'],
    1,
    [
      'a backslash in double quotes begins no escape that YAML knows',
      "put the text in single quotes: 'a\\b'",
    ],
  ],
  [['a: `x`'], 1, RESERVED],
  [['a: @x'], 1, RESERVED],
  [['a: %x'], 1, RESERVED],
  [['a: "x"#c'], 1, ['a # without a blank before it', 'write a blank before the comment']],
  [['a: ["x" "y"]'], 1, NO_COMMA],
  [['a: {"b" c: 1}'], 1, NO_COMMA],
  [['a: [1, , 2]'], 1, ['a comma without an entry before it', 'remove the comma']],
  [['a: - x'], 1, ['a list begins behind its key', 'begin the list on the next line, or write [a, b]']],
  [['a: "x" y'], 1, ['more text behind the end of a value', SYNTAX]],
  [['--- a: 1'], 1, ['a character is missing here', SYNTAX]],
  [["a: 'x"], 1, ['a text in quotes does not end', 'close the quotes']],
  [['a: [', '- x', ']'], 2, ['a list in [ ] does not end before this line', 'close the list with ]']],
  [
    ['a: [', '  {b: 1', ']'],
    3,
    ['a mapping in { } does not end before this line', 'close the mapping with }'],
  ],
  [['a: [b', ' c: 1]'], 1, NO_COLON],
  [['? a', '? b', 'c'], 3, NO_COLON],
  [['a', 'b: 1'], 1, NO_COLON],
  [['a:', ' - b', '- c'], 3, UNEVEN],
  [['a:', '  - b', ' c: 1'], 3, UNFIT],
  [['a: |', '  x', ' b: 1'], 3, UNFIT],
  [
    ['a: 1 b: 2'],
    1,
    [
      'a second "key: value" on one line',
      'put each key on a line of its own, and a text with a colon in quotes',
    ],
  ],
  [['a: |x', '  b'], 1, OUT_OF_PLACE],
  [['a: }'], 1, OUT_OF_PLACE],
  [['a: {b: 1 c: 2}'], 1, OUT_OF_PLACE],
  [['&a', '!x', 'a: 1'], 2, TAG],
  [['a: 1', 'a: 2'], 2, ['the same key twice', 'remove one of the two keys']],
  [['a:', '\tb: 1'], 2, ['a tab in the indentation', 'indent with spaces']],
  [[`${'k'.repeat(1100)}: 1`], 1, ['a key of more than 1024 characters', SYNTAX]],
];

/** The same, where no line is shown. */
const misuses: typeof flaws = [
  [
    ['a: 1', '...', 'b: 2'],
    3,
    ['a second YAML document begins here', 'keep one document, without --- or ... lines'],
  ],
  [['a: 1', '? [a]', ': 1'], 2, ['a key here is not a word', SYNTAX]],
  [['null: 1'], 1, ['a key here is not a word', SYNTAX]],
  [['a: {b: 1, ~: 2}'], 1, ['a key here is not a word', SYNTAX]],
  [['a: &x 1', 'b: *x'], 2, ['"*x" is a YAML alias', 'write the value out in full']],
  [['---', ''], 1, ['the file is empty', 'write its keys; `ampscope init` writes a file to start from']],
  [['# none', '- a'], 2, ['the file is not a list of "key: value" lines', SYNTAX]],
];

const read = (...lines: readonly string[]): YamlSource => readYaml(lines.join('\n'), 'f.yaml');

describe('a YAML file is refused with what is wrong and what to do, for', () => {
  for (const [lines, line, [problem, hint]] of flaws)
    it(lines.join(' | ').slice(0, 60), () => {
      const shown = (lines[line - 1] ?? '').replace('\t', '\\u0009');
      const cut = shown.length > 60 ? `${shown.slice(0, 60)}…` : shown;
      assert.throws(() => read(...lines), new UsageError(`f.yaml:${line}: ${problem}: "${cut}"`, hint));
    });
  for (const [lines, line, [problem, hint]] of misuses)
    it(lines.join(' | '), () => {
      assert.throws(() => read(...lines), new UsageError(`f.yaml:${line}: ${problem}`, hint));
    });
});

describe('a YAML file is bounded:', () => {
  const nested = (levels: number): string => `a: ${'['.repeat(levels)}${']'.repeat(levels)}`;
  const keys = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => `k${i}: 1`);

  it('20 levels deep, and no deeper', () => {
    assert.ok(read(nested(20)).value);
    assert.throws(
      () => read('# x', nested(21)),
      new UsageError('f.yaml:2: nested more than 20 levels deep', SYNTAX),
    );
  });

  it('200 keys in a mapping of either style, and no more', () => {
    const tooMany = 'a mapping with more than 200 keys';
    assert.equal(Object.keys(read(...keys(200)).value ?? {}).length, 200);
    assert.ok(read(`a: {${keys(200).join(', ')}}`).value);
    assert.throws(() => read('# x', ...keys(201)), new UsageError(`f.yaml:2: ${tooMany}`, SYNTAX));
    assert.throws(() => read(`a: {${keys(201).join(', ')}}`), new UsageError(`f.yaml:1: ${tooMany}`, SYNTAX));
    assert.equal((read(`a: [${keys(201).join(', ')}]`).value as { a: readonly unknown[] }).a.length, 201);
  });

  it('1 MiB, counted in bytes', () => {
    const filler = (bytes: number): string => `a: ${'é'.repeat((bytes - 4) / 2)}x`;
    assert.ok(read(filler(1024 * 1024)).value);
    assert.throws(
      () => read(filler(1024 * 1024), ''),
      new UsageError('f.yaml:1: the file has 1048577 bytes, more than 1 MiB', 'aggregate its prefixes'),
    );
  });
});

describe('the way back from a value to its place', () => {
  const source = read(
    '# a comment',
    'plain: 0x10',
    'list:',
    '  - one',
    '  - "two"',
    '  -',
    'map:',
    '  inner:',
    '    7: deep',
    'empty:',
    'text: |',
    '  several',
    '  lines',
  );

  it('is the line of the value, and where there is none that of its key, or of what is around it', () => {
    for (const [path, line] of [
      [[], 2],
      [['plain'], 2],
      [['list'], 4],
      [['list', 1], 5],
      [['list', 2], 6],
      [['list', 9], 4],
      [['map', 'inner', 7], 9],
      [['map', 'inner', '7'], 9],
      [['map', 'none', 'deeper'], 8],
      [['empty'], 10],
      [['text'], 11],
      [['none'], 2],
      [['plain', 'deeper'], 2],
    ] as const)
      assert.equal(source.lineOf(path), line, path.join('.'));
  });

  it('is the line of the key, of an entry of a list its own', () => {
    for (const [path, line] of [
      [['plain'], 2],
      [['list'], 3],
      [['list', 1], 5],
      [['map'], 7],
      [['map', 'inner'], 8],
      [['empty'], 10],
    ] as const)
      assert.equal(source.keyLineOf(path), line, path.join('.'));
  });

  it('is the text as it was written, without its quotes; of lists, mappings and nothing there is none', () => {
    for (const [path, text] of [
      [['plain'], '0x10'],
      [['list', 1], 'two'],
      [['map', 'inner', 7], 'deep'],
      [['text'], 'several\nlines\n'],
      [['list'], undefined],
      [['list', 2], undefined],
      [['map'], undefined],
      [['empty'], undefined],
      [['none'], undefined],
    ] as const)
      assert.equal(source.writtenAt(path), text, path.join('.'));
    assert.deepEqual(source.value, {
      plain: 16,
      list: ['one', 'two', null],
      map: { inner: { 7: 'deep' } },
      empty: null,
      text: 'several\nlines\n',
    });
  });

  it('keeps a null that is written, and an empty text in quotes', () => {
    const written = read('a: null', 'b: ""', 'c: ~');
    assert.deepEqual(
      ['a', 'b', 'c'].map((key) => written.writtenAt([key])),
      ['null', '', '~'],
    );
  });
});
