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

/**
 * What an element is called, and either how its contents read or what stands in it. Made by `partOf` alone: with one
 * shape for all, the loop over thousands of elements is twice as fast.
 */
interface Part {
  readonly name: string;
  readonly show: ((content: Uint8Array) => string) | undefined;
  readonly masked: ((content: Uint8Array) => boolean) | undefined;
  readonly parts: Parts | undefined;
}
/** What stands there, by its place and its tag. Undefined where no element of this tag belongs. */
type Parts = (place: number, tag: number) => Part | undefined;

function partOf(name: string, { show, masked, parts }: Partial<Omit<Part, 'name'>> = {}): Part {
  return { name, show, masked, parts };
}

/**
 * Stops where there are more fields than a payload is taken apart into, and leaves the rest to the caller. Makes
 * neither a reader nor a view for each element, for there may be nine thousand.
 */
function addFields(payload: Uint8Array, from: number, to: number, parts: Parts, fields: Field[]): void {
  const most = mostFields(payload.length);
  const reader = new Reader(payload, from, to);
  /** Of the binding whose value comes next. */
  let mayHoldAddress = false;
  for (let place = 0; reader.remaining > 0 && fields.length < most; place++) {
    const at = reader.offset;
    const header = readBerHeader(reader);
    const start = reader.offset;
    const part = header && parts(place, header.tag);
    if (
      header === undefined ||
      part === undefined ||
      (part.parts === undefined && !reader.skip(header.length))
    ) {
      const isMasked = fields.some(({ name }) => name === 'variable-bindings');
      const field = { at, bytes: to - at, name: part?.name ?? 'unread' };
      fields.push({ ...field, ...(isMasked ? MASKED : { value: 'cut short, or not of this message' }) });
      return;
    }
    const { name } = part;
    if (part.parts !== undefined) {
      fields.push({ at, bytes: start - at, name, value: `${header.length} bytes` });
      const end = Math.min(start + header.length, to);
      addFields(payload, start, end, part.parts, fields);
      reader.skip(end - start);
      continue;
    }
    const end = reader.offset;
    const bytes = end - at;
    if (part === NAME) mayHoldAddress = isIndexed(header.tag, payload, start, end);
    const isMasked =
      header.tag === SNMP_TYPE.ipAddress ||
      part.masked?.(payload.subarray(start, end)) === true ||
      (mayHoldAddress && (part === NAME || part === VALUE));
    if (isMasked) fields.push({ at, bytes, name, value: '', masked: true });
    else {
      const value = part.show
        ? part.show(payload.subarray(start, end))
        : valueText(header.tag, payload, start, end);
      fields.push({ at, bytes, name, value });
    }
  }
}

function inOrder(...parts: readonly ((tag: number) => Part | undefined)[]): Parts {
  return (place, tag) => parts[place]?.(tag);
}

function inside(name: string, expected: number, parts: Parts): (tag: number) => Part | undefined {
  const part = partOf(name, { parts });
  return (tag) => (tag === expected ? part : undefined);
}

function leaf(name: string, show?: (content: Uint8Array) => string): (tag: number) => Part {
  const part = partOf(name, { show });
  return () => part;
}

const NAME = partOf('name');
const VALUE = partOf('value');
const NAME_AND_VALUE = [NAME, VALUE];
const VAR_BIND = partOf('VarBind', { parts: (place) => NAME_AND_VALUE[place] });
const VAR_BINDS: Parts = (_, tag) => (tag === BER.sequence ? VAR_BIND : undefined);

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
    const parts = inOrder(
      leaf('request-id'),
      isBulk ? leaf('non-repeaters') : leaf('error-status', errorStatusText),
      leaf(isBulk ? 'max-repetitions' : 'error-index'),
      inside('variable-bindings', BER.sequence, VAR_BINDS),
    );
    return [Number(tag), partOf(name, { parts })];
  }),
);

function pdu(tag: number): Part | undefined {
  return PDUS.get(tag);
}

const COMMUNITY = inOrder(
  inside('Message', BER.sequence, inOrder(leaf('version', versionText), leaf('community'), pdu)),
);

function engineId(name: string): () => Part {
  const part = partOf(name, {
    masked: (content) => content.length > 0 && readEngineId(content).engine_id === undefined,
  });
  return () => part;
}

const ENCRYPTED = partOf('encryptedPDU', { show: showHex });
const scopedPdu = inside(
  'ScopedPDU',
  BER.sequence,
  inOrder(engineId('contextEngineID'), leaf('contextName'), pdu),
);
const globalData = inOrder(
  leaf('msgID'),
  leaf('msgMaxSize'),
  leaf('msgFlags', showHex),
  leaf('msgSecurityModel'),
);
const securityParameters = inOrder(
  engineId('msgAuthoritativeEngineID'),
  leaf('msgAuthoritativeEngineBoots'),
  leaf('msgAuthoritativeEngineTime'),
  leaf('msgUserName'),
  leaf('msgAuthenticationParameters'),
  leaf('msgPrivacyParameters'),
);

const V3 = inOrder(
  inside(
    'Message',
    BER.sequence,
    inOrder(
      leaf('msgVersion', versionText),
      inside('msgGlobalData', BER.sequence, globalData),
      inside(
        'msgSecurityParameters',
        BER.octetString,
        inOrder(inside('UsmSecurityParameters', BER.sequence, securityParameters)),
      ),
      (tag) => (tag === BER.octetString ? ENCRYPTED : scopedPdu(tag)),
    ),
  ),
);

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
function valueText(tag: number, payload: Uint8Array, from: number, to: number): string {
  switch (tag) {
    case BER.integer:
    case SNMP_TYPE.counter32:
    case SNMP_TYPE.gauge32:
    case SNMP_TYPE.timeTicks:
      return String(berToInteger(payload, from, to) ?? showHex(payload, from, to));
    case BER.oid:
      return berToOid(payload, from, to) ?? showHex(payload, from, to);
    case BER.null:
      return 'NULL';
    case SNMP_TYPE.noSuchObject:
      return 'noSuchObject';
    case SNMP_TYPE.noSuchInstance:
      return 'noSuchInstance';
    case SNMP_TYPE.endOfMibView:
      return 'endOfMibView';
    case BER.octetString:
      return isPrintable(payload, from, to)
        ? JSON.stringify(showText(payload, from, to))
        : showHex(payload, from, to);
    default:
      return showHex(payload, from, to);
  }
}

function isPrintable(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const octet = bytes[at] ?? 0;
    if (octet < 0x20 || octet >= 0x7f) return false;
  }
  return true;
}

/**
 * Whether a binding's name may end with an address. A table's column has ten arcs at least, an IPv4 address as its
 * index four more. In the groups system and interfaces (1.3.6.1.2.1.1 and .2) no table has such an index.
 */
function isIndexed(tag: number, payload: Uint8Array, from: number, to: number): boolean {
  if (tag !== BER.oid) return true;
  // The first octet holds two arcs.
  let arcs = 1;
  for (let at = from; at < to; at++) if ((payload[at] ?? 0) < 0x80) arcs++;
  if (arcs < 14) return false;
  const group = payload[from + MIB_2.length];
  return !(MIB_2.every((octet, i) => payload[from + i] === octet) && (group === 1 || group === 2));
}

/** 1.3.6.1.2.1. */
const MIB_2 = [0x2b, 6, 1, 2, 1];
