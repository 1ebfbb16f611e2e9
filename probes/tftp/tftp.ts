/**
 * Does this host answer requests for files? (RFC 1350)
 *
 *     sent      00 01  ampscope 00  octet 00     a read request for a file that is not there; 17 bytes
 *     received  00 05  00 01  File not found 00  from a port that the server draws for this transfer: 19 bytes, once
 *               00 03  00 01  …                  where the name is there after all: 516 bytes, sent again for 31 s
 *
 * A name that surely does not exist is the polite question: an error ends the transfer on both sides (RFC 1350 §7),
 * while a file would be sent again and again, for nothing acknowledges it. Its factor is then that of the error; what a
 * name that exists would bring is the published one. The name is ours, so that whoever reads the log knows who asked.
 */
import type { Exchange } from '../../src/domain/exchange.js';
import { answersIn } from '../../src/domain/exchange.js';
import { defineProbe, forms, type Field, type Judgement, type Reading } from '../probe.js';
import { latin1, layFields, showText, type FieldShape } from '../wire/fields.js';
import { Reader } from '../wire/reader.js';
import { emulatedServers } from './emulated-servers.js';
import { BLOCK_BYTES, ERRORS, OPCODE, OPCODE_NAMES, errorDatagram } from './packet.js';
import { describe, texts, textsFor } from './texts.js';

export const tftp = defineProbe({
  id: 'tftp',
  protocol: 'tftp',
  port: 69,
  standard: 'RFC 1350',
  published: {
    factor: '60',
    source: 'US-CERT TA14-017A',
    note: { en: 'of a file, which is never asked for', ja: 'ファイルの場合（この調査では要求しません）' },
  },
  severity: 'info',
  inDefault: 'yes: reported',
  // atftpd sends an unacknowledged block again after 5 s, tftpd-hpa after 1 s and dnsmasq after 2 s at most.
  quietGapMs: 5500,
  report: 'scan_tftp',
  texts,
  textsFor,
  sweepForms: [
    {
      name: 'read-request',
      encode: () => new TextEncoder().encode('\0\x01ampscope\0octet\0'),
    },
  ],
  // An error has ended the transfer already; a block or an option acknowledgement would be sent again.
  farewell: (answer) =>
    answer[1] === OPCODE.data || answer[1] === OPCODE.optionAcknowledgement
      ? errorDatagram(0, 'not wanted')
      : undefined,
  read,
  next: forms(),
  judge,
  dissect,
  emulatedServers,
});

/** Of a longer message, which no server writes, so much is read. */
const MOST_MESSAGE_BYTES = 1000;

function read(payload: Uint8Array): Reading {
  const reader = new Reader(payload);
  const opcode = reader.u16();
  const number = reader.u16();
  if (opcode === undefined || number === undefined) return unrecognised('shorter than any answer');
  if (opcode === OPCODE.data && number === 1 && reader.remaining <= BLOCK_BYTES)
    return { kind: 'answer', facts: { opcode, block_bytes: reader.remaining } };
  if (opcode === OPCODE.optionAcknowledgement && isText(payload.subarray(2)))
    return { kind: 'answer', facts: { opcode } };
  const error = ERRORS[number];
  if (opcode !== OPCODE.error || error === undefined) return unrecognised('no first block and no error');
  if (!isText(payload.subarray(4))) return unrecognised('an error without a text');
  const errormessage = latin1(payload.subarray(4, 4 + MOST_MESSAGE_BYTES)).replaceAll('\0', '');
  return { kind: 'answer', facts: { opcode, errorcode: number, error, errormessage } };
}

function unrecognised(why: string): Reading {
  return { kind: 'unrecognised', why };
}

/** Strings of the protocol end in a zero; their letters are not ASCII everywhere. */
function isText(bytes: Uint8Array): boolean {
  return (
    bytes.at(-1) === 0 && bytes.subarray(0, MOST_MESSAGE_BYTES).every((byte) => byte === 0 || isShown(byte))
  );
}

function isShown(byte: number): boolean {
  return byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

function judge(done: readonly Exchange[]): Judgement {
  const answers = done.filter(({ purpose }) => purpose === 'measure').flatMap(answersIn);
  const sent = answers.find(({ opcode }) => opcode !== OPCODE.error);
  const facts = sent ?? answers[0];
  if (!facts) return { kind: 'nothing' };
  return {
    kind: 'exposure',
    tags: sent ? ['tftp', 'tftp-file'] : ['tftp'],
    detail: describe(facts).en,
    facts,
  };
}

function dissect(payload: Uint8Array): readonly Field[] {
  return layFields(payload, shapesOf(payload));
}

function* shapesOf(payload: Uint8Array): Generator<FieldShape> {
  const opcode = new Reader(payload).u16() ?? 0;
  yield [2, 'opcode', () => [opcode, OPCODE_NAMES[opcode] ?? ''].join(' ').trim()];
  let at = 2;
  if (opcode === OPCODE.data || opcode === OPCODE.acknowledgement) yield [2, 'block'];
  if (opcode === OPCODE.data) yield [payload.length - 4, 'data', ({ length }) => `${length} bytes`];
  if (opcode === OPCODE.error) {
    yield [
      2,
      'error code',
      (bytes) => [bytes[1], ERRORS[(bytes[0] ?? 0) * 256 + (bytes[1] ?? 0)] ?? ''].join(' '),
    ];
    at = 4;
  }
  if (opcode === OPCODE.data || opcode === OPCODE.acknowledgement) return;
  for (let string = 0; string < MOST_STRINGS && at < payload.length; string++) {
    const zero = payload.indexOf(0, at);
    const end = zero < 0 ? payload.length : zero + 1;
    yield [end - at, nameOf(opcode, string), (bytes) => showText(bytes.subarray(0, -1))];
    at = end;
  }
}

/** RFC 2347: a request or an acknowledgement of options fits 512 octets. What follows stays one field. */
const MOST_STRINGS = 64;

/** Of a string, by its place: RFC 1350 §5, and RFC 2347 for the options after a name and a mode. */
function nameOf(opcode: number, place: number): string {
  if (opcode === OPCODE.error) return 'message';
  const option = opcode === OPCODE.optionAcknowledgement ? place : place - 2;
  if (option < 0) return place === 0 ? 'file name' : 'mode';
  return option % 2 === 0 ? 'option' : 'value';
}
