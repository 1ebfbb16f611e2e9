import type { Field, Nonce } from '../probe.js';
import { BER, berElement, berInteger, berToInteger, readBerContent, readBerElement } from '../wire/ber.js';
import { latin1, layFields, showHex, showText, type FieldShape } from '../wire/fields.js';
import { Reader } from '../wire/reader.js';

/** RFC 4120 §5.10, the application tags. */
const MESSAGE = { asRequest: 0x6a, asReply: 0x6b, error: 0x7e } as const;
const GENERAL_STRING = 0x1b;
const GENERALIZED_TIME = 0x18;
const BIT_STRING = 0x03;
/** RFC 4120 §7.5.8. */
const NT_SRV_INST = 2;
/** RFC 3962 §7. */
const AES256_CTS_HMAC_SHA1_96 = 18;

export const NONCE_BITS = 30;
/** Bit 30 is set, so that the nonce of the message has four octets whatever it is. */
const FIXED_LENGTH = 2 ** NONCE_BITS;

/**
 * An AS-REQ (RFC 4120 §5.4.1) for the ticket-granting service of a realm that nobody has, without a client name: no
 * account is asked for, so none can be locked. Errors echo the names of the service and no number, so the realm is the
 * nonce, in hexadecimal.
 */
export function writeAsRequest(nonce: Nonce): Uint8Array {
  const realm = berElement(GENERAL_STRING, text(nonce.toString(16).toUpperCase().padStart(8, '0')));
  const body = berElement(
    BER.sequence,
    tagged(0, berElement(BIT_STRING, new Uint8Array(5))), // kdc-options: none
    tagged(2, realm),
    tagged(
      3, // sname: krbtgt/REALM
      berElement(
        BER.sequence,
        tagged(0, berInteger(NT_SRV_INST)),
        tagged(1, berElement(BER.sequence, berElement(GENERAL_STRING, text('krbtgt')), realm)),
      ),
    ),
    tagged(5, berElement(GENERALIZED_TIME, text('19700101000000Z'))), // till: as long as the KDC allows
    tagged(7, berInteger(FIXED_LENGTH + nonce)),
    tagged(8, berElement(BER.sequence, berInteger(AES256_CTS_HMAC_SHA1_96))), // etype
  );
  return berElement(
    MESSAGE.asRequest,
    berElement(
      BER.sequence,
      tagged(1, berInteger(5)), // pvno
      tagged(2, berInteger(10)), // msg-type
      tagged(4, body),
    ),
  );
}

/** A KRB-ERROR (RFC 4120 §5.9.1). */
export interface KrbError {
  readonly code: number;
  readonly realm: string;
  /** The last part of sname: of `krbtgt/REALM` the realm that was asked for. */
  readonly service: string;
  readonly text?: string;
}

/** Undefined for everything else than a whole KRB-ERROR that names a service. */
export function readKrbError(payload: Uint8Array): KrbError | undefined {
  const fields = fieldsIn(payload, MESSAGE.error);
  const code = berToInteger(inner(fields?.get(6), BER.integer));
  const isError =
    berToInteger(inner(fields?.get(0), BER.integer)) === 5 &&
    berToInteger(inner(fields?.get(1), BER.integer)) === 30;
  const realm = inner(fields?.get(9), GENERAL_STRING);
  const service = lastNameIn(inner(fields?.get(10), BER.sequence));
  if (
    !isError ||
    code === undefined ||
    code < 0 ||
    code > 0xffff ||
    realm === undefined ||
    service === undefined
  )
    return undefined;
  const said = inner(fields?.get(11), GENERAL_STRING);
  return { code, realm: latin1(realm), service, ...(said && { text: latin1(said.subarray(0, MOST_TEXT)) }) };
}

/** The realm that an AS-REQ asks the ticket-granting service of. */
export function realmAsked(request: Uint8Array): string | undefined {
  const body = inner(fieldsIn(request, MESSAGE.asRequest)?.get(4), BER.sequence);
  return body && lastNameIn(inner(contextFields(body).get(3), BER.sequence));
}

/** The realm that an error names as the one that was asked for, where it is a nonce. */
export function nonceEchoed(payload: Uint8Array): Nonce | undefined {
  const { service = '' } = readKrbError(payload) ?? {};
  return /^[0-3][0-9A-F]{7}$/.test(service) ? parseInt(service, 16) : undefined;
}

const MOST_TEXT = 200;
/** RFC 4120 §5.4.1, §5.9.1: no message that is read here has a field beyond this number. */
const LAST_FIELD = 12;

/** The fields of a message of this application tag, by their context tag. */
function fieldsIn(payload: Uint8Array, message: number): ReadonlyMap<number, Uint8Array> | undefined {
  const content = readBerContent(new Reader(payload), message);
  const sequence = content && readBerContent(new Reader(content), BER.sequence);
  return sequence && contextFields(sequence);
}

/** Stops at what is cut short or no field: those before it stand. */
function contextFields(sequence: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const fields = new Map<number, Uint8Array>();
  const reader = new Reader(sequence);
  while (reader.remaining > 0 && fields.size <= LAST_FIELD) {
    const element = readBerElement(reader);
    if (element === undefined || element.tag < 0xa0 || element.tag > 0xa0 + LAST_FIELD) break;
    fields.set(element.tag - 0xa0, element.content);
  }
  return fields;
}

function inner(content: Uint8Array | undefined, tag: number): Uint8Array | undefined {
  return content && readBerContent(new Reader(content), tag);
}

/** The last of the strings of a PrincipalName (RFC 4120 §5.2.2), of two as a rule and of four at most. */
function lastNameIn(principal: Uint8Array | undefined): string | undefined {
  const names = principal && inner(contextFields(principal).get(1), BER.sequence);
  if (names === undefined) return undefined;
  const reader = new Reader(names);
  let last: string | undefined;
  for (let count = 0; count < 4 && reader.remaining > 0; count++) {
    const name = readBerContent(reader, GENERAL_STRING);
    if (name === undefined) return undefined;
    last = latin1(name.subarray(0, MOST_TEXT));
  }
  return last;
}

function tagged(number: number, content: Uint8Array): Uint8Array {
  return berElement(0xa0 + number, content);
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

/** RFC 4120 §5.4.1, §5.4.2, §5.9.1. */
const NAMES: Readonly<Record<number, readonly string[]>> = {
  [MESSAGE.asRequest]: ['element', 'pvno', 'msg-type', 'padata', 'req-body'],
  [MESSAGE.asReply]: ['pvno', 'msg-type', 'padata', 'crealm', 'cname', 'ticket', 'enc-part'],
  [MESSAGE.error]:
    'pvno,msg-type,ctime,cusec,stime,susec,error-code,crealm,cname,realm,sname,e-text,e-data'.split(','),
};
const BODY_NAMES =
  'kdc-options,cname,realm,sname,from,till,rtime,nonce,etype,addresses,enc-authorization-data'.split(',');
const REQUEST_BODY = 4;

/** Names, tickets and addresses of a reply are the server's own or what was asked; none is a third party's. */
export function dissectKerberos(payload: Uint8Array): readonly Field[] {
  return layFields(payload, shapesOf(payload));
}

function* shapesOf(payload: Uint8Array): Generator<FieldShape> {
  const [message = 0] = payload;
  const names = NAMES[message];
  if (names === undefined) return;
  let at = headerBytes(payload, 0);
  yield [
    at,
    'message',
    () => ({ [MESSAGE.asRequest]: 'AS-REQ', [MESSAGE.asReply]: 'AS-REP' })[message] ?? 'KRB-ERROR',
  ];
  const sequence = headerBytes(payload, at);
  yield [sequence, 'sequence', showHex];
  at += sequence;
  let within = names;
  for (let count = 0; count < MOST_ELEMENTS && at < payload.length; count++) {
    const header = headerBytes(payload, at);
    const number = (payload[at] ?? 0) - 0xa0;
    const name = within[number] ?? 'element';
    if (message === MESSAGE.asRequest && within === names && number === REQUEST_BODY) {
      const bodyHeader = header + headerBytes(payload, at + header);
      yield [bodyHeader, name, showHex];
      at += bodyHeader;
      within = BODY_NAMES;
      continue;
    }
    const bytes = header + contentBytes(payload, at);
    yield [bytes, name, showValue];
    at += bytes;
  }
}

/** RFC 4120 §5.4.1 and §5.9.1: 5 elements of an AS-REQ and 12 of its body, 13 of an error. What follows stays one field. */
const MOST_ELEMENTS = 32;

/** The octets of tag and length; at least 1, so that whoever walks gets on. */
function headerBytes(payload: Uint8Array, at: number): number {
  const first = payload[at + 1] ?? 0;
  return first < 0x80 ? 2 : 2 + (first & 0x7f);
}

function contentBytes(payload: Uint8Array, at: number): number {
  const first = payload[at + 1] ?? 0;
  if (first < 0x80) return first;
  let length = 0;
  for (let i = 0; i < (first & 0x7f) && i < 4; i++) length = length * 256 + (payload[at + 2 + i] ?? 0);
  return length;
}

/** A number as it is, everything else as its printable characters. */
function showValue(bytes: Uint8Array): string {
  const element = readBerElement(new Reader(bytes));
  const number = element && berToInteger(inner(element.content, BER.integer));
  return number === undefined ? showText(bytes.subarray(2, 200)) : String(number);
}
