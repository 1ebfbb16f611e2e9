import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createSpans } from '../../src/sweep/spans.js';

const additions = fc.array(
  fc.tuple(fc.nat(300), fc.nat(12)).map(([from, length]) => ({ from, to: from + length })),
  { maxLength: 60 },
);

describe('a set of spans', () => {
  it('holds exactly what was added, as few spans as can be', () => {
    fc.assert(
      fc.property(additions, (added) => {
        const spans = createSpans();
        for (const { from, to } of added) spans.add(from, to);
        for (let position = 0; position < 320; position++)
          assert.equal(
            spans.has(position),
            added.some(({ from, to }) => from <= position && position < to),
          );
        const list = spans.list();
        for (const [index, { from }] of list.entries())
          assert.ok(index === 0 || from > (list[index - 1]?.to ?? 0));
      }),
    );
  });

  it('never grows beyond its bound, and never loses a position for it', () => {
    fc.assert(
      fc.property(additions, (added) => {
        const spans = createSpans(4);
        for (const { from, to } of added) spans.add(from, to);
        assert.ok(spans.list().length <= 4);
        for (const { from, to } of added)
          for (let position = from; position < to; position++) assert.ok(spans.has(position));
      }),
    );
  });
});
