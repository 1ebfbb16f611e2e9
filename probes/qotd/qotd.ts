/**
 * Does this host send a quote of the day over UDP? (RFC 865)
 *
 *     sent      0a                                        the data of the request are ignored
 *     received  "It is a bad plan that admits of no … ␍␊  up to 512 bytes
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

export const qotd = defineProbe({
  id: 'qotd',
  protocol: 'qotd',
  port: 17,
  standard: 'RFC 865',
  published: { factor: '140.3', source: 'US-CERT TA14-017A; Rossow, NDSS 2014' },
  severity: 'medium',
  byDefault: false,
  quietGapMs: 2000,
  report: 'scan_qotd',
  words,
  wordsFor,
  sweepForms: [newline],
  read,
  next: forms(),
  judge,
  dissect,
  twins,
});

/** RFC 865: a quote has less than 512 characters; servers send up to 512. */
const MOST_BYTES = 512;
/** Three words with a space after each of the first two: prose, and neither a date nor a pattern of characters. */
const PROSE = /(?<![A-Za-z])[A-Za-z]{2,}[^A-Za-z\s]{0,2}\s+[A-Za-z']+[^A-Za-z\s]{0,2}\s+[A-Za-z']{2,}/;
/** HTTP, SSDP, SIP, RTSP … and XML: text that is another protocol's. */
const START_LINE = /^(\S+ \S+ )?[A-Z]{1,16}\/\d\.\d( |\r|\n)|^\s*<\?xml/;

/** Printable ASCII, as RFC 865 recommends, that reads like prose. A quote in other characters is not recognised. */
function read(payload: Uint8Array): Reading {
  const text = String.fromCharCode(...payload.subarray(0, MOST_BYTES + 1));
  const isText = payload.length <= MOST_BYTES && /^[\t\r\n\x20-\x7e]+\0?$/.test(text);
  return isText && PROSE.test(text) && !START_LINE.test(text)
    ? { kind: 'answer', facts: { quote: text.replaceAll('\0', '').trim() } }
    : { kind: 'unrecognised', why: 'no text of at most 512 printable characters that reads like a quote' };
}

function judge(done: readonly Exchange[]): Judgement {
  const [answer] = done.filter(({ purpose }) => purpose === 'measure').flatMap(answersIn);
  if (!answer) return { kind: 'nothing' };
  const { quote = '' } = answer;
  return {
    kind: 'exposure',
    tags: ['qotd', 'loop-risk'],
    detail: String(quote),
    facts: { quote },
    atLeast: LOOP_RISK,
  };
}

function dissect(payload: Uint8Array): readonly Field[] {
  return payload.length === 0
    ? []
    : [{ at: 0, bytes: payload.length, name: 'quote', value: showText(payload) }];
}
