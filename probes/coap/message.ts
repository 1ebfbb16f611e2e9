import { Reader } from '../wire/reader.js';

/** How a message is delivered (RFC 7252 §4). */
export const TYPE = { confirmable: 0, nonConfirmable: 1, acknowledgement: 2, reset: 3 } as const;
/** Codes are a class of three bits and a detail of five (§12.1): 2.05 is 0x45. */
export const CODE = { empty: 0x00, get: 0x01, content: 0x45 } as const;
/** Numbers of options (§12.2). */
export const OPTION = { uriPath: 11 } as const;

export interface CoapOption {
  readonly number: number;
  readonly value: Uint8Array;
}

export interface CoapMessage {
  readonly type: number;
  readonly code: number;
  readonly id: number;
  readonly token: Uint8Array;
  readonly options: readonly CoapOption[];
  readonly payload: Uint8Array;
}

/** A message has hardly ten; one with more is read no further. */
export const MOST_OPTIONS = 64;
const PAYLOAD_MARKER = 0xff;
const LONGEST_TOKEN = 8;
const VERSION = 1;

/** RFC 7252 §3: the bytes of a message. */
export function encodeCoap(message: CoapMessage): Uint8Array {
  const { type, code, id, token, options, payload } = message;
  const bytes = [(VERSION << 6) | (type << 4) | token.length, code, id >> 8, id & 0xff, ...token];
  let before = 0;
  for (const { number, value } of [...options].sort((a, b) => a.number - b.number)) {
    const [delta, length] = [nibbleOf(number - before), nibbleOf(value.length)];
    bytes.push((delta.nibble << 4) | length.nibble, ...delta.extended, ...length.extended, ...value);
    before = number;
  }
  return Uint8Array.from(payload.length === 0 ? bytes : [...bytes, PAYLOAD_MARKER, ...payload]);
}

/**
 * RFC 7252 §3, every length held against what is there; undefined for what the standard calls a format error: another
 * version, a token of more than 8 bytes, a reserved nibble, a marker without a payload, an empty message with anything.
 */
export function readCoap(bytes: Uint8Array): CoapMessage | undefined {
  const reader = new Reader(bytes);
  const [first, code, id] = [reader.u8(), reader.u8(), reader.u16()];
  if (first === undefined || code === undefined || id === undefined || first >> 6 !== VERSION)
    return undefined;
  const token = (first & 0x0f) <= LONGEST_TOKEN ? reader.take(first & 0x0f) : undefined;
  if (token === undefined) return undefined;
  const options: CoapOption[] = [];
  let number = 0;
  while (reader.remaining > 0 && bytes[reader.offset] !== PAYLOAD_MARKER) {
    if (options.length === MOST_OPTIONS) return undefined;
    const header = readOptionHeader(reader);
    const value = header && reader.take(header.length);
    if (value === undefined) return undefined;
    number += header?.delta ?? 0;
    options.push({ number, value });
  }
  const payload = reader.remaining === 0 ? new Uint8Array() : bytes.subarray(reader.offset + 1);
  if (reader.remaining === 1 || (code === CODE.empty && bytes.length > 4)) return undefined;
  return { type: (first >> 4) & 3, code, id, token, options, payload };
}

/** Delta and length of the option that begins here (§3.1); undefined where either is reserved or cut short. */
export function readOptionHeader(
  reader: Reader,
): { readonly delta: number; readonly length: number } | undefined {
  const first = reader.u8();
  if (first === undefined) return undefined;
  const delta = readExtended(reader, first >> 4);
  const length = readExtended(reader, first & 0x0f);
  return delta === undefined || length === undefined ? undefined : { delta, length };
}

/** `2.05` */
export function codeText(code: number): string {
  return `${code >> 5}.${String(code & 0x1f).padStart(2, '0')}`;
}

/** 13: one byte more holds the rest; 14: two do; 15 is reserved. */
function readExtended(reader: Reader, nibble: number): number | undefined {
  const further = nibble === 13 ? reader.u8() : nibble === 14 ? reader.u16() : 0;
  if (further === undefined || nibble === 15) return undefined;
  return nibble === 14 ? 269 + further : nibble + further;
}

function nibbleOf(value: number): { readonly nibble: number; readonly extended: readonly number[] } {
  if (value < 13) return { nibble: value, extended: [] };
  if (value < 269) return { nibble: 13, extended: [value - 13] };
  return { nibble: 14, extended: [(value - 269) >> 8, (value - 269) & 0xff] };
}
