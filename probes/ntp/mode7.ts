import { Reader } from '../wire/reader.js';

/**
 * NTP mode 7: ntpd's own control packets, reserved for private use by RFC 5905 §7.3 and written down only in
 * ntp_request.h of ntpd. Numbers are big-endian.
 *
 *     0  R (1)  M (1)  version (3)  mode (3)     R: a response; M: more datagrams of it follow
 *     1  A (1)  sequence (7)                     A: authenticated
 *     2  implementation
 *     3  request code
 *     4  error (4)     number of items (12)
 *     6  reserved (4)  bytes of an item (12)
 *     8  data: the items without padding, 500 bytes at most
 */
export interface Mode7Packet {
  readonly response: boolean;
  /** Another datagram of the same answer follows. */
  readonly more: boolean;
  /** The NTP version, 0 to 7. */
  readonly version: number;
  readonly authenticated: boolean;
  /** The datagram's place in its answer, from 0 to 127. */
  readonly sequence: number;
  readonly implementation: number;
  readonly code: number;
  /** 0 in a request and in a good answer, otherwise one of MODE7_ERRORS. */
  readonly error: number;
  readonly items: number;
  /** Zero in everything that ntpd accepts or sends. */
  readonly reserved: number;
  readonly itemBytes: number;
  /** Everything behind the header, whatever the two counts say. */
  readonly data: Uint8Array;
}

/** What an error nibble says, by ntp_request.h: INFO_ERR_IMPL, _REQ, _FMT, _NODATA, _AUTH. */
export const MODE7_ERRORS = {
  implementation: 1,
  request: 2,
  format: 3,
  noData: 4,
  authentication: 7,
} as const;

/** The request code MON_GETLIST_1: the hosts heard last. Read-only, and not itself entered in the list. */
export const MONLIST_CODE = 42;

/** The most bytes of items that ntpd puts into one datagram (ntp_request.h: RESP_DATA_SIZE). */
export const MODE7_DATA_BYTES = 500;

const MODE_PRIVATE = 7;

/** The packet, or undefined where the bytes are fewer than a header or of another mode. */
export function readMode7(payload: Uint8Array): Mode7Packet | undefined {
  const reader = new Reader(payload);
  const flags = reader.u8();
  const place = reader.u8();
  const implementation = reader.u8();
  const code = reader.u8();
  const errorAndItems = reader.u16();
  const reservedAndSize = reader.u16();
  const data = reader.take(reader.remaining);
  if (
    flags === undefined ||
    place === undefined ||
    implementation === undefined ||
    code === undefined ||
    errorAndItems === undefined ||
    reservedAndSize === undefined ||
    data === undefined ||
    (flags & 0b111) !== MODE_PRIVATE
  )
    return undefined;
  return {
    response: (flags & 0x80) !== 0,
    more: (flags & 0x40) !== 0,
    version: (flags >> 3) & 0b111,
    authenticated: (place & 0x80) !== 0,
    sequence: place & 0x7f,
    implementation,
    code,
    error: errorAndItems >> 12,
    items: errorAndItems & 0xfff,
    reserved: reservedAndSize >> 12,
    itemBytes: reservedAndSize & 0xfff,
    data,
  };
}

/** The bytes of a packet. @throws RangeError when a number does not fit its field. */
export function writeMode7(packet: Mode7Packet): Uint8Array {
  const errorAndItems = (fitting(packet.error, 4) << 12) | fitting(packet.items, 12);
  const reservedAndSize = (fitting(packet.reserved, 4) << 12) | fitting(packet.itemBytes, 12);
  const bytes = new Uint8Array(8 + packet.data.length);
  bytes.set([
    (Number(packet.response) << 7) |
      (Number(packet.more) << 6) |
      (fitting(packet.version, 3) << 3) |
      MODE_PRIVATE,
    (Number(packet.authenticated) << 7) | fitting(packet.sequence, 7),
    fitting(packet.implementation, 8),
    fitting(packet.code, 8),
    errorAndItems >> 8,
    errorAndItems & 0xff,
    reservedAndSize >> 8,
    reservedAndSize & 0xff,
  ]);
  bytes.set(packet.data, 8);
  return bytes;
}

function fitting(value: number, bits: number): number {
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** bits)
    throw new RangeError(`no unsigned ${bits}-bit number: ${value}`);
  return value;
}
