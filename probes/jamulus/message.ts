import { Reader } from '../wire/reader.js';

/** src/protocol.h of Jamulus: messages that need no connection. */
export const MESSAGE = {
  serverList: 1006,
  requestServerList: 1007,
  empty: 1009,
  reducedServerList: 1018,
} as const;

const NAMES: Readonly<Record<number, string>> = {
  [MESSAGE.serverList]: 'CLM_SERVER_LIST',
  [MESSAGE.requestServerList]: 'CLM_REQ_SERVER_LIST',
  [MESSAGE.empty]: 'CLM_EMPTY_MESSAGE',
  [MESSAGE.reducedServerList]: 'CLM_RED_SERVER_LIST',
  1001: 'CLM_PING_MS',
  1002: 'CLM_PING_MS_WITHNUMCLIENTS',
  1011: 'CLM_VERSION_AND_OS',
  1012: 'CLM_REQ_VERSION_AND_OS',
};

/** `1018 (CLM_RED_SERVER_LIST)`. */
export function messageName(id: number): string {
  return NAMES[id] === undefined ? String(id) : `${id} (${NAMES[id]})`;
}

/** Before the data: tag 0 (2), id (2), counter (1), length of the data (2). Behind them a CRC (2). */
export const HEADER_BYTES = 7;
const CRC_BYTES = 2;

/** A frame around these data. Every number of the protocol is little-endian. */
export function writeMessage(id: number, data: Uint8Array = new Uint8Array()): Uint8Array {
  const frame = new Uint8Array(HEADER_BYTES + data.length + CRC_BYTES);
  const view = new DataView(frame.buffer);
  view.setUint16(0, 0); // tag
  view.setUint16(2, id, true);
  view.setUint8(4, 0); // counter: of messages that are acknowledged, and these are not
  view.setUint16(5, data.length, true);
  frame.set(data, HEADER_BYTES);
  view.setUint16(frame.length - CRC_BYTES, crcOf(frame.subarray(0, -CRC_BYTES)), true);
  return frame;
}

/** Id and data of a frame; undefined where tag, length or CRC are those of none. */
export function readMessage(
  payload: Uint8Array,
): { readonly id: number; readonly data: Uint8Array } | undefined {
  if (payload.length < HEADER_BYTES + CRC_BYTES) return undefined;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  const end = payload.length - CRC_BYTES;
  if (view.getUint16(0) !== 0 || view.getUint16(5, true) !== end - HEADER_BYTES) return undefined;
  if (view.getUint16(end, true) !== crcOf(payload.subarray(0, end))) return undefined;
  return { id: view.getUint16(2, true), data: payload.subarray(HEADER_BYTES, end) };
}

/** G(x) = x^16 + x^12 + x^5 + 1, from all ones, inverted (src/util.h, CCRC). */
function crcOf(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) crc = ((crc << 8) & 0xffff) ^ (CRC_TABLE[(crc >> 8) ^ byte] ?? 0);
  return ~crc & 0xffff;
}

const CRC_TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  return crc;
});

/** The lengths of an entry's parts: those of a fixed length, then of the texts behind it (name, a spare one, city). */
export interface Entry {
  readonly fixedBytes: number;
  readonly textBytes: readonly number[];
}

/**
 * The entries of a list, one after the other; ends where one does not fit.
 * Full: address (4), port (2), country (2), most musicians (1), permanent (1), then three texts of a length (2) each.
 * Reduced: address (4), port (2), then a text of a length (1).
 */
export function* entriesOf(id: number, data: Uint8Array): Generator<Entry> {
  const [fixedBytes, lengthBytes, texts] = id === MESSAGE.serverList ? [10, 2, 3] : [6, 1, 1];
  const reader = new Reader(data);
  while (reader.skip(fixedBytes)) {
    const textBytes: number[] = [];
    for (let i = 0; i < texts; i++) {
      const low = reader.u8() ?? 0;
      const length = lengthBytes === 1 ? low : low + 256 * (reader.u8() ?? 0);
      if (!reader.skip(length)) return;
      textBytes.push(length);
    }
    yield { fixedBytes, textBytes };
  }
}
