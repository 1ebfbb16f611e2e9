import { Reader } from '../wire/reader.js';

/** RFC 8489 §5: the method Binding, and its class. */
export const TYPE = { bindingRequest: 0x0001, bindingSuccess: 0x0101, bindingError: 0x0111 } as const;
export const COOKIE = 0x2112_a442;
export const HEADER_BYTES = 20;

/** RFC 8489 §18.3, RFC 5780 §9, RFC 3489 §11.2. */
export const ATTRIBUTE = {
  mappedAddress: 0x0001,
  errorCode: 0x0009,
  xorMappedAddress: 0x0020,
  software: 0x8022,
  fingerprint: 0x8028,
  responseOrigin: 0x802b,
} as const;

export const ATTRIBUTE_NAMES: Readonly<Record<number, string>> = {
  0x0001: 'MAPPED-ADDRESS',
  0x0004: 'SOURCE-ADDRESS',
  0x0005: 'CHANGED-ADDRESS',
  0x0009: 'ERROR-CODE',
  0x0020: 'XOR-MAPPED-ADDRESS',
  0x8022: 'SOFTWARE',
  0x8028: 'FINGERPRINT',
  0x802b: 'RESPONSE-ORIGIN',
  0x802c: 'OTHER-ADDRESS',
};

export interface StunMessage {
  readonly type: number;
  /** Magic cookie and transaction id: 16 bytes, which were the id alone before RFC 5389. */
  readonly id: Uint8Array;
  readonly attributes: readonly { readonly type: number; readonly value: Uint8Array }[];
}

/** A response has hardly ten. */
const MOST_ATTRIBUTES = 64;

/** RFC 8489 §5 and §14: a message whose length is that of the datagram, each attribute padded to four bytes. */
export function readStun(bytes: Uint8Array): StunMessage | undefined {
  const reader = new Reader(bytes);
  const [type, length, id] = [reader.u16(), reader.u16(), reader.take(16)];
  if (type === undefined || id === undefined || type >= 0x4000 || length !== reader.remaining)
    return undefined;
  const attributes: StunMessage['attributes'][number][] = [];
  while (reader.remaining > 0) {
    const [attribute, bytesOfIt] = [reader.u16(), reader.u16()];
    const value = reader.take(bytesOfIt ?? -1);
    if (attribute === undefined || value === undefined || attributes.length === MOST_ATTRIBUTES)
      return undefined;
    attributes.push({ type: attribute, value });
    reader.skip(Math.min((4 - (value.length % 4)) % 4, reader.remaining));
  }
  return { type, id, attributes };
}

/** Of the first attribute of a type. */
export function valueOf({ attributes }: StunMessage, type: number): Uint8Array | undefined {
  return attributes.find((attribute) => attribute.type === type)?.value;
}

/**
 * RFC 8489 §14.1 and §14.2: family, port and address.
 * @param id cookie and transaction id, with which port and address are combined in XOR-MAPPED-ADDRESS.
 */
export function readAddress(
  value: Uint8Array | undefined,
  id: Uint8Array = new Uint8Array(16),
): { readonly family: 'IPv4' | 'IPv6'; readonly address: string; readonly port: number } | undefined {
  if (value === undefined || (value.length !== 8 && value.length !== 20)) return undefined;
  const plain = value.map((byte, i) => (i < 2 ? byte : byte ^ (id[i < 4 ? i - 2 : i - 4] ?? 0)));
  const port = new Reader(plain, 2).u16() ?? 0;
  const bytes = [...plain.subarray(4)];
  if (value[1] === 1 && bytes.length === 4) return { family: 'IPv4', address: bytes.join('.'), port };
  if (value[1] !== 2 || bytes.length !== 16) return undefined;
  const groups = Array.from({ length: 8 }, (_, i) =>
    ((bytes[2 * i] ?? 0) * 256 + (bytes[2 * i + 1] ?? 0)).toString(16),
  );
  return { family: 'IPv6', address: groups.join(':'), port };
}
