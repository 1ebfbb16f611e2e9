import { decodeLzw } from '../wire/lzw.js';
import { Reader } from '../wire/reader.js';

/** The first byte of a message (memberlist, net.go). */
export const [PING, INDIRECT_PING, ACK, COMPOUND, COMPRESSED, WITH_CRC] = [0, 1, 2, 7, 9, 12] as const;
export const TYPES: readonly string[] =
  'ping,indirect ping,ack,suspect,alive,dead,push and pull,compound,user,compressed,encrypted,nack,with CRC,error'.split(
    ',',
  );

/** A ping is answered in one datagram, and what is unpacked of it is no longer than one may be. */
const MOST_UNPACKED_BYTES = 1500;
/** With a checksum, compressed, several in one, an acknowledgement: in this order, and no deeper. */
const DEEPEST = 4;

/** An acknowledgement, and what came with it. */
export interface Ack {
  readonly sequence: number;
  readonly isCompressed: boolean;
  /** Bytes that the application puts into it: Serf its network coordinates. */
  readonly payloadBytes: number;
  /** The types of the messages that came along in the same datagram: gossip. Their content is not read. */
  readonly others: readonly number[];
}

/** Undefined for any other message. Total. */
export function readAck(payload: Uint8Array): Ack | undefined {
  let message = payload;
  let isCompressed = false;
  let others: readonly number[] = [];
  for (let depth = 0; depth < DEEPEST; depth++) {
    const type = message[0];
    if (type === ACK) {
      const values = readMap(new Reader(message, 1));
      const sequence = values?.get('SeqNo');
      const more = values?.get('Payload');
      if (typeof sequence !== 'number') return undefined;
      const payloadBytes = typeof more === 'object' ? more.length : 0;
      return { sequence, isCompressed, payloadBytes, others };
    }
    let inner: Uint8Array | undefined;
    if (type === WITH_CRC) inner = message.subarray(5);
    else if (type === COMPRESSED && !isCompressed) {
      const packed = readMap(new Reader(message, 1))?.get('Buf');
      inner = typeof packed === 'object' ? decodeLzw(packed, MOST_UNPACKED_BYTES) : undefined;
      isCompressed = true;
    } else if (type === COMPOUND) {
      const parts = partsOf(message);
      others = parts.slice(1).flatMap((part) => part[0] ?? []);
      inner = parts[0];
    }
    if (inner === undefined) return undefined;
    message = inner;
  }
  return undefined;
}

/** How many, a length of two bytes each, and then one after the other; what is cut short is left out. */
function partsOf(message: Uint8Array): readonly Uint8Array[] {
  const reader = new Reader(message, 1);
  const lengths = Array.from({ length: reader.u8() ?? 0 }, () => reader.u16() ?? 0);
  return reader.ok ? lengths.flatMap((length) => reader.take(length) ?? []) : [];
}

/** A field of a map, and how many bytes name and value take. */
export interface MapField {
  /** Empty where it is longer than any. */
  readonly name: string;
  readonly bytes: number;
  readonly value: number | Uint8Array;
}

const [MOST_FIELDS, MOST_NAME_BYTES] = [16, 16];

/**
 * A map of MessagePack from texts to integers, texts and bytes: all that these messages hold.
 * @returns the fields up to the first that is something else or cut short; undefined for no map.
 */
export function readFields(reader: Reader): readonly MapField[] | undefined {
  const head = reader.u8();
  if (head === undefined || head >> 4 !== 8) return undefined;
  const fields: MapField[] = [];
  for (let left = Math.min(head & 15, MOST_FIELDS); left > 0; left--) {
    const at = reader.offset;
    const name = readValue(reader);
    const value = readValue(reader);
    if (typeof name !== 'object' || value === undefined) break;
    const known = name.length > MOST_NAME_BYTES ? '' : Buffer.from(name).toString('latin1');
    fields.push({ name: known, bytes: reader.offset - at, value });
  }
  return fields;
}

function readMap(reader: Reader): ReadonlyMap<string, number | Uint8Array> | undefined {
  const fields = readFields(reader);
  return fields && new Map(fields.map(({ name, value }) => [name, value]));
}

/** https://github.com/msgpack/msgpack/blob/master/spec.md: positive integers of at most 32 bits, texts, bytes, true. */
function readValue(reader: Reader): number | Uint8Array | undefined {
  const type = reader.u8();
  if (type === undefined) return undefined;
  if (type < 0x80) return type;
  if (type >> 5 === 0b101) return reader.take(type & 31);
  switch (type) {
    case 0xc2:
    case 0xc3:
      return type & 1;
    case 0xcc:
      return reader.u8();
    case 0xcd:
      return reader.u16();
    case 0xce:
      return reader.u32();
    case 0xc4:
    case 0xd9:
      return takeOf(reader, reader.u8());
    case 0xc5:
    case 0xda:
      return takeOf(reader, reader.u16());
    default:
      return undefined;
  }
}

function takeOf(reader: Reader, length: number | undefined): Uint8Array | undefined {
  return length === undefined ? undefined : reader.take(length);
}
