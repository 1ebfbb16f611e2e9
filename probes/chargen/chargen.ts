/**
 * Does this host generate characters over UDP? (RFC 864)
 *
 *     sent      01                                     any datagram will do; one byte, as an empty one has no factor
 *     received  20 21 22 23 … 66 67 0d 0a              74 bytes from openbsd-inetd and inetutils-inetd
 *               21 22 23 24 … 67 68 0d 0a 22 23 …      1,024 bytes from xinetd
 *
 * This is the smallest probe: read it first, copy it, and replace each part by that of your protocol.
 */
import { LOOP_RISK } from '../../src/domain/finding.js';
import {
  defineProbe,
  forms,
  type Exchange,
  type Field,
  type Judgement,
  type Reading,
  type RequestForm,
} from '../probe.js';
import { layFields, showPrintable, type FieldShape } from '../wire/fields.js';
import { LINE_FEED, looksGenerated } from './pattern.js';
import { twins } from './twin.js';
import { words, wordsFor } from './words.js';

/** RFC 864: the data of the request are ignored. */
const oneByte: RequestForm = { name: 'one-byte', encode: () => Uint8Array.of(0x01) };

/** RFC 864: a datagram holds a random number of characters between 0 and 512; real servers send up to 1,024. */
const MOST_CHARACTERS = 512;

export const chargen = defineProbe({
  id: 'chargen',
  protocol: 'chargen',
  port: 19,
  standard: 'RFC 864',
  published: { factor: '358.8', source: 'US-CERT TA14-017A; Rossow, NDSS 2014' },
  severity: 'medium',
  byDefault: true,
  quietGapMs: 2000,
  report: 'scan_chargen',
  words,
  wordsFor,
  sweepForms: [oneByte],
  read,
  next: forms(),
  judge,
  dissect,
  twins,
});

function read(payload: Uint8Array): Reading {
  return looksGenerated(payload)
    ? { kind: 'answer', facts: { bytes: payload.length } }
    : { kind: 'unrecognised', why: 'no rotating pattern of printable characters' };
}

function judge(done: readonly Exchange[]): Judgement {
  const sizes = done
    .filter(({ purpose }) => purpose === 'measure')
    .flatMap(({ replies }) => replies)
    .flatMap(({ reading, payloadBytes }) => (reading.kind === 'answer' ? [payloadBytes] : []));
  if (sizes.length === 0) return { kind: 'nothing' };
  const largest = Math.max(...sizes);
  return {
    kind: 'exposure',
    tags: ['chargen', 'loop-risk'],
    detail:
      largest > MOST_CHARACTERS
        ? `datagrams of ${largest} bytes, more than the ${MOST_CHARACTERS} that RFC 864 allows`
        : `datagrams of ${largest} bytes`,
    facts: { datagram_bytes: largest },
    atLeast: LOOP_RISK,
  };
}

/** Lines, as the pattern of RFC 864 has them; what ends without one too. A request is data that nobody reads. */
function dissect(payload: Uint8Array): readonly Field[] {
  return layFields(payload, linesOf(payload));
}

function* linesOf(payload: Uint8Array): Generator<FieldShape> {
  for (let at = 0; at < payload.length;) {
    const lineEnd = payload.indexOf(LINE_FEED, at);
    const end = lineEnd < 0 ? payload.length : lineEnd + 1;
    yield [end - at, 'characters', showPrintable];
    at = end;
  }
}
