import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { nearMiss } from '../../src/scope/near-miss.js';
import { quote } from '../../src/scope/quote.js';

describe('the word that was probably meant', () => {
  const known = ['rate', 'exclude', 'per_host', 'ntp'];
  for (const [typed, meant, how] of [
    ['rate', 'rate', 'the same'],
    ['RATE', 'rate', 'other case'],
    ['perHost', 'per_host', 'other separators'],
    ['rte', 'rate', 'a letter less'],
    ['raate', 'rate', 'a letter more'],
    ['rade', 'rate', 'another letter'],
    ['raet', 'rate', 'two letters swapped'],
    ['arte', 'rate', 'the first two swapped'],
    ['retae', undefined, 'two letters wrong of four'],
    ['xclud', 'exclude', 'two letters wrong of seven'],
    ['xcludd', 'exclude', 'two letters wrong of seven, one of them another'],
    ['xxlude', 'exclude', 'two other letters'],
    ['xclu', undefined, 'three letters less'],
    ['eclxdue', undefined, 'a letter less, one more and two swapped'],
    ['np', 'ntp', 'a letter less of three'],
    ['n', undefined, 'two letters less of three'],
    ['', undefined, 'nothing'],
    ['r', undefined, 'only the first letter'],
  ] as const)
    it(`of "${typed}" is ${meant ?? 'none'}: ${how}`, () => {
      assert.equal(nearMiss(typed, known), meant);
    });

  it('is the nearest of several, and the first of equally near ones', () => {
    assert.equal(nearMiss('notices', ['notice', 'notices_', 'notes']), 'notices_');
    assert.equal(nearMiss('rats', ['rate', 'rata']), 'rate');
    assert.equal(nearMiss('rats', ['rata', 'rate']), 'rata');
    assert.equal(nearMiss('rate', []), undefined);
  });

  it('allows one step for a word of four letters and two for one of five', () => {
    for (const typed of ['abxy', 'acxd', 'axbd']) assert.equal(nearMiss(typed, ['abcd']), undefined, typed);
    assert.equal(nearMiss('abcxy', ['abcde']), 'abcde');
  });

  it('is found for every single slip, and a long text costs no more than a short one', () => {
    const word = fc.string({ unit: fc.constantFrom(...Array.from('abcdefgh')), minLength: 3, maxLength: 12 });
    fc.assert(
      fc.property(word, fc.nat(11), fc.constantFrom('x', 'y'), (meant, place, letter) => {
        const at = place % meant.length;
        for (const typed of [
          meant.slice(0, at) + letter + meant.slice(at),
          meant.slice(0, at) + meant.slice(at + 1),
          meant.slice(0, at) + letter + meant.slice(at + 1),
          meant.slice(0, at) + (meant[at + 1] ?? '') + (meant[at] ?? '') + meant.slice(at + 2),
        ])
          assert.equal(nearMiss(typed, [meant]), meant, typed);
      }),
    );
    assert.equal(nearMiss('a'.repeat(10_000_000), ['a'.repeat(64)]), 'a'.repeat(64));
  });
});

describe('what a user wrote', () => {
  it('is shown in quotes, with nothing in it that a terminal obeys, on one line', () => {
    for (const [written, shown] of [
      ['', '""'],
      ['プレフィックス é "x"', '"プレフィックス é "x""'],
      ['\u001b[31m', '"\\u001b[31m"'],
      ['a\nb\r\t', '"a\\u000ab\\u000d\\u0009"'],
      ['\u0085\u2028\u2029\u202e\u{e0001}', '"\\u0085\\u2028\\u2029\\u202e\\ue0001"'],
      ['\ud800x', '"\\ud800x"'],
    ] as const)
      assert.equal(quote(written), shown);
  });

  it('is cut after 60 characters', () => {
    assert.equal(quote('x'.repeat(60)), `"${'x'.repeat(60)}"`);
    assert.equal(quote('x'.repeat(61)), `"${'x'.repeat(60)}…"`);
  });
});
