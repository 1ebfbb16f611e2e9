import type { Field, Nonce } from '../probe.js';
import {
  BER,
  berElement,
  berInteger,
  berToInteger,
  readBerContent,
  readBerElement,
  readBerHeader,
} from '../wire/ber.js';
import { latin1, layFields, showHex, showText, type FieldShape } from '../wire/fields.js';
import { Reader } from '../wire/reader.js';

/** RFC 4511 §4.5: what a message carries. */
export const OPERATION = { searchRequest: 0x63, searchResultEntry: 0x64, searchResultDone: 0x65 } as const;
const ENUMERATED = 0x0a;
const BOOLEAN = 0x01;
/** RFC 4511 §4.5.1.7: `present` is [7] of the choice. */
const FILTER_PRESENT = 0x87;

export const NONCE_BITS = 30;
/** Bit 30 is set, so that every message id has four octets and is no zero, which RFC 4511 §4.1.1.1 keeps for others. */
const FIXED_LENGTH = 2 ** NONCE_BITS;

/** A search for the root DSE, RFC 4512 §5.1: base object, any class, all attributes. 42 bytes. */
export function writeRootSearch(nonce: Nonce): Uint8Array {
  const search = berElement(
    OPERATION.searchRequest,
    berElement(BER.octetString), // baseObject: the root
    berInteger(0, ENUMERATED), // scope: baseObject
    berInteger(0, ENUMERATED), // derefAliases: never
    berInteger(0), // sizeLimit: none
    berInteger(0), // timeLimit: none
    berElement(BOOLEAN, Uint8Array.of(0)), // typesOnly: no
    berElement(FILTER_PRESENT, new TextEncoder().encode('objectClass')),
    berElement(BER.sequence), // attributes: all that are for users
  );
  return berElement(BER.sequence, berInteger(FIXED_LENGTH + nonce), search);
}

export interface LdapMessage {
  readonly id: number;
  readonly operation: number;
  readonly content: Uint8Array;
}

/** The messages of a datagram, in order: an entry and the end of the search often come in one. */
export function readMessages(payload: Uint8Array): readonly LdapMessage[] {
  const messages: LdapMessage[] = [];
  const reader = new Reader(payload);
  while (reader.remaining > 0 && messages.length < MOST_MESSAGES) {
    const message = readBerContent(reader, BER.sequence);
    if (message === undefined) break;
    const inside = new Reader(message);
    const id = berToInteger(readBerContent(inside, BER.integer));
    const operation = readBerElement(inside);
    if (id === undefined || operation === undefined) break;
    messages.push({ id, operation: operation.tag, content: operation.content });
  }
  return messages;
}

/** Undefined where the datagram does not begin with a message of a search. */
export function nonceEchoed(payload: Uint8Array): Nonce | undefined {
  const [first] = readMessages(payload);
  const isResult =
    first?.operation === OPERATION.searchResultEntry || first?.operation === OPERATION.searchResultDone;
  return isResult && first.id >= FIXED_LENGTH && first.id < 2 * FIXED_LENGTH
    ? first.id - FIXED_LENGTH
    : undefined;
}

/**
 * The attributes of an entry, their values joined by `|` as Shadowserver's files have them.
 * @returns undefined where what stands there is no entry. What follows an attribute that is cut short is left out.
 */
export function readEntry({ operation, content }: LdapMessage): ReadonlyMap<string, string> | undefined {
  if (operation !== OPERATION.searchResultEntry) return undefined;
  const reader = new Reader(content);
  const name = readBerContent(reader, BER.octetString);
  const list = readBerContent(reader, BER.sequence);
  if (name === undefined || list === undefined) return undefined;
  const attributes = new Map<string, string>();
  const attributeReader = new Reader(list);
  while (attributeReader.remaining > 0 && attributes.size < MOST_ATTRIBUTES) {
    const attribute = readBerContent(attributeReader, BER.sequence);
    const inside = attribute && new Reader(attribute);
    const type = inside && readBerContent(inside, BER.octetString);
    const values = inside && readBerContent(inside, SET);
    if (type === undefined || values === undefined) break;
    attributes.set(latin1(type.subarray(0, MOST_NAME)), valuesOf(values));
  }
  return attributes;
}

/** The result code of the end of a search (RFC 4511 §4.1.9). */
export function readResultCode({ operation, content }: LdapMessage): number | undefined {
  if (operation !== OPERATION.searchResultDone) return undefined;
  return berToInteger(readBerContent(new Reader(content), ENUMERATED));
}

const SET = 0x31;
const MOST_MESSAGES = 4;
/** A domain controller of Windows sends some thirty. */
const MOST_ATTRIBUTES = 60;
const MOST_NAME = 64;
/** Reports cut a text after 1,000 characters; the list of controls has more. */
const MOST_VALUE_CHARACTERS = 1500;

function valuesOf(set: Uint8Array): string {
  const reader = new Reader(set);
  let text = '';
  while (reader.remaining > 0 && text.length < MOST_VALUE_CHARACTERS) {
    const value = readBerContent(reader, BER.octetString);
    if (value === undefined) break;
    text += `${text === '' ? '' : '|'}${Buffer.from(value.subarray(0, MOST_VALUE_CHARACTERS)).toString('utf8')}`;
  }
  return text;
}

const OPERATION_NAMES: Readonly<Record<number, string>> = {
  [OPERATION.searchRequest]: 'searchRequest',
  [OPERATION.searchResultEntry]: 'searchResEntry',
  [OPERATION.searchResultDone]: 'searchResDone',
};
/** RFC 4511 §4.5.1, §4.1.9. */
const PARTS: Readonly<Record<number, readonly string[]>> = {
  [OPERATION.searchRequest]:
    'baseObject,scope,derefAliases,sizeLimit,timeLimit,typesOnly,filter,attributes'.split(','),
  [OPERATION.searchResultDone]: ['resultCode', 'matchedDN', 'diagnosticMessage', 'referral'],
};

export function dissectCldap(payload: Uint8Array): readonly Field[] {
  return layFields(payload, shapesOf(payload));
}

function* shapesOf(payload: Uint8Array): Generator<FieldShape> {
  const reader = new Reader(payload);
  for (let messages = 0; messages < MOST_MESSAGES && reader.remaining > 0; messages++) {
    const at = reader.offset;
    const message = readBerHeader(reader);
    if (message?.tag !== BER.sequence) return;
    yield [reader.offset - at, 'message', () => `${message.length} bytes`];
    yield elementAt(reader, 'messageID');
    const operationAt = reader.offset;
    const operation = readBerHeader(reader);
    if (operation === undefined) return;
    yield [
      reader.offset - operationAt,
      OPERATION_NAMES[operation.tag] ?? 'protocolOp',
      () => `${operation.length} bytes`,
    ];
    const end = reader.offset + operation.length;
    if (operation.tag === OPERATION.searchResultEntry) yield* entryShapes(reader, end);
    else
      for (const name of PARTS[operation.tag] ?? []) if (reader.offset < end) yield elementAt(reader, name);
    if (!reader.ok || reader.offset !== end) return;
  }
}

function* entryShapes(reader: Reader, end: number): Generator<FieldShape> {
  yield elementAt(reader, 'objectName');
  const at = reader.offset;
  const list = readBerHeader(reader);
  if (list === undefined) return;
  yield [reader.offset - at, 'attributes', () => `${list.length} bytes`];
  for (let count = 0; count < MOST_ATTRIBUTES && reader.ok && reader.offset < end; count++)
    yield elementAt(reader, 'attribute');
}

/** A whole element as one field, at least the octet that stands there. */
function elementAt(reader: Reader, name: string): FieldShape {
  const at = reader.offset;
  readBerElement(reader);
  return [Math.max(1, reader.offset - at), name, showElement];
}

/** A number as it is, an attribute as `name: value|value`, everything else as its printable characters. */
function showElement(bytes: Uint8Array): string {
  const element = readBerElement(new Reader(bytes));
  if (element === undefined) return showHex(bytes, 0, 32);
  const { tag, content } = element;
  if (tag === BER.integer || tag === ENUMERATED || tag === BOOLEAN)
    return String(berToInteger(content) ?? '');
  if (tag !== BER.sequence) return showText(content, 0, 200);
  const inside = new Reader(content);
  const type = readBerContent(inside, BER.octetString);
  const values = readBerContent(inside, SET);
  return type && values ? `${showText(type, 0, MOST_NAME)}: ${valuesOf(values)}` : showHex(content, 0, 32);
}
