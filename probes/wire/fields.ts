/** One field of a datagram: see Field of probes/probe.ts, whose shape this is. */
interface WireField {
  readonly at: number;
  readonly bytes: number;
  readonly name: string;
  readonly value: string;
  readonly masked?: true;
}

/** How a field of fixed length reads: its length in bytes, its name, and its value as text. */
export type FieldShape = readonly [
  bytes: number,
  name: string,
  show?: ((bytes: Uint8Array) => string) | 'masked' | undefined,
];

/**
 * How many fields a payload of so many bytes is taken apart into; the rest stays one. What real servers send has fewer
 * but for SNMP answers of more than 3 KB, whose end then stays whole: they have a field in 7.4 bytes. Without this
 * bound a field of two bytes would cost a hundred times what its bytes cost; with it the costliest payloads that the
 * fuzzer found take nine tenths of what law 9 of `probes/probe.ts` allows.
 */
export function mostFields(payloadBytes: number): number {
  return 384 + Math.floor(payloadBytes / 64);
}

/** What stands where a payload has more fields than are taken apart. */
export const MORE_FIELDS = 'more fields than are taken apart';

/** From where on a payload has more fields than `mostFields`: masked, for what is in there was not read. */
export function furtherFields(at: number, payload: Uint8Array): WireField {
  return {
    at,
    bytes: payload.length - at,
    name: MORE_FIELDS,
    value: '',
    masked: true,
  };
}

/**
 * Lays shapes over a payload from `at` on, one after the other, and asks for no shape behind the payload's end. What
 * is cut short, and what follows the last shape, is one field to the end.
 * @param rest the name of what follows the shapes.
 */
export function layFields(
  payload: Uint8Array,
  shapes: Iterable<FieldShape>,
  { at = 0, rest = 'rest' }: { readonly at?: number; readonly rest?: string } = {},
): readonly WireField[] {
  const fields: WireField[] = [];
  const most = mostFields(payload.length);
  let offset = at;
  for (const [bytes, name, show = showNumber] of shapes) {
    const there = Math.min(bytes, payload.length - offset);
    if (there <= 0) break;
    if (fields.length >= most) return [...fields, furtherFields(offset, payload)];
    const isCut = there < bytes;
    const shownName = isCut ? `${name}, cut short` : name;
    if (show === 'masked')
      fields.push({ at: offset, bytes: there, name: shownName, value: '', masked: true });
    else {
      const value = isCut ? '' : show(payload.subarray(offset, offset + there));
      fields.push({ at: offset, bytes: there, name: shownName, value });
    }
    offset += there;
    // Before the next shape is asked for: a header that claims 4,095 items for no bytes costs nothing.
    if (offset >= payload.length) break;
  }
  const left = payload.length - offset;
  if (left > 0) fields.push({ at: offset, bytes: left, name: rest, value: `${left} bytes` });
  return fields;
}

/** Big-endian. */
export function showNumber(bytes: Uint8Array): string {
  let value = 0;
  for (const byte of bytes) value = value * 256 + byte;
  return String(value);
}

/** So many of a field's bytes are shown; every report cuts a text after 1,000 characters. */
const MOST_SHOWN_BYTES = 2000;

/** Printable ASCII as it is, everything else as a point. */
export function showText(bytes: Uint8Array, from = 0, to = bytes.length): string {
  return shown(bytes, AS_TEXT, from, to);
}

/** Printable ASCII as it is, and nothing else. */
export function showPrintable(bytes: Uint8Array): string {
  return shown(bytes, AS_PRINTABLE, 0, bytes.length);
}

/** Two digits a byte, with a space between bytes. */
export function showHex(bytes: Uint8Array, from = 0, to = bytes.length): string {
  return shown(bytes, AS_HEX, from, to).slice(1);
}

/** One character a byte, all of them. */
export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

function shown(bytes: Uint8Array, texts: readonly string[], from: number, to: number): string {
  const end = Math.min(to, bytes.length, from + MOST_SHOWN_BYTES);
  let text = '';
  for (let at = from; at < end; at++) text += texts[bytes[at] ?? 0] ?? '';
  return text;
}

const BYTES = Array.from({ length: 256 }, (_, byte) => byte);
const AS_TEXT = BYTES.map((byte) => (byte >= 0x20 && byte <= 0x7e ? String.fromCharCode(byte) : '.'));
const AS_PRINTABLE = BYTES.map((byte) => (byte >= 0x20 && byte <= 0x7e ? String.fromCharCode(byte) : ''));
const AS_HEX = BYTES.map((byte) => ` ${byte.toString(16).padStart(2, '0')}`);
