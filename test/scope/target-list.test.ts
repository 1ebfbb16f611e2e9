import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatAddress, formatPrefix, ipv4, ipv6, lastOf, prefixOf } from '../../src/domain/address.js';
import { UsageError } from '../../src/domain/usage-error.js';
import { givenRange, parseRange } from '../../src/scope/parse-range.js';
import { parseExclusionList, parseTargetList, quickRange } from '../../src/scope/target-list.js';

const prefixes = fc.oneof(
  fc
    .tuple(fc.nat(0xffff_ffff), fc.integer({ min: 8, max: 32 }))
    .map(([value, length]) => prefixOf(ipv4(value), length)),
  fc
    .tuple(fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }), fc.integer({ min: 8, max: 128 }))
    .map(([value, length]) => prefixOf(ipv6(value), length)),
);
/** As people write them: with a length, without, in capitals, with one character wrong. */
const written = fc.oneof(
  prefixes.map(formatPrefix),
  prefixes.map(({ first }) => formatAddress(first)),
  prefixes.map((prefix) => formatPrefix(prefix).toUpperCase()),
  fc
    .tuple(prefixes.map(formatPrefix), fc.nat(40), fc.constantFrom(...Array.from('0128fF:./%-x \uff11'), ''))
    .map(([valid, at, other]) => valid.slice(0, at) + other + valid.slice(at + 1)),
);

describe('the quick way to read an address or prefix', () => {
  it('is taken for every one in its plain form', () => {
    fc.assert(
      fc.property(prefixes, (prefix) => {
        const range = { first: prefix.first, last: lastOf(prefix) };
        assert.deepEqual(quickRange(formatPrefix(prefix)), range);
        assert.deepEqual(quickRange(formatAddress(prefix.first)), { ...range, last: prefix.first });
      }),
      { numRuns: 5000 },
    );
  });

  it('is not taken for what is too wide, or no length', () => {
    for (const text of [
      '10.0.0.0/7',
      '0.0.0.0/1',
      '::/7',
      '0.0.0.0/0',
      '/24',
      '/',
      '10.0.0.0/',
      '10.0.0.0/8/8',
    ])
      assert.equal(quickRange(text), undefined, text);
  });

  it('gives what parseRange gives, or leaves it to parseRange', () => {
    let left = 0;
    let taken = 0;
    fc.assert(
      fc.property(written, (text) => {
        const quick = quickRange(text);
        const parsed = parseRange(text);
        if (quick === undefined) left++;
        else {
          taken++;
          assert.ok('range' in parsed, text);
          assert.deepEqual(quick, parsed.range);
        }
      }),
      { numRuns: 20_000 },
    );
    assert.ok(left > 500 && taken > 5000, `${left} left, ${taken} taken: proves little`);
  });
});

describe('a target list', () => {
  it('is what its lines are one by one, whatever ends them and stands around them', () => {
    const line = fc
      .tuple(
        fc.constantFrom('', ' ', '\t', '\u00a0'),
        fc.oneof(prefixes.map(formatPrefix), fc.constant('')),
        fc.constantFrom('', ' ', '#', ' # 10.0.0.0/8', '#\u2028x'),
        fc.constantFrom('\n', '\r\n', '\r'),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(line), fc.boolean(), (lines, isCut) => {
        const text = isCut ? lines.join('').trimEnd() : lines.join('');
        const oneByOne = text
          .split(/\r\n|\n|\r/)
          .map((all, i) => ({ entry: all.replace(/#.*$/s, '').trim(), place: `list:${i + 1}` }))
          .filter(({ entry }) => entry !== '')
          .map(({ entry, place }) => givenRange(entry, place));
        const list = parseExclusionList(text, 'list');
        assert.equal(list.length, oneByOne.length);
        for (let pass = 0; pass < 2; pass++)
          assert.deepEqual(
            Array.from(list, ({ text: own, range, place }) => ({ text: own, range, place })),
            oneByOne,
          );
      }),
      { numRuns: 1000 },
    );
  });

  it('holds one address or prefix a line, with comments, blanks, CRLF and a byte order mark', () => {
    const text =
      '\uFEFF# customers\r\n\r\n192.0.2.0/24\r\n  2001:db8::7  # a host\r\n\t192.0.2.9#x\n198.51.100.1';
    assert.deepEqual(
      Array.from(parseTargetList(text, 'targets.txt'), ({ text, place, range }) => [
        text,
        place,
        formatAddress(range.last),
      ]),
      [
        ['192.0.2.0/24', 'targets.txt:3', '192.0.2.255'],
        ['2001:db8::7', 'targets.txt:4', '2001:db8::7'],
        ['192.0.2.9', 'targets.txt:5', '192.0.2.9'],
        ['198.51.100.1', 'targets.txt:6', '198.51.100.1'],
      ],
    );
  });

  it('names the line of what is no address', () => {
    assert.throws(
      () => parseTargetList('192.0.2.1\n\n# x\n10.0.0.5/8\n', 'targets.txt'),
      new UsageError(
        'targets.txt:4: "10.0.0.5/8" has host bits set',
        'write 10.0.0.0/8 for the network, or 10.0.0.5/32 for the one address',
      ),
    );
  });

  it('takes one entry a line', () => {
    assert.throws(() => parseTargetList('192.0.2.1 192.0.2.2', '-'), {
      message: '-:1: "192.0.2.1 192.0.2.2" is not an address or a prefix',
      hint: 'write one address or prefix a line',
    });
    assert.throws(() => parseTargetList('192.0.2.1,192.0.2.2', '-'), {
      hint: 'write one address or prefix a line',
    });
  });

  it('without a target is an error, for no targets at all would mean the whole scope', () => {
    for (const text of ['', '\n', '# nothing\n'])
      assert.throws(
        () => parseTargetList(text, 'targets.txt'),
        new UsageError(
          'targets.txt: no target in it',
          'list one address or prefix a line, or give no targets at all for the whole scope',
        ),
      );
  });

  it('of exclusions may be empty', () => {
    assert.deepEqual([...parseExclusionList('# none yet\n', 'exclude.txt')], []);
  });
});
