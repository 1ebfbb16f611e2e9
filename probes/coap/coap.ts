/**
 * Does this host list its resources to anybody? (RFC 7252, RFC 6690)
 *
 *     sent      40 01 4d 3a  bb .well-known  04 core       confirmable GET, message id, two path options; 21 bytes
 *     received  60 45 4d 3a  c1 28 ff  </>;title="Gen…     acknowledgement with the same id, 2.05, link format: 158 bytes
 *     sent      40 01 4d 3b                                GET of the root, no longer than a header; 4 bytes
 *
 * The first request is that of Shadowserver and zmap, byte for byte. The second asks of who has answered what four bytes
 * bring: 146 from libcoap. Neither changes anything, and no resource is observed.
 */
import type { Exchange, Facts } from '../../src/domain/exchange.js';
import { answersIn, refusalsIn } from '../../src/domain/exchange.js';
import { defineProbe, forms, type Field, type Judgement, type Reading, type RequestForm } from '../probe.js';
import { latin1, layFields, showHex, showText, type FieldShape } from '../wire/fields.js';
import { Reader } from '../wire/reader.js';
import { emulatedServers } from './emulated-servers.js';
import {
  CODE,
  MOST_OPTIONS,
  OPTION,
  TYPE,
  codeText,
  encodeCoap,
  readCoap,
  readOptionHeader,
} from './message.js';
import { describe, texts, textsFor } from './texts.js';

const NONE = new Uint8Array();

function get(name: string, ...path: readonly string[]): RequestForm {
  const options = path.map((segment) => ({
    number: OPTION.uriPath,
    value: new TextEncoder().encode(segment),
  }));
  return {
    name,
    encode: (id) =>
      encodeCoap({ type: TYPE.confirmable, code: CODE.get, id, token: NONE, options, payload: NONE }),
  };
}

const resources = get('well-known-core', '.well-known', 'core');
const root = get('root');

export const coap = defineProbe({
  id: 'coap',
  protocol: 'coap',
  port: 5683,
  standard: 'RFC 7252',
  published: { factor: '34', source: 'FBI, Private Industry Notification, July 2020' },
  severity: 'medium',
  inDefault: 'yes: reported',
  // What is not acknowledged comes again after 2 to 3 s (RFC 7252 §4.8): ACK_TIMEOUT times ACK_RANDOM_FACTOR.
  quietGapMs: 3500,
  report: 'scan_coap',
  texts,
  textsFor,
  sweepForms: [resources],
  nonce: { bits: 16, echoed: idOf },
  farewell,
  read,
  next: forms(root),
  judge,
  dissect,
  emulatedServers,
});

/** Acknowledgements and resets have the id of the request; a separate response has one of its own (§5.2.2). */
function idOf(payload: Uint8Array): number | undefined {
  const [first = 0, code = 0, high = 0, low = 0] = payload;
  const isAnswer = (first & 0xe0) === 0x60 && payload.length >= 4 && (code === CODE.empty || code >> 5 >= 2);
  return isAnswer ? high * 256 + low : undefined;
}

/** A reset ends what would be sent again: a response that wants to be acknowledged (§4.2). */
function farewell(answer: Uint8Array): Uint8Array | undefined {
  const message = readCoap(answer);
  if (message?.type !== TYPE.confirmable || message.code >> 5 < 2) return undefined;
  return encodeCoap({
    ...message,
    type: TYPE.reset,
    code: CODE.empty,
    token: NONE,
    options: [],
    payload: NONE,
  });
}

/** Of the text of a resource so much is reported; a report cuts it again. */
const MOST_TEXT_BYTES = 1000;

function read(payload: Uint8Array, request: Uint8Array): Reading {
  const message = readCoap(payload);
  if (message === undefined) return unrecognised('no message of CoAP');
  const { type, code, token, id } = message;
  const asked = readCoap(request);
  const isOfRequest =
    type === TYPE.acknowledgement || type === TYPE.reset ? id === asked?.id : code === CODE.content;
  if (!isOfRequest || asked === undefined || Buffer.compare(token, asked.token) !== 0)
    return unrecognised('a message that answers another one');
  if (type === TYPE.reset) return { kind: 'refusal', reason: 'reset' };
  // The response itself may follow, or be lost.
  if (code === CODE.empty)
    return { kind: 'refusal', reason: 'acknowledged without a response', transient: true };
  switch (code >> 5) {
    case 2:
      return { kind: 'answer', facts: factsOf(code, message.payload) };
    case 4:
      return { kind: 'refusal', reason: `client error ${codeText(code)}` };
    case 5:
      return { kind: 'refusal', reason: `server error ${codeText(code)}`, transient: true };
    default:
      return unrecognised(`code ${codeText(code)}`);
  }
}

function unrecognised(why: string): Reading {
  return { kind: 'unrecognised', why };
}

function factsOf(code: number, payload: Uint8Array): Facts {
  const response = latin1(payload.subarray(0, MOST_TEXT_BYTES)).replaceAll(/[\r\n]+/g, '|');
  return { version: 1, code: codeText(code), payload_bytes: payload.length, response };
}

function judge(done: readonly Exchange[]): Judgement {
  const measured = done.filter(({ purpose }) => purpose === 'measure');
  const [facts] = measured.flatMap(answersIn);
  if (facts) return { kind: 'exposure', tags: ['coap'], detail: describe(facts).en, facts };
  const [reason] = measured.flatMap(refusalsIn);
  return reason === undefined ? { kind: 'nothing' } : { kind: 'refusal', reason };
}

const TYPES = ['confirmable', 'non-confirmable', 'acknowledgement', 'reset'];

function dissect(payload: Uint8Array): readonly Field[] {
  return layFields(payload, shapesOf(payload));
}

function* shapesOf(payload: Uint8Array): Generator<FieldShape> {
  const [first = 0] = payload;
  yield [
    1,
    'version, type, token length',
    () => `${first >> 6}, ${TYPES[(first >> 4) & 3] ?? ''}, ${first & 0x0f}`,
  ];
  yield [1, 'code', ([code = 0]) => codeText(code)];
  yield [2, 'message id'];
  if ((first & 0x0f) > 0) yield [first & 0x0f, 'token', showHex];
  const reader = new Reader(payload, 4 + (first & 0x0f));
  let number = 0;
  for (let option = 0; reader.remaining > 0 && payload[reader.offset] !== 0xff; option++) {
    if (option === MOST_OPTIONS) return;
    const from = reader.offset;
    const header = readOptionHeader(reader);
    if (header === undefined || !reader.skip(header.length)) return;
    number += header.delta;
    const { length } = header;
    yield [reader.offset - from, `option ${number}`, (bytes) => showText(bytes, bytes.length - length)];
  }
  if (reader.remaining === 0) return;
  yield [1, 'payload marker', showHex];
  yield [reader.remaining - 1, 'payload', showText];
}
