import { BER, berElement, berInteger, berOid, berToInteger, berToOid, isBerOid } from '../wire/ber.js';
import { readBerContent, readBerHeader } from '../wire/ber.js';
import { Reader } from '../wire/reader.js';

/** The first integer of every SNMP message: v1 (RFC 1157 §4), v2c (RFC 1901 §3), v3 (RFC 3412 §6). */
export const SNMP_VERSION = { v1: 0, v2c: 1, v3: 3 } as const;

/** The versions whose messages carry a community. */
export type CommunityVersion = typeof SNMP_VERSION.v1 | typeof SNMP_VERSION.v2c;

/** PDU tags: context-specific, constructed (RFC 1157 §4.1, RFC 3416 §3). Nothing that writes is among them. */
export const PDU = { get: 0xa0, getNext: 0xa1, response: 0xa2, getBulk: 0xa5, report: 0xa8 } as const;

/** Types of values besides the universal ones (RFC 2578 §7.1, RFC 3416 §3). */
export const SNMP_TYPE = {
  ipAddress: 0x40,
  counter32: 0x41,
  gauge32: 0x42,
  timeTicks: 0x43,
  counter64: 0x46,
  noSuchObject: 0x80,
  noSuchInstance: 0x81,
  endOfMibView: 0x82,
} as const;

/** What stands in a PDU before its variable bindings, in requests and responses alike. */
export interface PduHeader {
  readonly pdu: number;
  readonly requestId: number;
  /** error-status of a response, non-repeaters of a GetBulk (RFC 3416 §3). */
  readonly third: number;
  /** error-index of a response, max-repetitions of a GetBulk. */
  readonly fourth: number;
}

export interface SnmpHeader extends PduHeader {
  readonly version: CommunityVersion;
  readonly community: Uint8Array;
}

/**
 * One binding. Name and value are made when asked for: a response may hold 9,000 bindings, and a reader wants four.
 */
export class VarBind {
  constructor(
    private readonly list: Uint8Array,
    private readonly nameAt: number,
    private readonly nameBytes: number,
    readonly type: number,
    private readonly valueAt: number,
    private readonly valueBytes: number,
  ) {}

  /** @param content of an OBJECT IDENTIFIER in its shortest form, which is the only legal one (X.690 §8.19.2). */
  isNamed(content: Uint8Array): boolean {
    if (content.length !== this.nameBytes) return false;
    for (let i = 0; i < content.length; i++) if (this.list[this.nameAt + i] !== content[i]) return false;
    return true;
  }

  get oid(): string {
    return berToOid(this.list.subarray(this.nameAt, this.nameAt + this.nameBytes)) ?? '';
  }

  get value(): Uint8Array {
    return this.list.subarray(this.valueAt, this.valueAt + this.valueBytes);
  }
}

/** The variable bindings of a PDU, read as far as its bytes reach. */
export interface VarBinds {
  readonly varBinds: readonly VarBind[];
  /** Whether the list of bindings was all there, each of them well formed. */
  readonly complete: boolean;
}

/** One SNMPv1 or SNMPv2c message. */
export type SnmpMessage = SnmpHeader & VarBinds;

/** Writes a message; each binding is an encoded SEQUENCE from `encodeVarBind`. */
export function encodeSnmpMessage(header: SnmpHeader, varBinds: readonly Uint8Array[]): Uint8Array {
  return berElement(
    BER.sequence, //                        Message (RFC 1157 §4, RFC 1901 §3)
    berInteger(header.version),
    berElement(BER.octetString, header.community),
    encodePdu(header, varBinds),
  );
}

export function encodePdu(header: PduHeader, varBinds: readonly Uint8Array[]): Uint8Array {
  return berElement(
    header.pdu, //                          PDU or BulkPDU (RFC 3416 §3)
    berInteger(header.requestId), //        request-id
    berInteger(header.third), //            error-status | non-repeaters
    berInteger(header.fourth), //           error-index | max-repetitions
    berElement(BER.sequence, ...varBinds), // variable-bindings
  );
}

/** @param value an encoded element; in a request there is none yet. */
export function encodeVarBind(oid: string, value: Uint8Array = berElement(BER.null)): Uint8Array {
  return berElement(BER.sequence, berOid(oid), value);
}

/**
 * Total and bounded. Undefined where the header is none of SNMPv1 or v2c. Lengths of the outer elements are not
 * held against the datagram: of a message that was cut short, what is there is read.
 */
export function readSnmpMessage(payload: Uint8Array): SnmpMessage | undefined {
  const reader = new Reader(payload);
  const header = readHeader(reader);
  const bindings = header && readVarBinds(reader);
  return header && bindings && { ...header, ...bindings };
}

/** The header alone: the sweep reads it of every datagram that comes in. */
export function readSnmpHeader(payload: Uint8Array): SnmpHeader | undefined {
  return readHeader(new Reader(payload));
}

/** The next element's tag and integers, if it is a PDU's. */
export function readPduHeader(reader: Reader): PduHeader | undefined {
  const pdu = readBerHeader(reader)?.tag;
  const requestId = berToInteger(readBerContent(reader, BER.integer));
  const third = berToInteger(readBerContent(reader, BER.integer));
  const fourth = berToInteger(readBerContent(reader, BER.integer));
  if (pdu === undefined || requestId === undefined || third === undefined || fourth === undefined)
    return undefined;
  return { pdu, requestId, third, fourth };
}

/** The list of bindings that follows a PDU's header; undefined where no list begins. */
export function readVarBinds(reader: Reader): VarBinds | undefined {
  const header = readBerHeader(reader);
  if (header?.tag !== BER.sequence) return undefined;
  const varBinds: VarBind[] = [];
  const there = reader.remaining;
  const bytes = reader.take(Math.min(header.length, there)) ?? new Uint8Array();
  const list = new Reader(bytes);
  while (list.remaining > 0) {
    const varBind = readVarBind(bytes, list);
    if (varBind === undefined) return { varBinds, complete: false };
    varBinds.push(varBind);
  }
  return { varBinds, complete: header.length <= there };
}

const ERROR_STATUS = [
  'noerror',
  'toobig',
  'nosuchname',
  'badvalue',
  'readonly',
  'generr',
  'noaccess',
  'wrongtype',
  'wronglength',
  'wrongencoding',
  'wrongvalue',
  'nocreation',
  'inconsistentvalue',
  'resourceunavailable',
  'commitfailed',
  'undofailed',
  'authorizationerror',
  'notwritable',
  'inconsistentname',
];

/** RFC 3416 §3's name in lower case, or `error-status-99` where there is none. */
export function errorStatusName(status: number): string {
  return ERROR_STATUS[status] ?? `error-status-${status}`;
}

function readHeader(reader: Reader): SnmpHeader | undefined {
  if (readBerHeader(reader)?.tag !== BER.sequence) return undefined;
  const version = berToInteger(readBerContent(reader, BER.integer));
  if (version !== SNMP_VERSION.v1 && version !== SNMP_VERSION.v2c) return undefined;
  const community = readBerContent(reader, BER.octetString);
  const header = readPduHeader(reader);
  return community && header && { version, community, ...header };
}

function readVarBind(bytes: Uint8Array, list: Reader): VarBind | undefined {
  const binding = readBerHeader(list);
  if (binding?.tag !== BER.sequence) return undefined;
  const end = list.offset + binding.length;
  const name = readBerHeader(list);
  const nameAt = list.offset;
  if (name?.tag !== BER.oid || !list.skip(name.length)) return undefined;
  const value = readBerHeader(list);
  const valueAt = list.offset;
  if (value === undefined || !list.skip(value.length) || !isBerOid(bytes, nameAt, nameAt + name.length))
    return undefined;
  // A negative number where they reach beyond their binding.
  if (!list.skip(end - list.offset)) return undefined;
  return new VarBind(bytes, nameAt, name.length, value.tag, valueAt, value.length);
}
