/**
 * Does this host tell anybody where a request came from? (RFC 8489)
 *
 *     sent      00 01  00 00  21 12 a4 42  4d 3a …        Binding request, no attributes, cookie, transaction id; 20 bytes
 *     received  01 01  00 3c  21 12 a4 42  4d 3a …        success, the same cookie and id, and then attributes:
 *               00 20 …  00 01 …  80 2b …  80 22 …        our address twice, the server's own, its name: 80 bytes, coturn
 *
 * The smallest request there is, and the one of Shadowserver. Nothing is allocated (that is TURN, which wants a login).
 */
import type { Exchange } from '../../src/domain/exchange.js';
import { answersIn, refusalsIn } from '../../src/domain/exchange.js';
import { defineProbe, forms, type Field, type Judgement, type Nonce, type Reading } from '../probe.js';
import { latin1, layFields, showHex, showNumber, showText, type FieldShape } from '../wire/fields.js';
import { Reader } from '../wire/reader.js';
import { emulatedServers } from './emulated-servers.js';
import {
  ATTRIBUTE,
  ATTRIBUTE_NAMES,
  COOKIE,
  HEADER_BYTES,
  TYPE,
  readAddress,
  readStun,
  valueOf,
  type StunMessage,
} from './message.js';
import { describe, texts, textsFor } from './texts.js';

const NONCE_BITS = 30;

export const stun = defineProbe({
  id: 'stun',
  protocol: 'stun',
  port: 3478,
  standard: 'RFC 8489',
  published: { factor: '2.32', source: 'NETSCOUT, June 2021' },
  severity: 'medium',
  inDefault: 'yes: reported',
  quietGapMs: 2000,
  report: 'scan_stun',
  texts,
  textsFor,
  sweepForms: [
    {
      name: 'binding',
      encode(nonce) {
        const request = new Uint8Array(HEADER_BYTES);
        const view = new DataView(request.buffer);
        view.setUint16(0, TYPE.bindingRequest);
        view.setUint16(2, 0); // no attributes
        view.setUint32(4, COOKIE);
        view.setUint32(8, nonce); // transaction id, 12 bytes
        request.set(new TextEncoder().encode('ampscope'), 12);
        return request;
      },
    },
  ],
  nonce: { bits: NONCE_BITS, echoed: nonceOf },
  read,
  next: forms(),
  judge,
  dissect,
  emulatedServers,
});

function nonceOf(payload: Uint8Array): Nonce | undefined {
  const message = readStun(payload);
  if (message === undefined || message.type === TYPE.bindingRequest) return undefined;
  return (new Reader(message.id, 4).u32() ?? 0) % 2 ** NONCE_BITS;
}

function read(payload: Uint8Array, request: Uint8Array): Reading {
  const message = readStun(payload);
  // Cookie and transaction id: 16 bytes that a server of RFC 3489 echoes too.
  if (message === undefined || Buffer.compare(message.id, request.subarray(4, HEADER_BYTES)) !== 0)
    return unrecognised('no message with the id of the request');
  if (message.type === TYPE.bindingError) {
    const [, , series = 0, number = 0] = valueOf(message, ATTRIBUTE.errorCode) ?? [];
    return { kind: 'refusal', reason: `error ${(series & 7) * 100 + (number % 100)}` };
  }
  if (message.type !== TYPE.bindingSuccess) return unrecognised('no answer to a binding request');
  return { kind: 'answer', facts: factsOf(message, payload) };
}

function unrecognised(why: string): Reading {
  return { kind: 'unrecognised', why };
}

/** Servers of RFC 3489 count the zeros that fill the last four bytes along. */
const MOST_NAME_BYTES = 200;

/** The columns of Shadowserver's scan_stun. The mapped address is our own. */
function factsOf(message: StunMessage, payload: Uint8Array): Record<string, string | number> {
  const mapped = readAddress(valueOf(message, ATTRIBUTE.mappedAddress));
  const xored = readAddress(valueOf(message, ATTRIBUTE.xorMappedAddress), message.id);
  const software = valueOf(message, ATTRIBUTE.software);
  const fingerprint = valueOf(message, ATTRIBUTE.fingerprint);
  return {
    transaction_id: hexOf(message.id.subarray(4)),
    magic_cookie: hexOf(message.id.subarray(0, 4)),
    message_length: payload.length - HEADER_BYTES,
    message_type: hexOf(payload.subarray(0, 2)),
    ...(mapped && {
      mapped_family: mapped.family,
      mapped_address: mapped.address,
      mapped_port: mapped.port,
    }),
    ...(xored && {
      xor_mapped_family: xored.family,
      xor_mapped_address: xored.address,
      xor_mapped_port: xored.port,
    }),
    ...(software && { software: latin1(nameIn(software)) }),
    ...(fingerprint && { fingerprint: hexOf(fingerprint) }),
  };
}

function nameIn(value: Uint8Array): Uint8Array {
  const zero = value.indexOf(0);
  return value.subarray(0, Math.min(zero < 0 ? value.length : zero, MOST_NAME_BYTES));
}

function hexOf(bytes: Uint8Array): string {
  return showHex(bytes).replaceAll(' ', '');
}

function judge(done: readonly Exchange[]): Judgement {
  const measured = done.filter(({ purpose }) => purpose === 'measure');
  const [facts] = measured.flatMap(answersIn);
  if (facts) {
    const { software } = facts;
    return {
      kind: 'exposure',
      tags: ['stun'],
      ...(software !== undefined && { version: String(software) }),
      detail: describe(facts).en,
      facts,
    };
  }
  const [reason] = measured.flatMap(refusalsIn);
  return reason === undefined ? { kind: 'nothing' } : { kind: 'refusal', reason };
}

const HEADER: readonly FieldShape[] = [
  [2, 'message type', showHex],
  [2, 'message length'],
  [4, 'magic cookie', showHex],
  [12, 'transaction id', showHex],
];

function dissect(payload: Uint8Array): readonly Field[] {
  return layFields(payload, shapesOf(payload));
}

function* shapesOf(payload: Uint8Array): Generator<FieldShape> {
  yield* HEADER;
  const id = payload.subarray(4, HEADER_BYTES);
  const reader = new Reader(payload, HEADER_BYTES);
  while (reader.remaining > 0) {
    const [type, length] = [reader.u16(), reader.u16()];
    if (type === undefined || length === undefined || !reader.skip(length)) return;
    yield [2, 'attribute', () => ATTRIBUTE_NAMES[type] ?? showNumber(Uint8Array.of(type >> 8, type & 0xff))];
    yield [2, 'length'];
    if (length > 0) yield [length, 'value', (bytes) => shown(type, bytes, id)];
    const padding = Math.min((4 - (length % 4)) % 4, reader.remaining);
    if (padding > 0) yield [padding, 'padding', showHex];
    reader.skip(padding);
  }
}

function shown(type: number, value: Uint8Array, id: Uint8Array): string {
  if (type === ATTRIBUTE.software) return showText(value);
  const address = readAddress(value, type === ATTRIBUTE.xorMappedAddress ? id : undefined);
  const isAddress = /ADDRESS|ORIGIN/.test(ATTRIBUTE_NAMES[type] ?? '');
  return isAddress && address ? `${address.address} port ${address.port}` : showHex(value);
}
