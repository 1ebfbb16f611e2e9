import { latin1 } from '../wire/fields.js';
import { Reader } from '../wire/reader.js';
import type { ExtendedError } from './extended-error.js';
import { readExtendedErrors } from './extended-error.js';

/** Resource record types (IANA, DNS parameters) that a reader or an emulated server knows by name. */
export const TYPE = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  HINFO: 13,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  OPT: 41,
  RRSIG: 46,
  DNSKEY: 48,
  ANY: 255,
  CAA: 257,
} as const;

export const CLASS_IN = 1;
/** CHAOS: where servers tell about themselves (RFC 4892). */
export const CLASS_CH = 3;

/** One DNS message (RFC 1035 §4), read as far as its bytes reach. */
export interface DnsMessage {
  readonly id: number;
  readonly response: boolean;
  readonly opcode: number;
  readonly authoritative: boolean;
  readonly truncated: boolean;
  readonly recursionDesired: boolean;
  readonly recursionAvailable: boolean;
  /** With the upper bits of an OPT record (RFC 6891 §6.1.3). */
  readonly rcode: number;
  readonly questions: number;
  /** The first question; absent when the message has none. */
  readonly question?: DnsQuestion;
  /** As the header counts them: ANCOUNT. */
  readonly answers: number;
  /** Every record whose bytes are all there, in wire order. */
  readonly records: readonly DnsRecord[];
  /** The message itself: see `rdataOf`. */
  readonly payload: Uint8Array;
  /** The sender's own EDNS payload size; absent without an OPT record. */
  readonly ednsSize?: number;
  /** DNSSEC OK (RFC 3225). */
  readonly dnssecOk: boolean;
  /** Why it answers as it does, in the sender's own words: extended DNS errors (RFC 8914). */
  readonly extendedErrors: readonly ExtendedError[];
  /** Whether everything that the header counts was there. */
  readonly complete: boolean;
}

export interface DnsQuestion {
  /** Name, type and class as they stand on the wire, the name uncompressed. */
  readonly wire: Uint8Array;
  /** From the top: `['example', 'net']` is example.net, `[]` the root. One character an octet. */
  readonly labels: readonly string[];
  readonly type: number;
  readonly class: number;
}

export interface DnsRecord {
  readonly section: 'answer' | 'authority' | 'additional';
  /** Where the name of its owner begins in the message. */
  readonly at: number;
  readonly type: number;
  readonly class: number;
  readonly ttl: number;
  /** Where the RDATA begins in the message, and its length: names in it may point back (RFC 1035 §4.1.4). */
  readonly rdataAt: number;
  readonly rdataBytes: number;
}

/**
 * Total and bounded: every byte is looked at once, for names in records are skipped, not resolved (a compression
 * pointer ends a name, so none is ever followed). Undefined where not even header and question can be read.
 */
export function readDnsMessage(payload: Uint8Array): DnsMessage | undefined {
  const reader = new Reader(payload);
  const id = reader.u16() ?? 0;
  const flags = reader.u16() ?? 0;
  const questions = reader.u16() ?? 0;
  const answers = reader.u16() ?? 0;
  const authorities = reader.u16() ?? 0;
  const additionals = reader.u16() ?? 0;
  if (!reader.ok) return undefined;
  const question = questions > 0 ? readQuestion(reader, payload) : undefined;
  if (questions > 0 && question === undefined) return undefined;
  const records: DnsRecord[] = [];
  // A second question is legal in the format and not used in practice: the records behind it stay unread.
  const complete =
    questions < 2 &&
    readSection(reader, 'answer', answers, records) &&
    readSection(reader, 'authority', authorities, records) &&
    readSection(reader, 'additional', additionals, records);
  const opt = records.find(({ type, section }) => type === TYPE.OPT && section === 'additional');
  return {
    id,
    response: (flags & 0x8000) !== 0,
    opcode: (flags >> 11) & 15,
    authoritative: (flags & 0x0400) !== 0,
    truncated: (flags & 0x0200) !== 0,
    recursionDesired: (flags & 0x0100) !== 0,
    recursionAvailable: (flags & 0x0080) !== 0,
    rcode: (flags & 15) + (opt ? (opt.ttl >>> 24) * 16 : 0),
    questions,
    ...(question && { question }),
    answers,
    records,
    payload,
    ...(opt && { ednsSize: opt.class }),
    dnssecOk: opt !== undefined && (opt.ttl & 0x8000) !== 0,
    extendedErrors: opt ? readExtendedErrors(rdataOf(payload, opt)) : [],
    complete,
  };
}

/** The RDATA of a record of this message. A view that is made when asked for: a message may hold 6,000 records. */
export function rdataOf(payload: Uint8Array, { rdataAt, rdataBytes }: DnsRecord): Uint8Array {
  return payload.subarray(rdataAt, rdataAt + rdataBytes);
}

/** Whether two questions are the same: names without regard to case (RFC 4343), types and classes exactly. */
export function sameQuestion(a: DnsQuestion, b: DnsQuestion): boolean {
  const name = a.wire.length - 4;
  // Length octets are at most 63 and so below every letter: folding the name as a whole touches letters only.
  return (
    a.wire.length === b.wire.length &&
    a.wire.every((octet, i) => {
      const other = b.wire[i] ?? 0;
      return octet === other || (i < name && lowerCase(octet) === lowerCase(other));
    })
  );
}

const RCODES: Readonly<Record<number, string>> = {
  0: 'noerror',
  1: 'formerr',
  2: 'servfail',
  3: 'nxdomain',
  4: 'notimp',
  5: 'refused',
  6: 'yxdomain',
  7: 'yxrrset',
  8: 'nxrrset',
  9: 'notauth',
  10: 'notzone',
  11: 'dsotypeni',
  16: 'badvers',
  23: 'badcookie',
};

/** The IANA mnemonic in lower case, or `rcode-12` where there is none. */
export function rcodeName(rcode: number): string {
  return RCODES[rcode] ?? `rcode-${rcode}`;
}

/** Of a text that long the rest is not read: every report cuts one after 1,000 characters. */
const LONGEST_TEXT = 2000;

/** One text of a TXT record: its character-strings (RFC 1035 §3.3.14) one after the other, a character an octet. */
export function textOf(rdata: Uint8Array): string {
  // As one text first: a string of its own for each of 30,000 of one octet costs more than reading them did.
  const octets = latin1(rdata);
  let text = '';
  for (let at = 0; at < rdata.length && text.length < LONGEST_TEXT;) {
    const from = at + 1;
    at = from + (rdata[at] ?? 0);
    // One that is cut short is left out.
    if (at > from && at <= rdata.length) text += octets.slice(from, at);
  }
  return text;
}

/** The mnemonic of a type that we know, or RFC 3597's `TYPE99`. */
export function typeName(type: number): string {
  return TYPE_NAMES.get(type) ?? `TYPE${type}`;
}

const TYPE_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(TYPE).map(([name, number]) => [number, name]),
);

function readQuestion(reader: Reader, payload: Uint8Array): DnsQuestion | undefined {
  const start = reader.offset;
  const labels: string[] = [];
  for (;;) {
    const length = reader.u8();
    // Nothing stands before the first question that a pointer could point to.
    if (length === undefined || length > 63) return undefined;
    if (length === 0) break;
    const label = reader.take(length);
    if (label === undefined || reader.offset - start > 254) return undefined;
    labels.push(String.fromCharCode(...label));
  }
  const type = reader.u16();
  const questionClass = reader.u16();
  if (type === undefined || questionClass === undefined) return undefined;
  return { wire: payload.subarray(start, reader.offset), labels, type, class: questionClass };
}

function readSection(
  reader: Reader,
  section: DnsRecord['section'],
  count: number,
  records: DnsRecord[],
): boolean {
  for (let i = 0; i < count; i++) {
    const at = reader.offset;
    if (!skipName(reader)) return false;
    const type = reader.u16();
    const recordClass = reader.u16();
    const ttl = reader.u32();
    const length = reader.u16();
    const rdataAt = reader.offset;
    if (type === undefined || recordClass === undefined || ttl === undefined || length === undefined)
      return false;
    if (!reader.skip(length)) return false;
    records.push({ section, at, type, class: recordClass, ttl, rdataAt, rdataBytes: length });
  }
  return true;
}

/** RFC 1035 §4.1.4: labels up to the root's empty one, or up to a pointer. */
function skipName(reader: Reader): boolean {
  for (;;) {
    const length = reader.u8();
    if (length === undefined) return false;
    if (length === 0) return true;
    if (length >= 0xc0) return reader.u8() !== undefined;
    if (length > 63 || !reader.skip(length)) return false;
  }
}

function lowerCase(octet: number): number {
  return octet >= 65 && octet <= 90 ? octet + 32 : octet;
}
