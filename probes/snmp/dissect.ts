import type { Field } from '../probe.js';
import { BER, berToInteger, berToOid, readBerContent, readBerHeader } from '../wire/ber.js';
import { Reader } from '../wire/reader.js';
import { readEngineId } from './engine-id.js';
import { SNMP_TYPE, SNMP_VERSION, errorStatusName } from './message.js';

/**
 * A message of SNMPv1 (RFC 1157 §4), v2c (RFC 1901 §3) or v3 (RFC 3412 §6), field by field: an element that others
 * stand in is a field of its tag and length alone. Total: from where it cannot read on, one field to the end.
 * Masked is whatever may hold an address: an IpAddress, an engine id of such a format, a binding whose name is long
 * enough to be indexed by one, and among bindings and after them what cannot be read.
 */
export function dissectSnmp(payload: Uint8Array): readonly Field[] {
  const reader = new Reader(payload);
  readBerHeader(reader);
  const version = berToInteger(readBerContent(reader, BER.integer));
  const fields: Field[] = [];
  const parts = version === SNMP_VERSION.v3 ? V3_MESSAGE : COMMUNITY_MESSAGE;
  addFields(payload, 0, payload.length, [(tag) => inside('Message', tag, BER.sequence, parts)], fields);
  return fields.map((field, i) => {
    const oid = field.name === 'value' ? fields[i - 1]?.value : field.name === 'name' ? field.value : '';
    return mayHoldAddress(oid ?? '') ? { ...field, ...MASKED } : field;
  });
}

const MASKED = { value: '', masked: true } as const;

/** What an element is called, and either how its contents read or what stands in it. */
interface Part {
  readonly name: string;
  readonly show?: (content: Uint8Array) => string;
  readonly masked?: (content: Uint8Array) => boolean;
  readonly parts?: Parts;
}
/** By place, or each the same. Undefined where no element of this tag belongs. */
type Parts =
  readonly ((tag: number) => Part | undefined)[] | { readonly each: (tag: number) => Part | undefined };

function addFields(payload: Uint8Array, from: number, to: number, parts: Parts, fields: Field[]): void {
  let at = from;
  for (let place = 0; at < to; place++) {
    const reader = new Reader(payload.subarray(at, to));
    const header = readBerHeader(reader);
    const part = header && ('each' in parts ? parts.each : parts[place])?.(header.tag);
    const content = part?.parts ? new Uint8Array() : header && reader.take(header.length);
    if (header === undefined || part === undefined || content === undefined) {
      const isMasked = fields.some(({ name }) => name === 'variable-bindings');
      const field = { at, bytes: to - at, name: part?.name ?? 'unread' };
      fields.push({ ...field, ...(isMasked ? MASKED : { value: 'cut short, or not of this message' }) });
      return;
    }
    const { name, show = valueText(header.tag) } = part;
    const isMasked = header.tag === SNMP_TYPE.ipAddress || part.masked?.(content) === true;
    const value = part.parts ? `${header.length} bytes` : show(content);
    fields.push({ at, bytes: reader.offset, name, ...(isMasked ? MASKED : { value }) });
    const start = at + reader.offset;
    if (part.parts) addFields(payload, start, Math.min(start + header.length, to), part.parts, fields);
    at = part.parts ? start + header.length : start;
  }
}

function inside(name: string, tag: number, expected: number, parts: Parts): Part | undefined {
  return tag === expected ? { name, parts } : undefined;
}

function leaf(name: string, show?: (content: Uint8Array) => string): (tag: number) => Part {
  return () => ({ name, ...(show && { show }) });
}

const VAR_BINDS: Parts = {
  each: (tag) => inside('VarBind', tag, BER.sequence, [leaf('name'), leaf('value')]),
};

const PDU_NAMES: Readonly<Record<number, string>> = {
  0xa0: 'GetRequest-PDU',
  0xa1: 'GetNextRequest-PDU',
  0xa2: 'Response-PDU',
  0xa3: 'SetRequest-PDU',
  0xa5: 'GetBulkRequest-PDU',
  0xa6: 'InformRequest-PDU',
  0xa7: 'SNMPv2-Trap-PDU',
  0xa8: 'Report-PDU',
};

function pdu(tag: number): Part | undefined {
  const name = PDU_NAMES[tag];
  const isBulk = tag === 0xa5;
  return name === undefined
    ? undefined
    : {
        name,
        parts: [
          leaf('request-id'),
          isBulk ? leaf('non-repeaters') : leaf('error-status', errorStatusText),
          leaf(isBulk ? 'max-repetitions' : 'error-index'),
          (list) => inside('variable-bindings', list, BER.sequence, VAR_BINDS),
        ],
      };
}

const COMMUNITY_MESSAGE: Parts = [leaf('version', versionText), leaf('community'), pdu];

const engineId = (name: string) => (): Part => ({
  name,
  masked: (content) => content.length > 0 && readEngineId(content).engine_id === undefined,
});

const V3_MESSAGE: Parts = [
  leaf('msgVersion', versionText),
  (tag) =>
    inside('msgGlobalData', tag, BER.sequence, [
      leaf('msgID'),
      leaf('msgMaxSize'),
      leaf('msgFlags', (content) => hexOf(content)),
      leaf('msgSecurityModel'),
    ]),
  (tag) =>
    inside('msgSecurityParameters', tag, BER.octetString, [
      (sequence) =>
        inside('UsmSecurityParameters', sequence, BER.sequence, [
          engineId('msgAuthoritativeEngineID'),
          leaf('msgAuthoritativeEngineBoots'),
          leaf('msgAuthoritativeEngineTime'),
          leaf('msgUserName'),
          leaf('msgAuthenticationParameters'),
          leaf('msgPrivacyParameters'),
        ]),
    ]),
  (tag) =>
    tag === BER.octetString
      ? { name: 'encryptedPDU', show: hexOf }
      : inside('ScopedPDU', tag, BER.sequence, [engineId('contextEngineID'), leaf('contextName'), pdu]),
];

function versionText(content: Uint8Array): string {
  const version = berToInteger(content);
  const name = Object.entries(SNMP_VERSION).find(([, number]) => number === version)?.[0];
  return name === undefined ? String(version) : `${version} (${name})`;
}

function errorStatusText(content: Uint8Array): string {
  const status = berToInteger(content);
  return status === undefined ? hexOf(content) : `${status} (${errorStatusName(status)})`;
}

/** A value of any type (RFC 2578 §7.1, RFC 3416 §3). */
function valueText(tag: number): (content: Uint8Array) => string {
  switch (tag) {
    case BER.integer:
    case SNMP_TYPE.counter32:
    case SNMP_TYPE.gauge32:
    case SNMP_TYPE.timeTicks:
      return (content) => String(berToInteger(content) ?? hexOf(content));
    case BER.oid:
      return (content) => berToOid(content) ?? hexOf(content);
    case BER.null:
      return () => 'NULL';
    case SNMP_TYPE.noSuchObject:
      return () => 'noSuchObject';
    case SNMP_TYPE.noSuchInstance:
      return () => 'noSuchInstance';
    case SNMP_TYPE.endOfMibView:
      return () => 'endOfMibView';
    case BER.octetString:
      return (content) =>
        content.every((octet) => octet >= 0x20 && octet < 0x7f)
          ? JSON.stringify(new TextDecoder().decode(content))
          : hexOf(content);
    default:
      return hexOf;
  }
}

/**
 * A table's column has ten arcs at least, an IPv4 address as its index four more. In the groups system and
 * interfaces no table has such an index.
 */
function mayHoldAddress(oid: string): boolean {
  return oid.split('.').length >= 14 && !/^1\.3\.6\.1\.2\.1\.[12]\./.test(oid);
}

function hexOf(octets: Uint8Array): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join(' ');
}
