import { BER, berElement, berInteger, berOid, berToInteger, berToOid } from '../wire/ber.js';
import { readBerContent, readBerElement, readBerHeader } from '../wire/ber.js';
import { Reader } from '../wire/reader.js';

/** SNMPv2c in a community message (RFC 1901 §3). */
export const SNMP_V2C = 1;

/** PDU tags: context-specific, constructed (RFC 3416 §3). */
export const PDU = { response: 0xa2, getBulk: 0xa5 } as const;

/** Types of values besides the universal ones (RFC 2578 §7.1, RFC 3416 §3). */
export const SNMP_TYPE = {
  ipAddress: 0x40,
  counter32: 0x41,
  gauge32: 0x42,
  timeTicks: 0x43,
  noSuchObject: 0x80,
  noSuchInstance: 0x81,
  endOfMibView: 0x82,
} as const;

/** What stands before the variable bindings, in requests and responses alike. */
export interface SnmpHeader {
  readonly community: Uint8Array;
  readonly pdu: number;
  readonly requestId: number;
  /** error-status of a response, non-repeaters of a GetBulk (RFC 3416 §3). */
  readonly third: number;
  /** error-index of a response, max-repetitions of a GetBulk. */
  readonly fourth: number;
}

export interface VarBind {
  readonly oid: string;
  readonly type: number;
  readonly value: Uint8Array;
}

/** One SNMPv2c message, read as far as its bytes reach. */
export interface SnmpMessage extends SnmpHeader {
  readonly varBinds: readonly VarBind[];
  /** Whether the list of bindings was all there, each of them well formed. */
  readonly complete: boolean;
}

/** Writes a message; each binding is an encoded SEQUENCE from `encodeVarBind`. */
export function encodeSnmpMessage(header: SnmpHeader, varBinds: readonly Uint8Array[]): Uint8Array {
  return berElement(
    BER.sequence, //                        Message (RFC 1901 §3)
    berInteger(SNMP_V2C), //                version
    berElement(BER.octetString, header.community),
    berElement(
      header.pdu, //                        PDU or BulkPDU (RFC 3416 §3)
      berInteger(header.requestId), //      request-id
      berInteger(header.third), //          error-status | non-repeaters
      berInteger(header.fourth), //         error-index | max-repetitions
      berElement(BER.sequence, ...varBinds), // variable-bindings
    ),
  );
}

export function encodeVarBind(oid: string, value: Uint8Array): Uint8Array {
  return berElement(BER.sequence, berOid(oid), value);
}

/**
 * Total and bounded. Undefined where the header is no SNMPv2c header. Lengths of the outer elements are not held
 * against the datagram: of a message that was cut short, what is there is read.
 */
export function readSnmpMessage(payload: Uint8Array): SnmpMessage | undefined {
  const reader = new Reader(payload);
  const header = readHeader(reader);
  const list = readBerHeader(reader);
  if (header === undefined || list?.tag !== BER.sequence) return undefined;
  return { ...header, ...readVarBinds(reader, list.length) };
}

/** The header alone: the sweep reads it of every datagram that comes in. */
export function readSnmpHeader(payload: Uint8Array): SnmpHeader | undefined {
  return readHeader(new Reader(payload));
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
  if (berToInteger(readBerContent(reader, BER.integer)) !== SNMP_V2C) return undefined;
  const community = readBerContent(reader, BER.octetString);
  const pdu = readBerHeader(reader)?.tag;
  const requestId = berToInteger(readBerContent(reader, BER.integer));
  const third = berToInteger(readBerContent(reader, BER.integer));
  const fourth = berToInteger(readBerContent(reader, BER.integer));
  if (community === undefined || pdu === undefined || requestId === undefined) return undefined;
  if (third === undefined || fourth === undefined) return undefined;
  return { community, pdu, requestId, third, fourth };
}

function readVarBinds(reader: Reader, length: number): Pick<SnmpMessage, 'varBinds' | 'complete'> {
  const varBinds: VarBind[] = [];
  const there = reader.remaining;
  const list = new Reader(reader.take(Math.min(length, there)) ?? new Uint8Array());
  while (list.remaining > 0) {
    const varBind = readVarBind(readBerContent(list, BER.sequence));
    if (varBind === undefined) return { varBinds, complete: false };
    varBinds.push(varBind);
  }
  return { varBinds, complete: length <= there };
}

function readVarBind(content: Uint8Array | undefined): VarBind | undefined {
  if (content === undefined) return undefined;
  const reader = new Reader(content);
  const oid = berToOid(readBerContent(reader, BER.oid));
  const value = readBerElement(reader);
  return oid === undefined || value === undefined
    ? undefined
    : { oid, type: value.tag, value: value.content };
}
