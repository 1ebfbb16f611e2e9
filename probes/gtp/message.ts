import type { Field } from '../probe.js';
import { layFields, showHex, type FieldShape } from '../wire/fields.js';
import { Reader } from '../wire/reader.js';

/**
 * Signalling messages of the GPRS tunnelling protocol that name no tunnel: version 1 (3GPP TS 29.060 §6, TS 29.281 §5) as
 * long as its optional fields are there, version 2 (TS 29.274 §5) without a TEID, and version 0 (TS 09.60 §6).
 */
export interface Message {
  readonly version: 0 | 1 | 2;
  /** The first octet. */
  readonly flags: number;
  readonly type: number;
  readonly length: number;
  /** Of versions 0 and 1; the tunnel is 0 for a path. Absent in version 2. */
  readonly teid?: number;
  /** Versions 0 and 1 have 16 bits, version 2 has 24. */
  readonly sequence: number;
  /** What follows the header. */
  readonly elements: Uint8Array;
}

/** TS 29.060 table 1, TS 29.274 table 6.1-1. */
export const MESSAGE_TYPES: ReadonlyMap<number, string> = new Map([
  [1, 'Echo Request'],
  [2, 'Echo Response'],
  [3, 'Version Not Supported'],
]);
export const [ECHO_REQUEST, ECHO_RESPONSE, VERSION_NOT_SUPPORTED] = [1, 2, 3] as const;

const [PROTOCOL_TYPE, HAS_SEQUENCE, OPTIONAL, HAS_TEID] = [0x10, 0x02, 0x07, 0x08];
/** Versions 0 and 1: one octet follows. Version 2: a length of two octets and an instance come first. */
const [RECOVERY_V1, RECOVERY_V2] = [14, 3];

/** Undefined where the bytes are no message of this shape, or not as long as they say. */
export function readGtp(payload: Uint8Array): Message | undefined {
  const reader = new Reader(payload);
  const [flags = 0, type = 0, length = 0] = [reader.u8(), reader.u8(), reader.u16()];
  const version = flags >> 5;
  const head = { flags, type, length };
  if (version === 0 && (flags & PROTOCOL_TYPE) !== 0) {
    const sequence = reader.u16();
    reader.skip(6); // flow label, N-PDU number and spare octets
    const [teid] = [reader.u32(), reader.u32()];
    if (teid === undefined || sequence === undefined || length !== reader.remaining) return undefined;
    return { ...head, version, teid, sequence, elements: payload.subarray(reader.offset) };
  }
  if (version === 1 && (flags & PROTOCOL_TYPE) !== 0 && (flags & HAS_SEQUENCE) !== 0) {
    const teid = reader.u32();
    const isAsLong = length === reader.remaining;
    const sequence = reader.u16();
    // N-PDU number and next extension header are there too where one of the three is (TS 29.060 §6).
    if (!reader.skip(2) || !isAsLong || teid === undefined || sequence === undefined) return undefined;
    return { ...head, version, teid, sequence, elements: payload.subarray(reader.offset) };
  }
  if (version === 2 && (flags & HAS_TEID) === 0 && length === reader.remaining) {
    const [high, low] = [reader.u16(), reader.u8()];
    if (!reader.skip(1) || high === undefined || low === undefined) return undefined;
    return { ...head, version, sequence: high * 256 + low, elements: payload.subarray(reader.offset) };
  }
  return undefined;
}

/** The restart counter, where it is the first element (TS 29.060 §7.7.11, TS 29.274 §8.5). */
export function recoveryIn({ version, elements: [type, ...rest] }: Message): number | undefined {
  if (version < 2) return type === RECOVERY_V1 ? rest[0] : undefined;
  return type === RECOVERY_V2 && rest[0] === 0 && rest[1] === 1 ? rest[3] : undefined;
}

/** Version 1 with a sequence number and without a tunnel: 12 bytes. */
export function echoRequestV1(sequence: number): Uint8Array {
  return Uint8Array.of(
    (1 << 5) | PROTOCOL_TYPE | HAS_SEQUENCE,
    ECHO_REQUEST,
    ...[0, 4], // length of what follows the tunnel
    ...[0, 0, 0, 0], // tunnel
    ...[sequence >> 8, sequence & 0xff],
    0, // N-PDU number, unused
    0, // no extension header
  );
}

/** Version 2 with the restart counter that it must have (TS 29.274 §7.1.1): 13 bytes. */
export function echoRequestV2(sequence: number): Uint8Array {
  return Uint8Array.of(
    2 << 5,
    ECHO_REQUEST,
    ...[0, 9], // length of what follows
    ...[0, sequence >> 8, sequence & 0xff],
    0, // spare
    ...[RECOVERY_V2, 0, 1, 0, 0], // Recovery, one octet, instance 0: 0
  );
}

/** Version 0, as GTP' too had it first (TS 32.295 §6.1.1 has six octets, and this header for who asks with it): 20 bytes. */
export function echoRequestV0(sequence: number): Uint8Array {
  return Uint8Array.of(
    PROTOCOL_TYPE | 0x0e, // spare bits are 1
    ECHO_REQUEST,
    ...[0, 0], // nothing follows
    ...[sequence >> 8, sequence & 0xff],
    ...[0, 0, 0, 0, 0, 0], // flow label, N-PDU number, spare
    ...[0, 0, 0, 0, 0, 0, 0, 0], // tunnel
  );
}

const COMMON: readonly FieldShape[] = [
  [1, 'flags', showHex],
  [1, 'message type', ([type = 0]) => `${type} ${MESSAGE_TYPES.get(type) ?? ''}`.trim()],
  [2, 'length'],
];
const OWN: readonly (readonly FieldShape[])[] = [
  [
    [2, 'sequence number'],
    [2, 'flow label'],
    [1, 'N-PDU number'],
    [3, 'spare', showHex],
    [8, 'tunnel', showHex],
  ],
  [
    [4, 'tunnel', showHex],
    [2, 'sequence number'],
    [1, 'N-PDU number'],
    [1, 'next extension header'],
  ],
  [
    [3, 'sequence number'],
    [1, 'spare'],
  ],
];

export function dissectGtp(payload: Uint8Array): readonly Field[] {
  return layFields(payload, shapesOf(payload), { rest: 'information elements' });
}

function* shapesOf(payload: Uint8Array): Generator<FieldShape> {
  yield* COMMON;
  const flags = payload[0] ?? 0;
  const version = flags >> 5;
  const shapes = OWN[version] ?? [];
  // Of a header without optional fields only the tunnel is there.
  yield* version === 1 && (flags & OPTIONAL) === 0 ? shapes.slice(0, 1) : shapes;
  const header = version === 0 ? 20 : version === 1 ? 12 : 8;
  const type = payload[header];
  if (version < 2 && type === RECOVERY_V1) {
    yield [1, 'element', () => 'Recovery'];
    yield [1, 'restart counter'];
  } else if (type === RECOVERY_V2) {
    yield [4, 'element', () => 'Recovery'];
    yield [1, 'restart counter'];
  }
}
