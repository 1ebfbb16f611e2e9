/**
 * The records of a DTLS handshake that is not encrypted yet: DTLS 1.2 (RFC 6347) and 1.0, whose messages look alike.
 */
import type { Field } from '../probe.js';
import { layFields, showHex, type FieldShape } from '../wire/fields.js';
import { Reader } from '../wire/reader.js';

/** RFC 6347 §4.1 and RFC 5246 §6.2.1. */
const [ALERT, HANDSHAKE] = [21, 22];
const VERSIONS: ReadonlyMap<number, string> = new Map([
  [0xfeff, 'DTLS 1.0'],
  [0xfefd, 'DTLS 1.2'],
]);
const [RECORD_HEADER_BYTES, MESSAGE_HEADER_BYTES, ALERT_BYTES] = [13, 12, 2];

/** RFC 6347 §4.3.2; of TLS those that a server's first flight may have (RFC 5246 §7.4, RFC 6066 §8). */
export const MESSAGES: ReadonlyMap<number, string> = new Map([
  [1, 'ClientHello'],
  [2, 'ServerHello'],
  [3, 'HelloVerifyRequest'],
  [11, 'Certificate'],
  [12, 'ServerKeyExchange'],
  [13, 'CertificateRequest'],
  [14, 'ServerHelloDone'],
  [22, 'CertificateStatus'],
]);

/** A flight in one datagram has six messages; more is none, and costs nothing. */
const MOST_RECORDS = 32;
const MOST_COOKIE_BYTES = 255;

/** What one datagram holds. */
export interface Flight {
  /** The names of its handshake messages, a fragment as its message; none where it is an alert. */
  readonly messages: readonly string[];
  readonly isAlert: boolean;
  /** Of a ServerHello that is whole: the version and the cipher suite that the server chose. */
  readonly chosen?: { readonly version: string; readonly suite: number };
}

/** Undefined where the bytes are anything but whole records of a handshake, or of alerts, that are not encrypted. */
export function readFlight(payload: Uint8Array): Flight | undefined {
  const reader = new Reader(payload);
  const messages: string[] = [];
  let isAlert = false;
  let chosen: Flight['chosen'];
  for (let records = 0; records < MOST_RECORDS; records++) {
    const record = readRecord(reader);
    if (record === undefined) return undefined;
    if (record.type === ALERT) {
      if (record.body.length !== ALERT_BYTES || (record.body[0] !== 1 && record.body[0] !== 2))
        return undefined;
      isAlert = true;
    } else {
      const message = readMessages(record.body);
      if (message === undefined) return undefined;
      messages.push(...message.names);
      chosen ??= message.chosen;
    }
    if (reader.remaining === 0) return { messages, isAlert, ...(chosen && { chosen }) };
  }
  return undefined;
}

function readRecord(reader: Reader): { readonly type: number; readonly body: Uint8Array } | undefined {
  const [type, version, epoch] = [reader.u8(), reader.u16(), reader.u16()];
  reader.skip(6); // the sequence number
  const length = reader.u16();
  const body = length === undefined ? undefined : reader.take(length);
  const isKnown = (type === ALERT || type === HANDSHAKE) && VERSIONS.has(version ?? 0) && epoch === 0;
  return body !== undefined && isKnown ? { type, body } : undefined;
}

/** A record holds one message or several, or a fragment of one (RFC 6347 §4.2.3). */
function readMessages(
  body: Uint8Array,
): { readonly names: readonly string[]; readonly chosen?: Flight['chosen'] } | undefined {
  const reader = new Reader(body);
  const names: string[] = [];
  let chosen: Flight['chosen'];
  while (reader.remaining > 0 && names.length < MOST_RECORDS) {
    const type = reader.u8();
    const length = u24(reader);
    reader.skip(2); // its number
    const [from, bytes] = [u24(reader), u24(reader)];
    const part = bytes === undefined ? undefined : reader.take(bytes);
    const name = MESSAGES.get(type ?? 0);
    if (name === undefined || part === undefined || (from ?? 0) + part.length > (length ?? 0)) {
      // Only ServerHelloDone has nothing in it.
      return undefined;
    }
    const isWhole = part.length === length;
    if (name === 'HelloVerifyRequest' && !(isWhole && isCookie(part))) return undefined;
    if (name === 'ServerHello' && isWhole) {
      chosen = readServerHello(part);
      if (chosen === undefined) return undefined;
    }
    names.push(name);
  }
  return reader.remaining === 0 && names.length > 0 ? { names, ...(chosen && { chosen }) } : undefined;
}

function u24(reader: Reader): number | undefined {
  const [high, low] = [reader.u8(), reader.u16()];
  return high === undefined || low === undefined ? undefined : high * 65_536 + low;
}

/** RFC 6347 §4.2.1: a version, and a cookie. */
function isCookie(part: Uint8Array): boolean {
  const reader = new Reader(part);
  const [version, length] = [reader.u16(), reader.u8()];
  return VERSIONS.has(version ?? 0) && length === reader.remaining && length <= MOST_COOKIE_BYTES;
}

/** RFC 5246 §7.4.1.3: what follows the compression method is extensions. */
function readServerHello(part: Uint8Array): Flight['chosen'] | undefined {
  const reader = new Reader(part);
  const version = VERSIONS.get(reader.u16() ?? 0);
  reader.skip(32);
  reader.skip(reader.u8() ?? 0);
  const suite = reader.u16();
  return version === undefined || suite === undefined ? undefined : { version, suite };
}

const RECORD: readonly FieldShape[] = [
  [1, 'content type'],
  [2, 'version', showHex],
  [2, 'epoch'],
  [6, 'sequence number'],
  [2, 'length'],
];
const MESSAGE: readonly FieldShape[] = [
  [3, 'length'],
  [2, 'message number'],
  [3, 'fragment offset'],
  [3, 'fragment length'],
];

export function dissectDtls(payload: Uint8Array): readonly Field[] {
  return layFields(payload, shapesOf(payload));
}

function* shapesOf(payload: Uint8Array): Generator<FieldShape> {
  const reader = new Reader(payload);
  while (reader.remaining > 0) {
    yield* RECORD;
    const type = reader.u8();
    reader.skip(RECORD_HEADER_BYTES - 3);
    const length = reader.u16();
    if (length === undefined) return;
    if (type === ALERT && length === ALERT_BYTES) {
      yield [1, 'alert level'];
      yield [1, 'alert'];
    } else if (type === HANDSHAKE && length >= MESSAGE_HEADER_BYTES) {
      yield [1, 'message', ([kind = 0]) => `${kind} ${MESSAGES.get(kind) ?? ''}`.trim()];
      yield* MESSAGE;
      if (length > MESSAGE_HEADER_BYTES) yield [length - MESSAGE_HEADER_BYTES, 'body', showHex];
    } else if (length > 0) yield [length, 'body', showHex];
    if (!reader.skip(length)) return;
  }
}
