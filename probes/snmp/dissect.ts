import type { Field } from '../probe.js';
import { BER, berToInteger, berToOid, readBerContent, readBerHeader } from '../wire/ber.js';
import { furtherFields, mostFields, showHex, showText } from '../wire/fields.js';
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
  addFields(payload, 0, payload.length, version === SNMP_VERSION.v3 ? V3 : COMMUNITY, fields);
  const last = fields.at(-1);
  const at = last === undefined ? 0 : last.at + last.bytes;
  return at < payload.length ? [...fields, furtherFields(at, payload)] : fields;
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

/** Stops where there are more fields than a payload is taken apart into, and leaves the rest to the caller. */
function addFields(payload: Uint8Array, from: number, to: number, parts: Parts, fields: Field[]): void {
  let at = from;
  /** The name of the binding whose value comes next. */
  let oid = '';
  for (let place = 0; at < to && fields.length < mostFields(payload.length); place++) {
    const reader = new Reader(payload, at, to);
    const header = readBerHeader(reader);
    const part = header && ('each' in parts ? parts.each : parts[place])?.(header.tag);
    const content = part?.parts ? NOTHING : header && reader.take(header.length);
    if (header === undefined || part === undefined || content === undefined) {
      const isMasked = fields.some(({ name }) => name === 'variable-bindings');
      const field = { at, bytes: to - at, name: part?.name ?? 'unread' };
      fields.push({ ...field, ...(isMasked ? MASKED : { value: 'cut short, or not of this message' }) });
      return;
    }
    const { name } = part;
    const start = reader.offset;
    const bytes = start - at;
    if (part.parts) {
      fields.push({ at, bytes, name, value: `${header.length} bytes` });
      const end = Math.min(start + header.length, to);
      addFields(payload, start, end, part.parts, fields);
      at = start + header.length;
      continue;
    }
    at = start;
    const value = part.show ? part.show(content) : valueText(header.tag, content);
    if (part === NAME) oid = value;
    const isMasked =
      header.tag === SNMP_TYPE.ipAddress ||
      part.masked?.(content) === true ||
      ((part === NAME || part === VALUE) && mayHoldAddress(oid));
    fields.push(
      isMasked
        ? { at: start - bytes, bytes, name, value: '', masked: true }
        : { at: start - bytes, bytes, name, value },
    );
  }
}

const NOTHING = new Uint8Array();

function inside(name: string, expected: number, parts: Parts): (tag: number) => Part | undefined {
  const part = { name, parts };
  return (tag) => (tag === expected ? part : undefined);
}

function leaf(name: string, show?: (content: Uint8Array) => string): (tag: number) => Part {
  const part = { name, ...(show && { show }) };
  return () => part;
}

const NAME: Part = { name: 'name' };
const VALUE: Part = { name: 'value' };
const VAR_BINDS: Parts = { each: inside('VarBind', BER.sequence, [() => NAME, () => VALUE]) };

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

const PDUS: ReadonlyMap<number, Part> = new Map(
  Object.entries(PDU_NAMES).map(([tag, name]) => {
    const isBulk = Number(tag) === 0xa5;
    const parts: Parts = [
      leaf('request-id'),
      isBulk ? leaf('non-repeaters') : leaf('error-status', errorStatusText),
      leaf(isBulk ? 'max-repetitions' : 'error-index'),
      inside('variable-bindings', BER.sequence, VAR_BINDS),
    ];
    return [Number(tag), { name, parts }];
  }),
);

function pdu(tag: number): Part | undefined {
  return PDUS.get(tag);
}

const COMMUNITY: Parts = [
  inside('Message', BER.sequence, [leaf('version', versionText), leaf('community'), pdu]),
];

function engineId(name: string): () => Part {
  const part: Part = {
    name,
    masked: (content) => content.length > 0 && readEngineId(content).engine_id === undefined,
  };
  return () => part;
}

const ENCRYPTED: Part = { name: 'encryptedPDU', show: showHex };
const scopedPdu = inside('ScopedPDU', BER.sequence, [engineId('contextEngineID'), leaf('contextName'), pdu]);

const V3: Parts = [
  inside('Message', BER.sequence, [
    leaf('msgVersion', versionText),
    inside('msgGlobalData', BER.sequence, [
      leaf('msgID'),
      leaf('msgMaxSize'),
      leaf('msgFlags', showHex),
      leaf('msgSecurityModel'),
    ]),
    inside('msgSecurityParameters', BER.octetString, [
      inside('UsmSecurityParameters', BER.sequence, [
        engineId('msgAuthoritativeEngineID'),
        leaf('msgAuthoritativeEngineBoots'),
        leaf('msgAuthoritativeEngineTime'),
        leaf('msgUserName'),
        leaf('msgAuthenticationParameters'),
        leaf('msgPrivacyParameters'),
      ]),
    ]),
    (tag) => (tag === BER.octetString ? ENCRYPTED : scopedPdu(tag)),
  ]),
];

function versionText(content: Uint8Array): string {
  const version = berToInteger(content);
  const name = Object.entries(SNMP_VERSION).find(([, number]) => number === version)?.[0];
  return name === undefined ? String(version) : `${version} (${name})`;
}

function errorStatusText(content: Uint8Array): string {
  const status = berToInteger(content);
  return status === undefined ? showHex(content) : `${status} (${errorStatusName(status)})`;
}

/** A value of any type (RFC 2578 §7.1, RFC 3416 §3). */
function valueText(tag: number, content: Uint8Array): string {
  switch (tag) {
    case BER.integer:
    case SNMP_TYPE.counter32:
    case SNMP_TYPE.gauge32:
    case SNMP_TYPE.timeTicks:
      return String(berToInteger(content) ?? showHex(content));
    case BER.oid:
      return berToOid(content) ?? showHex(content);
    case BER.null:
      return 'NULL';
    case SNMP_TYPE.noSuchObject:
      return 'noSuchObject';
    case SNMP_TYPE.noSuchInstance:
      return 'noSuchInstance';
    case SNMP_TYPE.endOfMibView:
      return 'endOfMibView';
    case BER.octetString:
      return content.every((octet) => octet >= 0x20 && octet < 0x7f)
        ? JSON.stringify(showText(content))
        : showHex(content);
    default:
      return showHex(content);
  }
}

/**
 * A table's column has ten arcs at least, an IPv4 address as its index four more. In the groups system and
 * interfaces no table has such an index.
 */
function mayHoldAddress(oid: string): boolean {
  return oid.length >= 27 && !/^1\.3\.6\.1\.2\.1\.[12]\./.test(oid) && oid.split('.').length >= 14;
}
