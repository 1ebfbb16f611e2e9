/**
 * Does this BACnet/IP device (building automation) let anybody read its properties? (ASHRAE 135, annex J)
 *
 *     sent      81 0a 0011  01 04  00 05 01 0c  0c 023fffff  19 4b         ReadProperty: which device are you? 17 bytes
 *     received  81 0a 0017  01 00  30 01 0c  0c 02000001  19 4b  3e c4 02000001 3f       ComplexACK: device 1; 23 bytes
 *     then      81 0a 0013  01 04  00 05 02 0e  0c 023fffff  1e 09 08 1f   ReadPropertyMultiple: all that it has; 19 bytes
 *
 * 4194303 is the instance that every device takes for its own. Nothing is written, subscribed to or started. Who-Is is not
 * asked: its answer goes to all of the device's own network, and not to the asker. No number of ours would tell two requests
 * apart (an invoke id has eight bits), so each question has one of its own.
 */
import type { Exchange, Facts } from '../../src/domain/exchange.js';
import { answersIn, refusalsIn } from '../../src/domain/exchange.js';
import { defineProbe, forms, type Field, type Judgement, type Reading, type RequestForm } from '../probe.js';
import { latin1, layFields, showHex, showText, type FieldShape } from '../wire/fields.js';
import { Reader } from '../wire/reader.js';
import { emulatedServers } from './emulated-servers.js';
import { apduOf, readTag, type Tag } from './message.js';
import { describe, texts, textsFor } from './texts.js';

const [READ_PROPERTY, READ_PROPERTY_MULTIPLE] = [0x0c, 0x0e] as const;
/** Types of an APDU, by its first four bits. */
const COMPLEX_ACK = 3;
const REFUSALS: ReadonlyMap<number, string> = new Map([
  [5, 'error'],
  [6, 'reject'],
  [7, 'abort'],
]);
/** Device, with the instance that stands for any (clause 15.5.2). */
const ANY_DEVICE = [0x02, 0x3f, 0xff, 0xff];
const INSTANCE_BITS = 22;
const [OBJECT_IDENTIFIER, ALL] = [75, 8];
/** Of the properties whose value is a text, by number (clause 21). */
const TEXTS: ReadonlyMap<number, string> = new Map([
  [12, 'application_software_version'],
  [44, 'firmware_revision'],
  [70, 'model_name'],
  [77, 'object_name'],
  [121, 'vendor_name'],
]);
const [MOST_TEXT_BYTES, MOST_SHOWN_BYTES] = [200, 16];
/** A datagram may have so many tags that are looked at; a device has some hundred. */
const MOST_TAGS = 2000;
/** Application tags of a text and of an object's number. */
const [CHARACTER_STRING, OBJECT_NUMBER] = [7, 12];
/** Within the answer to ReadPropertyMultiple, which property it is; within the other, that too. */
const PROPERTY_TAG: ReadonlyMap<number, number> = new Map([
  [READ_PROPERTY, 1],
  [READ_PROPERTY_MULTIPLE, 2],
]);

const asking = (name: string, invokeId: number, service: number, rest: readonly number[]): RequestForm => ({
  name,
  encode: () => {
    const apdu = [
      0x00, // confirmed request, not segmented
      0x05, // takes 1,476 bytes, in no more than one segment
      invokeId,
      service,
      ...[0x0c, ...ANY_DEVICE], // of which object
      ...rest,
    ];
    return Uint8Array.of(
      ...[0x81, 0x0a, 0x00, 6 + apdu.length], // BACnet/IP, to one host, length of all
      ...[0x01, 0x04], // version 1, an answer is expected
      ...apdu,
    );
  },
});

export const bacnet = defineProbe({
  id: 'bacnet',
  protocol: 'bacnet',
  port: 47_808,
  standard: 'ASHRAE 135 (ISO 16484-5), annex J',
  published: {
    factor: '120',
    source: 'Gasser et al., SPW 2017',
    note: {
      en: 'the largest that was found',
      ja: '観測された最大値',
    },
  },
  severity: 'medium',
  measuredOn: 'published figures',
  inDefault: 'no: unmeasured',
  group: 'industrial',
  quietGapMs: 2000,
  report: 'x_bacnet',
  texts,
  textsFor,
  sweepForms: [asking('device-identifier', 1, READ_PROPERTY, [0x19, OBJECT_IDENTIFIER])],
  read,
  next: forms(asking('all-properties', 2, READ_PROPERTY_MULTIPLE, [0x1e, 0x09, ALL, 0x1f])),
  judge,
  dissect,
  emulatedServers,
});

function read(payload: Uint8Array, request: Uint8Array): Reading {
  const [invokeId = 0, service = 0] = request.subarray(8);
  const apdu = apduOf(payload);
  if (apdu === undefined || new Reader(payload, apdu + 1).u8() !== invokeId)
    return unrecognised('no BACnet answer with the invoke id of the request');
  const type = (payload[apdu] ?? 0) >> 4;
  const reason = REFUSALS.get(type);
  if (reason !== undefined) return { kind: 'refusal', reason };
  if (type !== COMPLEX_ACK || payload[apdu + 2] !== service)
    return unrecognised('no acknowledgement of what was asked');
  const facts = factsIn(payload, apdu + 3, service);
  return facts === undefined ? unrecognised('an answer without a device') : { kind: 'answer', facts };
}

function unrecognised(why: string): Reading {
  return { kind: 'unrecognised', why };
}

/** The device's number, and of its other properties the texts that say what it is. */
function factsIn(payload: Uint8Array, from: number, service: number): Facts | undefined {
  const reader = new Reader(payload, from);
  const device = readTag(reader);
  if (device?.content?.length !== 4 || !device.isContext || device.number !== 0) return undefined;
  const found: Record<string, string> = {};
  let properties = 0;
  let property = 0;
  for (let left = MOST_TAGS; left > 0; left--) {
    const tag = readTag(reader);
    if (tag === undefined) break;
    if (tag.isContext && tag.number === PROPERTY_TAG.get(service) && tag.content) {
      property = numberIn(tag.content);
      properties++;
    }
    const name = TEXTS.get(property);
    if (name !== undefined && !(name in found) && isText(tag)) found[name] = textIn(tag);
  }
  return { device_instance: numberIn(device.content) % 2 ** INSTANCE_BITS, properties, ...found };
}

function isText({ isContext, number, content }: Tag): boolean {
  return !isContext && number === CHARACTER_STRING && content !== undefined;
}

/** Its first byte is the character set: UTF-8 is 0. */
function textIn({ content }: Tag): string {
  return latin1((content ?? Uint8Array.of()).subarray(1, 1 + MOST_TEXT_BYTES));
}

function numberIn(bytes: Uint8Array): number {
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}

function judge(done: readonly Exchange[]): Judgement {
  const measured = done.filter(({ purpose }) => purpose === 'measure');
  const answers = measured.flatMap(answersIn);
  if (answers.length > 0) {
    const facts = answers.reduce<Facts>((all, more) => ({ ...all, ...more }), {});
    return { kind: 'exposure', tags: ['bacnet'], detail: describe(facts).en, facts };
  }
  const [reason] = measured.flatMap(refusalsIn);
  return reason === undefined ? { kind: 'nothing' } : { kind: 'refusal', reason };
}

function dissect(payload: Uint8Array): readonly Field[] {
  return layFields(payload, shapesOf(payload));
}

function* shapesOf(payload: Uint8Array): Generator<FieldShape> {
  yield [1, 'BACnet/IP', showHex];
  yield [1, 'function', showHex];
  yield [2, 'length'];
  const apdu = apduOf(payload);
  if (apdu === undefined) return;
  yield [1, 'version'];
  yield [1, 'control', showHex];
  if (apdu > 6) yield [apdu - 6, 'network addresses', showHex];
  yield [1, 'type of APDU', ([first = 0]) => String(first >> 4)];
  const isRequest = (payload[apdu] ?? 0) >> 4 === 0;
  if (isRequest) yield [1, 'segments and sizes', showHex];
  yield [1, 'invoke id'];
  yield [1, 'service or reason'];
  const reader = new Reader(payload, apdu + (isRequest ? 4 : 3));
  for (;;) {
    const from = reader.offset;
    const tag = readTag(reader);
    if (tag === undefined) return;
    yield [reader.offset - from, nameOf(tag), (bytes) => shownOf(tag, bytes)];
  }
}

function nameOf({ isContext, number, content, isOpening }: Tag): string {
  if (content === undefined) return `${isOpening ? 'opening' : 'closing'} tag ${number}`;
  return `${isContext ? 'context' : 'application'} tag ${number}`;
}

function shownOf(tag: Tag, bytes: Uint8Array): string {
  const { content, isContext, number } = tag;
  if (content === undefined) return '';
  if (isText(tag)) return showText(content, 1);
  const begin = bytes.length - content.length;
  if (content.length > 4) return showHex(bytes, begin, begin + MOST_SHOWN_BYTES);
  const value = numberIn(content);
  if (!isContext && number === OBJECT_NUMBER && content.length === 4)
    return `object ${Math.floor(value / 2 ** INSTANCE_BITS)}, instance ${value % 2 ** INSTANCE_BITS}`;
  return String(value);
}
