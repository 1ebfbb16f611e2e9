import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { countText } from '../../src/domain/count-text.js';

describe('a count in a sentence', () => {
  it('is what toLocaleString makes of it in English, up to where numbers are exact', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.maxSafeInteger(),
          fc.integer(),
          fc.integer().map((n) => n / 1000),
        ),
        (count) => {
          assert.equal(countText(count), count.toLocaleString('en-US'));
        },
      ),
    );
  });

  it('has all digits of the largest IPv6 network', () => {
    assert.equal(countText(2 ** 125), '42,535,295,865,117,307,932,921,825,928,971,026,432');
  });
});
