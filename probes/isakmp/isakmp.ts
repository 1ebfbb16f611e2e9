/**
 * Does this host begin a key exchange with anybody? (IKEv2, RFC 7296 §1.2; IKEv1, RFC 2409 §5.4)
 *
 *     sent      61 6d 70 73 2f 00 00 01  00 × 8  21 20 22 08 …   IKE_SA_INIT: our SPI, none of theirs; 360 bytes
 *     received  61 6d 70 73 2f 00 00 01  0c df … 21 20 22 20 …   the same SPI, and one of theirs: 392 bytes
 *     or        61 6d 70 73 2f 00 00 01  00 × 8  29 20 22 20 …   a cookie to be sent back first: 60 bytes
 *     sent      61 6d 70 73 2f 00 00 02  00 × 8  01 10 02 00 …   main mode of IKEv1: 84 bytes
 *     received  61 6d 70 73 2f 00 00 02  b6 ea … 01 10 02 00 …   116 bytes
 *
 * A first message leaves a half-open exchange behind, which strongSwan forgets after 30 s; there is no word to end it.
 * After three of one address strongSwan asks that address for a cookie. So each version is asked once in the sweep and once
 * alone, and where the cookie comes then, the row rests on the sweep.
 */
import type { Exchange } from '../../src/domain/exchange.js';
import { answersIn, refusalsIn } from '../../src/domain/exchange.js';
import { reportedExchange } from '../../src/domain/factors.js';
import { defineProbe, forms, type Field, type Judgement, type Reading } from '../probe.js';
import { layFields, showHex, type FieldShape } from '../wire/fields.js';
import { detailOf } from './detail.js';
import { emulatedServers } from './emulated-servers.js';
import { HEADER_BYTES, readResponse } from './message.js';
import { mainMode, saInit } from './requests.js';
import { texts, textsFor } from './texts.js';

export const isakmp = defineProbe({
  id: 'isakmp',
  protocol: 'isakmp',
  port: 500,
  standard: 'RFC 7296 §1.2; RFC 2409 §5.4',
  severity: 'medium',
  inDefault: 'yes: reported',
  // A responder of IKEv1 sends again by a timer of its own (RFC 2408 §5.1); strongSwan's first interval is 4 s.
  quietGapMs: 5000,
  report: 'scan_isakmp',
  texts,
  textsFor,
  sweepForms: [saInit, mainMode],
  nonce: {
    bits: 30,
    echoed(payload) {
      if (!readResponse(payload)) return undefined;
      return new DataView(payload.buffer, payload.byteOffset).getUint32(4) % 2 ** 30;
    },
  },
  read,
  next: forms(),
  judge,
  dissect,
  emulatedServers,
});

function read(payload: Uint8Array, request: Uint8Array): Reading {
  const answer = readResponse(payload);
  if (!answer) return { kind: 'unrecognised', why: 'no response of IKE' };
  if (!payload.subarray(0, 8).every((byte, at) => byte === request[at]))
    return { kind: 'unrecognised', why: 'another SPI than that of the request' };
  // RFC 7296 §2.6: nothing begins until the cookie comes back, which a forged address never sees. Later it may be
  // otherwise: strongSwan asks for one only while exchanges are half-open.
  if (answer.says === 'cookie') return { kind: 'refusal', reason: 'cookie', transient: true };
  return { kind: 'answer', facts: answer };
}

function judge(done: readonly Exchange[]): Judgement {
  const measured = done.filter(({ purpose }) => purpose === 'measure');
  const answered = measured.filter((exchange) => answersIn(exchange).length > 0);
  const asksForCookie = measured.some((exchange) => refusalsIn(exchange).includes('cookie'));
  const reported = reportedExchange(answered);
  if (!reported) return asksForCookie ? { kind: 'refusal', reason: 'cookie' } : { kind: 'nothing' };
  const said = { 1: new Set<string>(), 2: new Set<string>() };
  for (const { version, says } of answered.flatMap(answersIn)) said[version === 1 ? 1 : 2].add(String(says));
  if (asksForCookie) said[2].add('cookie');
  const [answer = {}] = answersIn(reported);
  const columns = Object.entries(answer).filter(([name]) => name !== 'version' && name !== 'says');
  const facts = {
    ...Object.fromEntries(columns),
    ...(said[2].size > 0 && { ikev2: [...said[2]].join(' ') }),
    ...(said[1].size > 0 && { ikev1: [...said[1]].join(' ') }),
  };
  const versions = ([2, 1] as const).filter((version) => said[version].has('sa')).map((v) => `ikev${v}`);
  return {
    kind: 'exposure',
    tags: ['isakmp', ...(versions.length > 0 ? versions : ['notification-only'])],
    detail: detailOf(facts).en,
    facts,
  };
}

const HEADER: readonly FieldShape[] = [
  [8, 'SPI of the initiator', showHex],
  [8, 'SPI of the responder', showHex],
  [1, 'next payload'],
  [1, 'version', showHex],
  [1, 'exchange type'],
  [1, 'flags', showHex],
  [4, 'message id', showHex],
  [4, 'length'],
];
const PAYLOAD_HEADER_BYTES = 4;

function dissect(payload: Uint8Array): readonly Field[] {
  return layFields(payload, shapesOf(payload));
}

/** The header, then each payload by its own length; one that is shorter than its header is the last. */
function* shapesOf(payload: Uint8Array): Generator<FieldShape> {
  yield* HEADER;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  for (let at = HEADER_BYTES, type = view.getUint8(16); at + PAYLOAD_HEADER_BYTES <= payload.length;) {
    const bytes = view.getUint16(at + 2);
    if (bytes < PAYLOAD_HEADER_BYTES) return;
    yield [1, 'next payload'];
    yield [1, 'reserved', showHex];
    yield [2, `length of ${PAYLOAD_NAMES.get(type) ?? `payload ${type}`}`];
    yield [bytes - PAYLOAD_HEADER_BYTES, PAYLOAD_NAMES.get(type) ?? `payload ${type}`, showHex];
    type = view.getUint8(at);
    at += bytes;
  }
}

/** RFC 7296 §3.2, RFC 2408 §3.1. */
const PAYLOAD_NAMES: ReadonlyMap<number, string> = new Map([
  [1, 'security association'],
  [4, 'key exchange'],
  [5, 'identification'],
  [8, 'hash'],
  [10, 'nonce'],
  [11, 'notification'],
  [13, 'vendor id'],
  [33, 'security association'],
  [34, 'key exchange'],
  [40, 'nonce'],
  [41, 'notification'],
  [43, 'vendor id'],
]);
