import type { FieldShape } from './fields.js';
import { Reader } from './reader.js';

/**
 * ONC RPC version 2 (RFC 5531) in XDR (RFC 4506), as far as a call without credentials over UDP needs it: there a
 * datagram is a message, without the record marks of TCP. Everything is a multiple of four bytes, big-endian.
 */
export interface RpcCall {
  /** Comes back in the reply. */
  readonly xid: number;
  readonly program: number;
  readonly version: number;
  readonly procedure: number;
}

/** RFC 5531 §9: an accepted call, or why it was not carried out. */
export const ACCEPTED = [
  'success',
  'program unavailable',
  'program version mismatch',
  'procedure unavailable',
  'garbage arguments',
  'system error',
] as const;

/** The reply to a call, up to where its results begin. */
export interface RpcReply {
  readonly xid: number;
  /** `denied`: the message itself, for its version or its credentials. */
  readonly outcome: (typeof ACCEPTED)[number] | 'denied';
}

const [CALL, REPLY] = [0, 1];
/** Its flavour, and no bytes. */
const AUTH_NONE = [0, 0];
const RPC_VERSION = 2;
const MOST_VERIFIER_BYTES = 400;

/** A call without arguments, its credentials and its verifier AUTH_NONE (RFC 5531 §8.1): 40 bytes. */
export function encodeRpcCall({ xid, program, version, procedure }: RpcCall): Uint8Array {
  return encodeXdrWords(...[xid, CALL, RPC_VERSION, program, version, procedure], ...AUTH_NONE, ...AUTH_NONE);
}

/** Unsigned integers, one after the other (RFC 4506 §4.2). */
export function encodeXdrWords(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of values.entries()) view.setUint32(4 * i, value);
  return bytes;
}

/** The head of such a call; undefined for anything else. What follows its procedure is not looked at. */
export function readRpcCall(reader: Reader): RpcCall | undefined {
  const [xid, direction, rpc] = [reader.u32(), reader.u32(), reader.u32()];
  const [program, version, procedure] = [reader.u32(), reader.u32(), reader.u32()];
  if (xid === undefined || program === undefined || version === undefined || procedure === undefined)
    return undefined;
  return direction === CALL && rpc === RPC_VERSION ? { xid, program, version, procedure } : undefined;
}

/** Leaves the reader where the results begin; undefined where it is no reply of version 2. */
export function readRpcReply(reader: Reader): RpcReply | undefined {
  const [xid, direction, status] = [reader.u32(), reader.u32(), reader.u32()];
  if (xid === undefined || direction !== REPLY) return undefined;
  if (status === 1) return reader.u32() === undefined ? undefined : { xid, outcome: 'denied' };
  // The verifier: its flavour, and what it holds.
  const flavour = reader.u32();
  const verifier = readXdrOpaque(reader, MOST_VERIFIER_BYTES);
  const outcome = ACCEPTED[reader.u32() ?? NaN];
  if (status !== 0 || flavour === undefined || verifier === undefined || outcome === undefined)
    return undefined;
  return { xid, outcome };
}

/** Bytes of variable length and the zeros that fill the last four (RFC 4506 §4.10); undefined where it is longer. */
export function readXdrOpaque(reader: Reader, mostBytes: number): Uint8Array | undefined {
  const length = reader.u32();
  if (length === undefined || length > mostBytes) return undefined;
  const bytes = reader.take(length);
  return reader.skip(paddedLength(length) - length) ? bytes : undefined;
}

/** What `readXdrOpaque` reads. */
export function encodeXdrOpaque(bytes: Uint8Array): Uint8Array {
  const encoded = new Uint8Array(4 + paddedLength(bytes.length));
  new DataView(encoded.buffer).setUint32(0, bytes.length);
  encoded.set(bytes, 4);
  return encoded;
}

function paddedLength(length: number): number {
  return Math.ceil(length / 4) * 4;
}

/** The shapes of a message up to where its arguments or results begin (RFC 5531 §9). @returns which it is. */
export function* rpcShapes(payload: Uint8Array): Generator<FieldShape, 'call' | 'reply'> {
  yield [4, 'xid'];
  yield [4, 'direction', named('call', 'reply')];
  if (new Reader(payload, 4).u32() === CALL) {
    yield* CALL_SHAPES;
    return 'call';
  }
  yield [4, 'reply', named('accepted', 'denied')];
  yield [8, 'verifier', () => 'AUTH_NONE'];
  yield [4, 'outcome', named(...ACCEPTED)];
  return 'reply';
}

const named =
  (...names: readonly string[]) =>
  (bytes: Uint8Array): string => {
    const value = new Reader(bytes).u32() ?? 0;
    return [value, names[value] ?? ''].join(' ').trim();
  };

const CALL_SHAPES: readonly FieldShape[] = [
  [4, 'RPC version'],
  [4, 'program'],
  [4, 'version'],
  [4, 'procedure'],
  [8, 'credentials', () => 'AUTH_NONE'],
  [8, 'verifier', () => 'AUTH_NONE'],
];
