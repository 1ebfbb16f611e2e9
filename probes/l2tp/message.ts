import { Reader } from '../wire/reader.js';

/** Message types of the control connection (RFC 2661 §3.2). */
export const MESSAGE = {
  startRequest: 1,
  startReply: 2,
  stop: 4,
} as const;

export const MESSAGE_NAMES: Readonly<Record<number, string>> = {
  1: 'SCCRQ',
  2: 'SCCRP',
  3: 'SCCCN',
  4: 'StopCCN',
  6: 'HELLO',
};

/** Attributes (RFC 2661 §4.4). */
export const ATTRIBUTE = {
  messageType: 0,
  resultCode: 1,
  protocolVersion: 2,
  framingCapabilities: 3,
  firmwareRevision: 6,
  hostName: 7,
  vendorName: 8,
  assignedTunnelId: 9,
} as const;

export interface Attribute {
  readonly type: number;
  readonly value: Uint8Array;
}

/** A control message; without attributes it is an acknowledgement and nothing more (§5.8). */
export interface ControlMessage {
  /** Of the side that receives it; 0 as long as it has told none. */
  readonly tunnelId: number;
  /** Of this message, and of the one that is expected next. */
  readonly sent: number;
  readonly expected: number;
  readonly attributes: readonly Attribute[];
}

/** T, L and S set, version 2: the one form of a control message (§3.1). */
const CONTROL_FLAGS = 0xc802;
export const HEADER_BYTES = 12;
/** Flags and length, the vendor (0: IETF), the type. */
export const ATTRIBUTE_HEADER_BYTES = 6;
const MANDATORY = 0x8000;
const LENGTH_MASK = 0x03ff;
/** A message has hardly fifteen; one with more is read no further. */
const MOST_ATTRIBUTES = 64;

export function encodeControl({ tunnelId, sent, expected, attributes }: ControlMessage): Uint8Array {
  const body = attributes.flatMap(({ type, value }) => [
    ...u16(MANDATORY | (ATTRIBUTE_HEADER_BYTES + value.length)),
    ...u16(0),
    ...u16(type),
    ...value,
  ]);
  const length = HEADER_BYTES + body.length;
  // The session id of a control message is 0.
  const header = [CONTROL_FLAGS, length, tunnelId, 0, sent, expected].flatMap(u16);
  return Uint8Array.from([...header, ...body]);
}

/**
 * A control message of version 2 whose length is that of the datagram; attributes of vendors are left out. Undefined for
 * anything else. An attribute that is hidden (§4.3) is one of ours with a value that cannot be read.
 */
export function readControl(bytes: Uint8Array): ControlMessage | undefined {
  const reader = new Reader(bytes);
  const [flags, length, tunnelId, sessionId] = [reader.u16(), reader.u16(), reader.u16(), reader.u16()];
  const [sent, expected] = [reader.u16(), reader.u16()];
  if (tunnelId === undefined || sent === undefined || expected === undefined) return undefined;
  if (flags !== CONTROL_FLAGS || length !== bytes.length || sessionId !== 0) return undefined;
  const attributes: Attribute[] = [];
  while (reader.remaining > 0) {
    const [head, vendor, type] = [reader.u16(), reader.u16(), reader.u16()];
    const value = reader.take(((head ?? 0) & LENGTH_MASK) - ATTRIBUTE_HEADER_BYTES);
    if (type === undefined || value === undefined || attributes.length === MOST_ATTRIBUTES) return undefined;
    if (vendor === 0) attributes.push({ type, value });
  }
  return { tunnelId, sent, expected, attributes };
}

/** The value of the first attribute of a type. */
export function attributeOf({ attributes }: ControlMessage, type: number): Uint8Array | undefined {
  return attributes.find((attribute) => attribute.type === type)?.value;
}

/** A value of two bytes; undefined where it has fewer. */
export function numberOf(message: ControlMessage, type: number): number | undefined {
  return new Reader(attributeOf(message, type) ?? new Uint8Array()).u16();
}

export function u16(value: number): readonly number[] {
  return [value >> 8, value & 0xff];
}
