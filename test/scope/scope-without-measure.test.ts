import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UsageError } from '../../src/domain/usage-error.js';
import { parseScopeFile } from '../../src/scope/scope-file.js';
import { SOUND_LINES } from './scope-of.js';

const SYNTAX = 'check the indentation, the quotes and the blank after each colon';

const parse = (...lines: readonly string[]) =>
  parseScopeFile([...SOUND_LINES, ...lines].join('\n'), 'scope.yaml', []);

/** [what it is, the lines added behind line 6, message, hint]: each would take minutes or gigabytes if it were let in. */
const extremes: readonly (readonly [string, readonly string[], string, string])[] = [
  [
    // It took time that grew with the square of its length: minutes.
    'a text of 900 KB that ends in a line break',
    [`    customer: "${'x'.repeat(900_000)}\\n"`],
    `scope.yaml:7: customer is "${'x'.repeat(60)}…", not one line of text of at most 200 characters`,
    'write for example customer: C-1001',
  ],
  [
    'lists in lists without end',
    [`exclude: ${'['.repeat(100_000)}`],
    'scope.yaml:7: nested more than 20 levels deep',
    SYNTAX,
  ],
  [
    'entries in entries without end',
    ['exclude:', '- '.repeat(10_000)],
    'scope.yaml:8: nested more than 20 levels deep',
    SYNTAX,
  ],
  [
    'entries without end',
    [`exclude: [${'x,'.repeat(200_000)}]`],
    'scope.yaml:7: a list with more than 150000 entries',
    'keep long lists in files of their own: --targets FILE, --exclude @FILE',
  ],
  [
    'keys without end',
    ['limits:', ...Array.from({ length: 50_000 }, (_, i) => `  k${i}: 1`)],
    'scope.yaml:8: a mapping with more than 200 keys',
    SYNTAX,
  ],
  [
    'more than 1 MiB',
    ['#'.repeat(1024 * 1024)],
    'scope.yaml:1: the file has 1048705 bytes, more than 1 MiB',
    'aggregate its prefixes',
  ],
];

describe('a scope file without measure', () => {
  for (const [what, lines, message, hint] of extremes)
    it(`is refused for ${what}`, () => {
      assert.throws(() => parse(...lines), new UsageError(message, hint));
    });

  it('may well hold 20,000 networks', () => {
    const many = Array.from({ length: 20_000 }, (_, i) => `  - prefix: 10.${i >> 8}.${i & 255}.0/24`);
    assert.equal(parse(...many).networks.length, 20_001);
  });
});
