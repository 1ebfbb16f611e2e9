/**
 * Does this Teeworlds 0.7 server answer only those who have shown that their address is theirs? (docs of libtw2: packet7)
 *
 *     sent      04 00 00  ffffffff  05 xxxxxxxx  00 × 508      control: a token, please; 520 bytes, less is ignored
 *     received  04 00 00  xxxxxxxx  05 yyyyyyyy                 its token; 12 bytes
 *     then      21  ffffffff  xxxxxxxx  ffffffff 67696533 00    connless, without its token: "gie3"; 18 bytes
 *     received  nothing, or 21 xxxxxxxx … 69 6e 66 33 …          "inf3", the state of the server
 *
 * The protocol is the model of one that is mended: the question has to be longer than the answer until a token has come
 * back from the address. So a server that gives a token and is silent then refuses, and only one that tells its state
 * without the token is an exposure. The token that it gives is never used. DDNet answers the older question on the same
 * port: that is the probe ddnet.
 */
import type { Exchange, Facts } from '../../src/domain/exchange.js';
import { answersIn, refusalsIn } from '../../src/domain/exchange.js';
import { defineProbe, forms, type Field, type Judgement, type Reading, type RequestForm } from '../probe.js';
import { latin1, layFields, showHex, showText, type FieldShape } from '../wire/fields.js';
import { Reader } from '../wire/reader.js';
import { emulatedServers } from './emulated-servers.js';
import { describe, texts, textsFor } from './texts.js';

const TOKEN_REQUEST_BYTES = 520;
const TOKEN_ANSWER_BYTES = 12;
const INFO_REQUEST_BYTES = 18;
/** Flags of a packet, and the control message that asks for a token. */
const [CONTROL, CONNLESS, TOKEN] = [0x04, 0x21, 0x05];
const NO_TOKEN = 0xffff_ffff;
const NONCE_BITS = 30;
/** Where the text of an answer begins: flags, two tokens, eight bytes of "inf3". */
const TEXT_AT = 17;
/** No text before the list of players is longer. */
const MOST_TEXT_BYTES = 512;

const tokenRequest: RequestForm = {
  name: 'token',
  encode(nonce) {
    const request = Buffer.alloc(TOKEN_REQUEST_BYTES);
    request.writeUInt8(CONTROL, 0); // no acknowledgement and no chunks in the two bytes after it
    request.writeUInt32BE(NO_TOKEN, 3); // of the server: none is known
    request.writeUInt8(TOKEN, 7);
    request.writeUInt32BE(nonce, 8); // of the client: the answer goes to it
    return Uint8Array.from(request);
  },
};

const infoRequest: RequestForm = {
  name: 'info-without-token',
  encode(nonce) {
    const request = Buffer.alloc(INFO_REQUEST_BYTES);
    request.writeUInt8(CONNLESS, 0);
    request.writeUInt32BE(NO_TOKEN, 1); // of the server
    request.writeUInt32BE(nonce, 5); // of the client
    request.fill(0xff, 9, 13);
    request.write('gie3', 13, 'latin1');
    return Uint8Array.from(request); // and a number of the list of servers: 0
  },
};

export const teeworlds = defineProbe({
  id: 'teeworlds',
  protocol: 'teeworlds',
  port: 8303,
  standard: 'Teeworlds 0.7',
  severity: 'medium',
  inDefault: 'no: game',
  group: 'games',
  quietGapMs: 2000,
  report: 'x_teeworlds',
  texts,
  textsFor,
  sweepForms: [tokenRequest],
  nonce: { bits: NONCE_BITS, echoed: clientTokenIn },
  read,
  next: forms(infoRequest),
  judge,
  dissect,
  emulatedServers,
});

/** Of a token or of an answer; undefined for anything else. */
function clientTokenIn(payload: Uint8Array): number | undefined {
  const token = isToken(payload)
    ? new Reader(payload, 3).u32()
    : isInfo(payload)
      ? new Reader(payload, 1).u32()
      : undefined;
  return token === undefined || token >= 2 ** NONCE_BITS ? undefined : token;
}

function isToken(payload: Uint8Array): boolean {
  return payload.length === TOKEN_ANSWER_BYTES && payload[0] === CONTROL && payload[7] === TOKEN;
}

function isInfo(payload: Uint8Array): boolean {
  return payload[0] === CONNLESS && latin1(payload.subarray(13, TEXT_AT)) === 'inf3';
}

function read(payload: Uint8Array, request: Uint8Array): Reading {
  const isForToken = request.length === TOKEN_REQUEST_BYTES;
  const asked = new Reader(request, isForToken ? 8 : 5).u32();
  if (isForToken && isToken(payload) && new Reader(payload, 3).u32() === asked)
    return { kind: 'refusal', reason: 'asks for a token first' };
  if (isForToken || !isInfo(payload) || new Reader(payload, 1).u32() !== asked)
    return { kind: 'unrecognised', why: 'neither a token nor a state with the token of the request' };
  // The number of the list of servers, which was 0, and texts that end with a zero.
  const [version, name, , map, game] = latin1(payload.subarray(TEXT_AT + 1, MOST_TEXT_BYTES)).split('\0');
  if (version === undefined || name === undefined || map === undefined || game === undefined)
    return { kind: 'unrecognised', why: 'a state that is cut short' };
  return { kind: 'answer', facts: { version, name, map, game } };
}

function judge(done: readonly Exchange[]): Judgement {
  const measured = done.filter(({ purpose }) => purpose === 'measure');
  const [facts]: readonly Facts[] = measured.flatMap(answersIn);
  if (facts !== undefined)
    return {
      kind: 'exposure',
      tags: ['teeworlds'],
      version: `Teeworlds ${String(facts['version'])}`,
      detail: describe(facts).en,
      facts,
    };
  const [reason] = measured.flatMap(refusalsIn);
  return reason === undefined ? { kind: 'nothing' } : { kind: 'refusal', reason };
}

const CONTROL_SHAPES: readonly FieldShape[] = [
  [3, 'flags, acknowledgement, chunks', showHex],
  [4, 'token of the receiver', showHex],
  [1, 'control message'],
  [4, 'token of the sender', showHex],
];
const CONNLESS_SHAPES: readonly FieldShape[] = [
  [1, 'flags', showHex],
  [4, 'token of the receiver', showHex],
  [4, 'token of the sender', showHex],
  [4, 'ff', showHex],
  [4, 'message', showText],
  [1, 'number of the list'],
];

function dissect(payload: Uint8Array): readonly Field[] {
  return layFields(payload, shapesOf(payload), { rest: payload[0] === CONTROL ? 'padding' : 'state' });
}

function* shapesOf(payload: Uint8Array): Generator<FieldShape> {
  if (payload[0] === CONTROL) return yield* CONTROL_SHAPES;
  yield* CONNLESS_SHAPES;
  if (!isInfo(payload)) return;
  let at = TEXT_AT + 1;
  for (const name of ['version', 'name', 'host', 'map', 'game']) {
    const zero = payload.indexOf(0, at);
    const end = zero < 0 ? payload.length : zero + 1;
    yield [end - at, name, (bytes) => showText(bytes.at(-1) === 0 ? bytes.subarray(0, -1) : bytes)];
    at = end;
  }
}
