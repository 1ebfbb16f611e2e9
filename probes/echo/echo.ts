/**
 * Does this host send back whatever it is sent over UDP? (RFC 862)
 *
 *     sent      72 78 01 02 29 6f 00 4d      four bytes of a mark, and the nonce
 *     received  72 78 01 02 29 6f 00 4d      the same
 *
 * It amplifies nothing. But a request whose forged source is another echo service, or any of its kind, makes the two
 * send to each other until a packet is lost: CERT CA-1996-01.
 */
import { answersIn } from '../../src/domain/exchange.js';
import { LOOP_RISK } from '../../src/domain/finding.js';
import {
  defineProbe,
  forms,
  type Exchange,
  type Field,
  type Judgement,
  type Nonce,
  type Reading,
  type RequestForm,
} from '../probe.js';
import { showHex } from '../wire/fields.js';
import { twins } from './twin.js';
import { words, wordsFor } from './words.js';

/** No protocol that we know begins so. */
const MARK = [0x72, 0x78, 0x01, 0x02] as const;
const REQUEST_BYTES = 8;

const eightBytes: RequestForm = {
  name: 'eight-bytes',
  encode(nonce) {
    const request = new Uint8Array(REQUEST_BYTES);
    request.set(MARK);
    new DataView(request.buffer).setUint32(MARK.length, nonce);
    return request;
  },
};

export const echo = defineProbe({
  id: 'echo',
  protocol: 'echo',
  port: 7,
  standard: 'RFC 862',
  severity: 'medium',
  byDefault: false,
  quietGapMs: 2000,
  report: 'x_echo',
  words,
  wordsFor,
  sweepForms: [eightBytes],
  nonce: { bits: 30, echoed },
  read,
  next: forms(),
  judge,
  dissect,
  twins,
});

function echoed(payload: Uint8Array): Nonce | undefined {
  if (payload.length !== REQUEST_BYTES || MARK.some((byte, i) => payload[i] !== byte)) return undefined;
  const nonce = new DataView(payload.buffer, payload.byteOffset).getUint32(MARK.length);
  return nonce < 2 ** 30 ? nonce : undefined;
}

/** Nothing but the very bytes that were sent is an echo: so nothing else passes for one. */
function read(payload: Uint8Array, request: Uint8Array): Reading {
  return payload.length > 0 &&
    payload.length === request.length &&
    payload.every((byte, i) => byte === request[i])
    ? { kind: 'answer', facts: { bytes: payload.length } }
    : { kind: 'unrecognised', why: 'not what was sent' };
}

function judge(done: readonly Exchange[]): Judgement {
  const answers = done.filter(({ purpose }) => purpose === 'measure').flatMap(answersIn);
  if (answers.length === 0) return { kind: 'nothing' };
  return {
    kind: 'exposure',
    tags: ['echo', 'loop-risk'],
    detail: 'sends back what it is sent: no amplification, but a loop with any other that answers everything',
    atLeast: LOOP_RISK,
  };
}

function dissect(payload: Uint8Array): readonly Field[] {
  return payload.length === 0
    ? []
    : [{ at: 0, bytes: payload.length, name: 'data', value: showHex(payload) }];
}
