import { Reader } from '../wire/reader.js';

/**
 * NTP mode 6, the control messages of RFC 9327 §2 (RFC 1305, appendix B). Numbers are big-endian.
 *
 *     0  leap (2)  version (3)  mode (3)
 *     1  R (1)  E (1)  M (1)  opcode (5)      R: a response; E: an error; M: more fragments follow
 *     2  sequence                             the response repeats the request's
 *     4  status                               of the system; where E is set its first octet is the error
 *     6  association id                       0: the server itself
 *     8  offset                               of this fragment's data in all of it
 *    10  count                                octets of data in this fragment, 468 at most
 *    12  data, padded with zeros to a multiple of 4
 */
export interface Mode6Packet {
  /** The NTP version, 0 to 7. */
  readonly version: number;
  readonly response: boolean;
  readonly error: boolean;
  readonly more: boolean;
  readonly opcode: number;
  readonly sequence: number;
  readonly status: number;
  readonly association: number;
  readonly offset: number;
  readonly data: Uint8Array;
}

export const MODE6_HEADER_BYTES = 12;

/** RFC 9327 §2: what one fragment holds at most. */
export const MODE6_DATA_BYTES = 468;

/** Opcode 2: read the variables of an association, or of the system. Changes nothing. */
export const READ_VARIABLES = 2;

/** RFC 9327 §3.4: the first octet of the status where the response is an error. */
export const MODE6_ERRORS: ReadonlyMap<number, string> = new Map([
  [1, 'authentication failure'],
  [2, 'invalid message length or format'],
  [3, 'invalid opcode'],
  [4, 'unknown association'],
  [5, 'unknown variable'],
  [6, 'invalid variable value'],
  [7, 'administratively prohibited'],
]);

const MODE_CONTROL = 6;

/** The packet, or undefined where it is of another mode, cut short, or longer than data and padding. */
export function readMode6(payload: Uint8Array): Mode6Packet | undefined {
  const reader = new Reader(payload);
  const flags = reader.u8();
  const operation = reader.u8();
  const sequence = reader.u16();
  const status = reader.u16();
  const association = reader.u16();
  const offset = reader.u16();
  const count = reader.u16();
  const data = reader.take(count ?? 0);
  if (
    flags === undefined ||
    operation === undefined ||
    sequence === undefined ||
    status === undefined ||
    association === undefined ||
    offset === undefined ||
    data === undefined ||
    (flags & 0b111) !== MODE_CONTROL ||
    reader.remaining > padding(data.length)
  )
    return undefined;
  return {
    version: (flags >> 3) & 0b111,
    response: (operation & 0x80) !== 0,
    error: (operation & 0x40) !== 0,
    more: (operation & 0x20) !== 0,
    opcode: operation & 0x1f,
    sequence,
    status,
    association,
    offset,
    data,
  };
}

/**
 * The bytes of a packet, padded.
 * @param leap 0 to 3; 3, unsynchronised, in whatever a server without a source says.
 * @throws RangeError when a number does not fit its field.
 */
export function writeMode6(packet: Mode6Packet, leap = 0): Uint8Array {
  const { data } = packet;
  const bytes = new Uint8Array(MODE6_HEADER_BYTES + data.length + padding(data.length));
  const view = new DataView(bytes.buffer);
  view.setUint8(0, (fitting(leap, 2) << 6) | (fitting(packet.version, 3) << 3) | MODE_CONTROL);
  view.setUint8(
    1,
    (Number(packet.response) << 7) |
      (Number(packet.error) << 6) |
      (Number(packet.more) << 5) |
      fitting(packet.opcode, 5),
  );
  view.setUint16(2, fitting(packet.sequence, 16));
  view.setUint16(4, fitting(packet.status, 16));
  view.setUint16(6, fitting(packet.association, 16));
  view.setUint16(8, fitting(packet.offset, 16));
  view.setUint16(10, fitting(data.length, 16));
  bytes.set(data, MODE6_HEADER_BYTES);
  return bytes;
}

function padding(bytes: number): number {
  return (4 - (bytes % 4)) % 4;
}

function fitting(value: number, bits: number): number {
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** bits)
    throw new RangeError(`no unsigned ${bits}-bit number: ${value}`);
  return value;
}
