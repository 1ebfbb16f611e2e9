import type { Field } from '../probe.js';
import { furtherFields, mostFields } from '../wire/fields.js';
import { Reader } from '../wire/reader.js';
import { formatExtendedError, readExtendedErrors } from './extended-error.js';
import { CLASS_CH, CLASS_IN, TYPE, rcodeName, textOf, typeName } from './message.js';
import { nameReader } from './name.js';

/** A query or a response, field by field under the names of RFC 1035 §4.1; what is cut short is one field. */
export function dissectDns(payload: Uint8Array): readonly Field[] {
  const fields: Field[] = [];
  const reader = new Reader(payload);
  const nameAt = nameReader(payload);
  const most = mostFields(payload.length);
  const done = walk();
  const at = fields.reduce((end, field) => Math.max(end, field.at + field.bytes), 0);
  const bytes = payload.length - at;
  if (bytes > 0 && fields.length > most) fields.push(furtherFields(at, payload));
  else if (bytes > 0)
    fields.push({ at, bytes, name: done ? 'trailing bytes' : 'unread', value: `${bytes} bytes` });
  return fields;

  /** False where a field does not end within the payload. */
  function walk(): boolean {
    const id = number('ID', 2, (value) => `0x${value.toString(16).padStart(4, '0')}`);
    const flags = number('flags', 2, formatFlags);
    const counts = ['QDCOUNT', 'ANCOUNT', 'NSCOUNT', 'ARCOUNT'].map((name) => number(name, 2));
    const [questions, ...sections] = counts;
    if (id === undefined || flags === undefined || questions === undefined) return false;
    for (let i = 0; i < questions; i++)
      if (
        fields.length > most ||
        !name('QNAME') ||
        number('QTYPE', 2, typeName) === undefined ||
        number('QCLASS', 2, className) === undefined
      )
        return false;
    for (const [i, section] of (['answer', 'authority', 'additional'] as const).entries())
      for (let record = 0; record < (sections[i] ?? 0); record++) if (!resourceRecord(section)) return false;
    return true;
  }

  function resourceRecord(section: string): boolean {
    if (fields.length > most) return false;
    if (!name(`${section} NAME`)) return false;
    const type = number('TYPE', 2, typeName);
    if (type === TYPE.OPT) {
      // RFC 6891 §6.1.2: CLASS and TTL have other meanings here.
      number('CLASS: UDP payload size', 2, (value) => `${value} bytes`);
      number('TTL: extended RCODE and flags', 4, formatOptTtl);
    } else {
      number('CLASS', 2, className);
      number('TTL', 4, (value) => `${value} s`);
    }
    const length = number('RDLENGTH', 2);
    const at = reader.offset;
    const rdata = length === undefined ? undefined : reader.take(length);
    if (type === undefined || rdata === undefined) return false;
    if (rdata.length > 0)
      fields.push({ at, bytes: rdata.length, name: 'RDATA', ...rdataOf(type, rdata, at) });
    return true;
  }

  function number(
    fieldName: string,
    bytes: 2 | 4,
    format: (value: number) => string = String,
  ): number | undefined {
    const at = reader.offset;
    const value = bytes === 2 ? reader.u16() : reader.u32();
    if (value !== undefined) fields.push({ at, bytes, name: fieldName, value: format(value) });
    return value;
  }

  function name(fieldName: string): boolean {
    const at = reader.offset;
    for (let length = reader.u8(); length !== 0; length = reader.u8()) {
      if (length === undefined) return false;
      if (length >= 0xc0) {
        if (reader.u8() === undefined) return false;
        break;
      }
      if (length > 63 || !reader.skip(length)) return false;
    }
    fields.push({
      at,
      bytes: reader.offset - at,
      name: fieldName,
      value: nameAt(at) ?? 'a pointer that leads nowhere',
    });
    return true;
  }

  function rdataOf(type: number, rdata: Uint8Array, at: number): Pick<Field, 'value' | 'masked'> {
    switch (type) {
      case TYPE.A:
      case TYPE.AAAA:
        // Whose address it is cannot be known here.
        return { value: 'an address', masked: true };
      case TYPE.NS:
      case TYPE.CNAME:
      case TYPE.PTR:
      case TYPE.SOA:
        return { value: nameAt(at) ?? 'no name' };
      case TYPE.MX:
        return { value: nameAt(at + 2) ?? 'no name' };
      case TYPE.TXT:
        return { value: JSON.stringify(textOf(rdata)) };
      case TYPE.OPT:
        return { value: readExtendedErrors(rdata).map(formatExtendedError).join('; ') || 'options' };
      default:
        return { value: `${rdata.length} bytes` };
    }
  }
}

/** RFC 1035 §4.1.1, RFC 4035 §3 for AD and CD. */
function formatFlags(flags: number): string {
  const names = [
    [0x8000, 'QR'],
    [0x0400, 'AA'],
    [0x0200, 'TC'],
    [0x0100, 'RD'],
    [0x0080, 'RA'],
    [0x0020, 'AD'],
    [0x0010, 'CD'],
  ] as const;
  const set = names.flatMap(([bit, name]) => ((flags & bit) === 0 ? [] : name));
  return [...set, `opcode ${(flags >> 11) & 15}`, rcodeName(flags & 15)].join(' ');
}

function formatOptTtl(ttl: number): string {
  const dnssecOk = (ttl & 0x8000) === 0 ? '' : ', DO';
  return `extended RCODE ${ttl >>> 24}, version ${(ttl >>> 16) & 255}${dnssecOk}`;
}

function className(value: number): string {
  return CLASS_NAMES.get(value) ?? `CLASS${value}`;
}

const CLASS_NAMES: ReadonlyMap<number, string> = new Map([
  [CLASS_IN, 'IN'],
  [CLASS_CH, 'CH'],
  [255, 'ANY'],
]);
