/**
 * Does this host tell the time as text over UDP? (RFC 867)
 *
 *     sent      0a                               the data of the request are ignored
 *     received  Fri Nov 20 21:26:26 2026 ␍␊      26 bytes from openbsd-inetd and inetutils-inetd
 *               20 NOV 2026 21:26:17 UTC ␍␊      26 bytes from xinetd
 */
import { answersIn } from '../../src/domain/exchange.js';
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
import { showText } from '../wire/fields.js';
import { twins } from './twin.js';
import { words, wordsFor } from './words.js';

const newline: RequestForm = { name: 'newline', encode: () => Uint8Array.of(0x0a) };

export const daytime = defineProbe({
  id: 'daytime',
  protocol: 'daytime',
  port: 13,
  standard: 'RFC 867',
  severity: 'medium',
  byDefault: false,
  quietGapMs: 2000,
  report: 'x_daytime',
  words,
  wordsFor,
  sweepForms: [newline],
  read,
  next: forms(),
  judge,
  dissect,
  twins,
});

/** Longer than any daytime seen: NIST's line has 51. */
const MOST_BYTES = 128;
const TIME = /(?<!\d)\d{1,2}:\d{2}(:\d{2})?(?!\d)/;
/** 2026, or 20-11-26 in whatever order and with whatever between, as Windows and NIST write it. */
const YEAR = /(?<!\d)(19|20)\d{2}(?!\d)|(?<!\d)\d{1,2}[-/.]\d{1,2}[-/.]\d{2}(?!\d)/;

/**
 * RFC 867 prescribes no form: one line of printable ASCII with a time and a year in it. Dates in other characters
 * are not recognised.
 */
function read(payload: Uint8Array): Reading {
  const text = String.fromCharCode(...payload.subarray(0, MOST_BYTES + 1));
  const isLine = payload.length <= MOST_BYTES && /^[\r\n]*[\x20-\x7e]+[\r\n]*\0?$/.test(text);
  return isLine && TIME.test(text) && YEAR.test(text)
    ? { kind: 'answer', facts: { says: text.replaceAll(/[\r\n\0]/g, '').trim() } }
    : { kind: 'unrecognised', why: 'no line with a date and a time' };
}

function judge(done: readonly Exchange[]): Judgement {
  const [answer] = done.filter(({ purpose }) => purpose === 'measure').flatMap(answersIn);
  if (!answer) return { kind: 'nothing' };
  const { says = '' } = answer;
  return {
    kind: 'exposure',
    tags: ['daytime', 'loop-risk'],
    detail: `says ${String(says)}`,
    facts: { says },
    atLeast: LOOP_RISK,
  };
}

function dissect(payload: Uint8Array): readonly Field[] {
  return payload.length === 0
    ? []
    : [{ at: 0, bytes: payload.length, name: 'date and time', value: showText(payload) }];
}
