import type { Reader } from './reader.js';

/**
 * The Basic Encoding Rules (ITU-T X.690 §8), as far as SNMP and LDAP over UDP need them: tags of one octet and
 * definite lengths. What we write is the shortest form; what we read may be any legal one, for agents differ.
 */
export const BER = {
  integer: 0x02,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  sequence: 0x30,
} as const;

/** One element: tag, length in its shortest form (X.690 §8.1.3), contents. */
export function berElement(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const length = contents.reduce((sum, part) => sum + part.length, 0);
  const header = [tag, ...lengthOctets(length)];
  const element = new Uint8Array(header.length + length);
  element.set(header);
  let at = header.length;
  for (const part of contents) {
    element.set(part, at);
    at += part.length;
  }
  return element;
}

/**
 * An INTEGER in two's complement with the fewest octets (X.690 §8.3), or a type derived from it under its own tag.
 * @throws RangeError beyond the safe integers.
 */
export function berInteger(value: number, tag: number = BER.integer): Uint8Array {
  if (!Number.isSafeInteger(value)) throw new RangeError(`no integer that BER could carry exactly: ${value}`);
  const octets: number[] = [];
  let rest = value;
  // One octet more is needed while the bits left are not just the sign of those written.
  do {
    const octet = ((rest % 256) + 256) % 256;
    octets.unshift(octet);
    rest = (rest - octet) / 256;
  } while (rest !== ((octets[0] ?? 0) < 128 ? 0 : -1));
  return berElement(tag, Uint8Array.from(octets));
}

/**
 * An OBJECT IDENTIFIER (X.690 §8.19): the first two arcs share an octet, the others have seven bits an octet.
 * @param oid dotted decimal with at least two arcs: `1.3.6.1.2.1`.
 */
export function berOid(oid: string): Uint8Array {
  const [first = 0, second = 0, ...arcs] = oid.split('.').map(Number);
  return berElement(BER.oid, Uint8Array.from([first * 40 + second, ...arcs].flatMap(base128)));
}

/**
 * Reads tag and length and stops before the contents, which need not all be there: so a message that was cut
 * short can still be entered. Undefined for the indefinite length, for a tag of several octets, and where the
 * header itself is incomplete.
 */
export function readBerHeader(reader: Reader): { readonly tag: number; readonly length: number } | undefined {
  const tag = reader.u8();
  const first = reader.u8();
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) return undefined;
  if (first < 0x80) return { tag, length: first };
  const octets = first & 0x7f;
  // A datagram has at most 65,535 bytes; leading zeros are legal, and net-snmp's own encoder writes some.
  if (octets === 0 || octets > 4) return undefined;
  let length = 0;
  for (let i = 0; i < octets; i++) length = length * 256 + (reader.u8() ?? 0);
  return reader.ok ? { tag, length } : undefined;
}

/** Reads one whole element; undefined where any of it is missing. The contents are a view, not a copy. */
export function readBerElement(
  reader: Reader,
): { readonly tag: number; readonly content: Uint8Array } | undefined {
  const header = readBerHeader(reader);
  const content = header && reader.take(header.length);
  return header && content && { tag: header.tag, content };
}

/** Reads one whole element of exactly this tag. */
export function readBerContent(reader: Reader, tag: number): Uint8Array | undefined {
  const element = readBerElement(reader);
  return element?.tag === tag ? element.content : undefined;
}

/** The value of an INTEGER's contents: one to six octets, which covers every 32-bit type with room for padding. */
export function berToInteger(
  content: Uint8Array | undefined,
  from = 0,
  to = content?.length ?? 0,
): number | undefined {
  if (content === undefined || to - from < 1 || to - from > 6) return undefined;
  let unsigned = 0;
  for (let at = from; at < to; at++) unsigned = unsigned * 256 + (content[at] ?? 0);
  return (content[from] ?? 0) < 128 ? unsigned : unsigned - 2 ** (8 * (to - from));
}

/**
 * Dotted decimal of an OBJECT IDENTIFIER's contents; undefined where the last arc is cut, one exceeds 32 bits, or
 * there are more than 128 (RFC 2578 §3.5).
 */
export function berToOid(
  content: Uint8Array | undefined,
  from = 0,
  to = content?.length ?? 0,
): string | undefined {
  if (content === undefined || !isBerOid(content, from, to)) return undefined;
  let text = '';
  let arc = 0;
  for (let at = from; at < to; at++) {
    const octet = content[at] ?? 0;
    arc = arc * 128 + (octet & 0x7f);
    if (octet >= 0x80) continue;
    const first = Math.min(2, Math.floor(arc / 40));
    text += text === '' ? `${first}.${arc - 40 * first}` : (SHORT_ARCS[arc] ?? `.${arc}`);
    arc = 0;
  }
  return text;
}

/** Most arcs are small, and their texts need not be made anew. */
const SHORT_ARCS = Array.from({ length: 256 }, (_, arc) => `.${arc}`);

/** Whether `berToOid` would make one of these bytes, for a fraction of what the text costs. */
export function isBerOid(bytes: Uint8Array, from: number, to: number): boolean {
  let arc = 0;
  let arcs = 1;
  for (let at = from; at < to; at++) {
    const octet = bytes[at] ?? 0;
    arc = arc * 128 + (octet & 0x7f);
    if (arc > 0xffff_ffff) return false;
    if (octet >= 0x80) continue;
    arc = 0;
    arcs++;
  }
  return arcs > 1 && arcs <= MOST_ARCS && (bytes[to - 1] ?? 0) < 0x80;
}

const MOST_ARCS = 128;

function lengthOctets(length: number): readonly number[] {
  if (length < 0x80) return [length];
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return [0x80 | octets.length, ...octets];
}

function base128(arc: number): readonly number[] {
  const octets = [arc % 128];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128))
    octets.unshift(0x80 | (rest % 128));
  return octets;
}
