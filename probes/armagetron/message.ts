import { latin1 } from '../wire/fields.js';
import { Reader } from '../wire/reader.js';

/** src/network/nServerInfo.cpp: the two questions of the server browser, and what is answered to each. */
export const DESCRIPTOR = {
  smallServerInformation: 50,
  bigServerInformation: 51,
  requestSmallServerInformation: 52,
  requestBigServerInformation: 53,
} as const;

export const DESCRIPTOR_NAMES: Readonly<Record<number, string>> = {
  50: 'small server information',
  51: 'big server information',
  52: 'request of the small server information',
  53: 'request of the big server information',
};

/** Descriptor, message id and length of the data in words of 16 bits; behind the data who sends: 0, who has no number. */
export const HEADER_BYTES = 6;
const SENDER_BYTES = 2;

export function writeMessage(descriptor: number, data: Uint8Array = new Uint8Array()): Uint8Array {
  const message = new Uint8Array(HEADER_BYTES + data.length + SENDER_BYTES);
  const view = new DataView(message.buffer);
  view.setUint16(0, descriptor);
  view.setUint16(2, 0); // message id: 0 asks for no acknowledgement
  view.setUint16(4, data.length / 2);
  message.set(data, HEADER_BYTES);
  view.setUint16(HEADER_BYTES + data.length, 0); // sender
  return message;
}

/** One message that is the whole datagram; undefined for anything else. */
export function readMessage(
  payload: Uint8Array,
): { readonly descriptor: number; readonly data: Uint8Array } | undefined {
  const reader = new Reader(payload);
  const [descriptor, id, words] = [reader.u16(), reader.u16(), reader.u16()];
  const data = words === undefined ? undefined : reader.take(2 * words);
  const sender = reader.u16();
  if (!reader.ok || reader.remaining > 0 || id !== 0 || sender !== 0) return undefined;
  return descriptor === undefined || data === undefined ? undefined : { descriptor, data };
}

/** A text has its length in 16 bits, its final zero counted, then its bytes, each pair of them the wrong way round. */
export function textOf(bytes: Uint8Array): string {
  const swapped = Uint8Array.from(bytes, (_, i) => bytes[i ^ 1] ?? 0);
  const end = swapped.indexOf(0);
  return latin1(end < 0 ? swapped : swapped.subarray(0, end));
}

/** So many bytes of data a text of that length has, padded to a word. */
export function paddedBytes(length: number): number {
  return length + (length % 2);
}
