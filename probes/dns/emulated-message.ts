import type { DnsMessage, DnsQuestion } from './message.js';
import { CLASS_IN, TYPE } from './message.js';
import { TTL } from './emulated-zone.js';
import type { RelativeName, ZoneRecord } from './emulated-zone.js';

/** A query that a lab server understood. */
export interface Query {
  readonly message: DnsMessage;
  readonly question: DnsQuestion;
}

/**
 * A response with these flags and answer records, all of them at the name that was asked, and an OPT record
 * where the query had one. Names are compressed (RFC 1035 §4.1.4).
 */
export function dnsResponse(
  { message, question }: Query,
  flags: number,
  records: readonly ZoneRecord[],
  ednsSize: number,
): Uint8Array {
  const edns = message.ednsSize !== undefined;
  const bytes: number[] = [
    ...responseHeader(message, flags, 1, records.length, edns ? 1 : 0),
    ...question.wire,
  ];
  const known = new Map<string, number>();
  rememberSuffixes(known, question.labels, HEADER_BYTES);
  for (const { type, data } of records) {
    appendName(bytes, known, question.labels);
    bytes.push(...u16(type), ...u16(CLASS_IN), ...TTL);
    const lengthAt = bytes.length;
    bytes.push(0, 0);
    for (const part of data) {
      if (isName(part)) appendName(bytes, known, [...part.below, ...question.labels], part.uncompressed);
      else bytes.push(...part);
    }
    [bytes[lengthAt], bytes[lengthAt + 1]] = u16(bytes.length - lengthAt - 2);
  }
  if (edns) bytes.push(0, ...u16(TYPE.OPT), ...u16(ednsSize), 0, 0, message.dnssecOk ? 0x80 : 0, 0, 0, 0);
  return Uint8Array.from(bytes);
}

const HEADER_BYTES = 12;

/** The twelve octets of RFC 1035 §4.1.1: the query's ID, and its RD bit beside the given flags. */
export function responseHeader(
  { id, recursionDesired }: DnsMessage,
  flags: number,
  questions: number,
  answers: number,
  additionals: number,
): readonly number[] {
  const word = flags | (recursionDesired ? 0x0100 : 0);
  return [id, word, questions, answers, 0, additionals].flatMap(u16);
}

function appendName(
  bytes: number[],
  known: Map<string, number>,
  labels: readonly string[],
  uncompressed = false,
): void {
  const start = bytes.length;
  for (let i = 0; i < labels.length; i++) {
    const earlier = uncompressed ? undefined : known.get(keyOf(labels.slice(i)));
    if (earlier !== undefined) {
      rememberSuffixes(known, labels, start, i);
      bytes.push(...u16(0xc000 | earlier));
      return;
    }
    const label = labels[i] ?? '';
    bytes.push(label.length, ...Array.from(label, (character) => character.charCodeAt(0)));
  }
  if (!uncompressed) rememberSuffixes(known, labels, start);
  bytes.push(0);
}

/** The first `count` suffixes of a name that was written in full there; later names may point to them. */
function rememberSuffixes(
  known: Map<string, number>,
  labels: readonly string[],
  start: number,
  count: number = labels.length,
): void {
  let at = start;
  for (const [i, label] of labels.slice(0, count).entries()) {
    // A pointer has 14 bits.
    if (at < 0x4000) known.set(keyOf(labels.slice(i)), at);
    at += 1 + label.length;
  }
}

/** No label can hold this and be mistaken: lengths stand before the labels. */
function keyOf(labels: readonly string[]): string {
  return labels.map((label) => `${label.length}:${label}`).join('');
}

function isName(part: readonly number[] | RelativeName): part is RelativeName {
  return 'below' in part;
}

function u16(value: number): [number, number] {
  return [value >> 8, value & 255];
}
