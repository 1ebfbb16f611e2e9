import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type * as z from 'zod';
import { FINDING_COLUMNS } from '../../src/domain/finding-record.js';
import { RUN_RECORD } from '../../src/domain/run-record.js';
import { READING, RESPONDER_ORIGIN } from '../../src/domain/exchange-shape.js';
import {
  ADDRESS,
  ANY_TEXT,
  COUNT,
  DAY,
  FIGURE,
  HEX,
  INSTANT,
  PORT,
  TEXT,
  TIME,
} from '../../src/domain/shape.js';

/** Every text that is made of this one by a letter more, a letter less, or another letter. */
function nearly(text: string): readonly string[] {
  return Array.from({ length: text.length + 1 }, (_, at) => [
    `${text.slice(0, at)}0${text.slice(at)}`,
    text.slice(0, at) + text.slice(at + 1),
    `${text.slice(0, at)}x${text.slice(at + 1)}`,
  ])
    .flat()
    .filter((other) => other !== text);
}

const complaint = (shape: z.ZodType, value: unknown): string | undefined =>
  shape.safeParse(value).error?.issues[0]?.message;

describe('the shapes that records are made of', () => {
  const shapes: readonly (readonly [
    name: string,
    shape: z.ZodType,
    taken: readonly unknown[],
    refused: readonly unknown[],
    complaint: string,
  ])[] = [
    ['any text', ANY_TEXT, ['', 'x', '\n'], [], ''],
    ['a text', TEXT, ['x', ' '], [''], 'is empty'],
    ['a count', COUNT, [0, 1, 2 ** 53 - 1], [-1], 'is below 0'],
    ['a figure', FIGURE, [0, 0.5, 1e300], [-0.001], 'is below 0'],
    ['a port', PORT, [0, 65_535], [65_536], 'is no port'],
    ['an instant', INSTANT, [-1, 0, 0.5], [], ''],
    ['hexadecimal', HEX, ['', '00', '09afbc'], ['f', '00f', 'FF', 'gg', ' 00', '00\n', '0x00'], 'is no hex'],
    ['an address', ADDRESS, ['192.0.2.1', '::'], ['', '192.0.2', '192.0.2.0/24'], 'is not an IP address'],
    ['a day', DAY, ['2026-11-20'], nearly('2026-11-20'), 'is no day'],
    [
      'a time',
      TIME,
      [
        ...[
          '2026-01-01T00:00:00Z',
          '2026-12-31T23:59:59Z',
          '2026-10-09T19:08:07.123Z',
          '1999-02-29T20:30:10.5Z',
        ],
        '2026-11-30T12:00:00.000000001Z',
      ],
      [
        ...nearly('2026-11-20T03:00:00Z'),
        ...['2026-00-20', '2026-13-20', '2026-20-20', '2026-11-00', '2026-11-32', '2026-11-40'].map(
          (day) => `${day}T03:00:00Z`,
        ),
        ...['24:00:00', '30:00:00', '03:60:00', '03:00:60', '03:00:00.', '03:00:00,5', '03:00:00.x'].map(
          (time) => `2026-11-20T${time}Z`,
        ),
      ],
      'is no time',
    ],
  ];
  for (const [name, shape, taken, refused, why] of shapes)
    it(`take ${name}, and say what is none`, () => {
      for (const value of taken) assert.equal(complaint(shape, value), undefined, JSON.stringify(value));
      for (const value of refused) assert.equal(complaint(shape, value), why, JSON.stringify(value));
    });

  it('say what is wrong with a text of a fixed form', () => {
    const { settings, authorisation } = RUN_RECORD.shape;
    for (const [shape, right, wrong, why] of [
      [FINDING_COLUMNS.shape.finding_id, `f-${'0a'.repeat(8)}`, 'f-0', 'is no finding_id'],
      [settings.shape.shard, '2/4', '2', 'is no shard'],
      [settings.shape.file_mode, '0640', '640', 'is no mode'],
      [authorisation.shape.scope_sha256, '0a'.repeat(32), '0a', 'is no SHA-256'],
    ] as const)
      assert.deepEqual([complaint(shape, right), complaint(shape, wrong)], [undefined, why]);
  });

  it('take no number for a text, no text for a number, and no fraction for a count', () => {
    for (const shape of [ANY_TEXT, TEXT, HEX, DAY, TIME, ADDRESS]) assert.ok(!shape.safeParse(1).success);
    for (const shape of [COUNT, FIGURE, PORT, INSTANT]) assert.ok(!shape.safeParse('1').success);
    for (const shape of [COUNT, PORT]) assert.ok(!shape.safeParse(0.5).success);
  });

  it('take every time as JavaScript writes it', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true }), (date) => {
        assert.equal(complaint(TIME, date.toISOString()), undefined);
        assert.equal(complaint(DAY, date.toISOString().slice(0, 10)), undefined);
      }),
    );
  });
});

describe('what a checkpoint keeps of a datagram', () => {
  it('is an answer with its facts, a refusal with its reason, or why it is neither', () => {
    for (const reading of [
      { kind: 'answer', facts: { name: 'x', items: 6, open: true } },
      { kind: 'refusal', reason: '' },
      { kind: 'refusal', reason: 'servfail', transient: true },
      { kind: 'unrecognised', why: '' },
    ])
      assert.deepEqual(READING.parse(reading), reading);
    for (const wrong of [
      { kind: 'answer' },
      { kind: 'answer', facts: { list: [] } },
      { kind: 'refusal' },
      { kind: 'refusal', reason: 'x', transient: false },
      { kind: 'refusal', reason: 'x', transient: undefined },
      { kind: 'unrecognised' },
      { kind: 'alien', why: 'x' },
    ])
      assert.ok(!READING.safeParse(wrong).success, JSON.stringify(wrong));
  });

  it('is whose it is, as far as that is known', () => {
    for (const origin of [{}, { asn: 64496 }, { asn: 64496, asName: '' }])
      assert.deepEqual(RESPONDER_ORIGIN.parse(origin), origin);
    for (const wrong of [{ asn: -1 }, { asn: undefined }, { asName: 1 }])
      assert.ok(!RESPONDER_ORIGIN.safeParse(wrong).success, JSON.stringify(wrong));
  });
});
