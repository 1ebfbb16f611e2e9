/**
 * Does this Mumble server (murmur) tell anybody how many are talking? (wiki.mumble.info, Protocol: UDP Ping packet)
 *
 *     sent      00000000 616d7073 xxxxxxxx                                type 0, then eight bytes that come back; 12 bytes
 *     received  00010304 616d7073 xxxxxxxx 00000000 000003e8 00011940     version 1.3.4, users, most users, bits/s for each
 *
 * On by default (`allowping`), on the port of TCP. 24 bytes are hardly more than 12 on the wire: an inventory, no amplifier.
 */
import type { Exchange } from '../../src/domain/exchange.js';
import { answersIn } from '../../src/domain/exchange.js';
import { defineProbe, forms, type Field, type Judgement, type Reading } from '../probe.js';
import { layFields, showHex, type FieldShape } from '../wire/fields.js';
import { emulatedServers } from './emulated-servers.js';
import { texts, textsFor } from './texts.js';

const REQUEST_BYTES = 12;
const ANSWER_BYTES = 24;
/** The first half of the ident: "amps". A reader that sees it knows whose answer it is. */
const OWN = 0x616d7073;

export const mumble = defineProbe({
  id: 'mumble',
  protocol: 'mumble',
  port: 64_738,
  standard: 'Mumble 1.3, UDP ping',
  severity: 'medium',
  inDefault: 'no: small',
  quietGapMs: 2000,
  report: 'x_mumble',
  texts,
  textsFor,
  sweepForms: [
    {
      name: 'ping',
      encode(nonce) {
        const request = new Uint8Array(REQUEST_BYTES);
        const view = new DataView(request.buffer);
        view.setUint32(0, 0); // type
        view.setUint32(4, OWN); // ident, first half
        view.setUint32(8, nonce); // ident, second half
        return request;
      },
    },
  ],
  nonce: {
    bits: 30,
    echoed(payload) {
      const nonce = answerOf(payload)?.nonce;
      return nonce !== undefined && nonce < 2 ** 30 ? nonce : undefined;
    },
  },
  read,
  next: forms(),
  judge,
  dissect,
  emulatedServers,
});

function answerOf(payload: Uint8Array):
  | (Record<'users' | 'most_users' | 'bandwidth', number> & {
      readonly nonce: number;
      readonly version: string;
    })
  | undefined {
  if (payload.length !== ANSWER_BYTES) return undefined;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  if (view.getUint8(0) !== 0 || view.getUint32(4) !== OWN) return undefined;
  return {
    version: [...payload.subarray(1, 4)].join('.'),
    nonce: view.getUint32(8),
    users: view.getUint32(12),
    most_users: view.getUint32(16),
    bandwidth: view.getUint32(20),
  };
}

function read(payload: Uint8Array, request: Uint8Array): Reading {
  const answer = answerOf(payload);
  if (!answer || Buffer.compare(payload.subarray(4, 12), request.subarray(4, 12)) !== 0)
    return { kind: 'unrecognised', why: 'no 24 bytes with the ident of the request' };
  const { version, users, most_users, bandwidth } = answer;
  return { kind: 'answer', facts: { version, users, most_users, bandwidth } };
}

function judge(done: readonly Exchange[]): Judgement {
  const [first] = done.filter(({ purpose }) => purpose === 'measure').flatMap(answersIn);
  if (first === undefined) return { kind: 'nothing' };
  return {
    kind: 'exposure',
    tags: ['mumble'],
    version: `Mumble ${String(first['version'])}`,
    detail: `${String(first['users'])} of at most ${String(first['most_users'])} users`,
    facts: first,
  };
}

const REQUEST: readonly FieldShape[] = [
  [4, 'type'],
  [8, 'ident', showHex],
];
const ANSWER: readonly FieldShape[] = [
  [4, 'version', ([, ...numbers]) => numbers.join('.')],
  [8, 'ident', showHex],
  [4, 'users'],
  [4, 'most users'],
  [4, 'bits per second for each'],
];

function dissect(payload: Uint8Array): readonly Field[] {
  return layFields(payload, payload.length <= REQUEST_BYTES ? REQUEST : ANSWER);
}
