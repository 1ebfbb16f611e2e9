import type { Nonce } from '../probe.js';
import { showHex, type FieldShape } from '../wire/fields.js';
import { Reader } from '../wire/reader.js';

/** The five high bits of the first octet; the three low ones number the key, 0 in a first handshake. */
export const OPCODE = { ack: 5, clientReset: 7, serverReset: 8 } as const;

/** A packet of the control channel without tls-auth or tls-crypt (openvpn-rfc, "Control channel packet"). */
export interface ControlPacket {
  readonly opcode: number;
  /** Of the side that sends it. */
  readonly session: Uint8Array;
  /** What is acknowledged, and whose session that was; absent where nothing is. */
  readonly acknowledged?: { readonly count: number; readonly session: Uint8Array };
}

const SESSION_BYTES = 8;
/** ssl_pkt.h, RELIABLE_ACK_SIZE: so many packets are acknowledged at once. */
const MOST_ACKNOWLEDGED = 8;
/**
 * The high half of our session ids; the low half is the nonce. Never both zero, for that means that there is none, and
 * different in all octets, as the random ids of clients are.
 */
const highHalf = (nonce: Nonce): number => (Math.imul(nonce, 0x9e3779b1) ^ 0x61_6d_70_73) >>> 0;

/** 14 bytes: the reset, with a session id of ours, that opens a handshake, and nothing acknowledged. */
export function writeReset(nonce: Nonce): Uint8Array {
  const request = new Uint8Array(14);
  const view = new DataView(request.buffer);
  view.setUint8(0, OPCODE.clientReset << 3); // P_CONTROL_HARD_RESET_CLIENT_V2, key 0
  view.setUint32(1, highHalf(nonce)); // session id
  view.setUint32(5, nonce);
  view.setUint8(9, 0); // packets acknowledged
  view.setUint32(10, 0); // packet id
  return request;
}

/** Undefined for anything else than a reset or an acknowledgement of key 0. */
export function readControlPacket(payload: Uint8Array): ControlPacket | undefined {
  const reader = new Reader(payload);
  const first = reader.u8() ?? 0;
  const session = reader.take(SESSION_BYTES);
  const count = reader.u8() ?? 0;
  const opcode = first >> 3;
  if ((first & 7) !== 0 || count > MOST_ACKNOWLEDGED || session === undefined) return undefined;
  if (!Object.values<number>(OPCODE).includes(opcode)) return undefined;
  let acknowledged: ControlPacket['acknowledged'];
  if (count > 0) {
    reader.skip(4 * count);
    const remote = reader.take(SESSION_BYTES);
    if (remote !== undefined) acknowledged = { count, session: remote };
  }
  if (opcode !== OPCODE.ack) reader.u32();
  return reader.ok ? { opcode, session, ...(acknowledged && { acknowledged }) } : undefined;
}

/** The low half of the session that an answer acknowledges, as far as a nonce goes. */
export function acknowledgedNonce(payload: Uint8Array): Nonce | undefined {
  const session = readControlPacket(payload)?.acknowledged?.session;
  return session && new DataView(session.buffer, session.byteOffset).getUint32(4) % 2 ** NONCE_BITS;
}

export const NONCE_BITS = 30;

const OPCODE_NAMES: Readonly<Record<number, string>> = {
  [OPCODE.ack]: 'P_ACK_V1',
  [OPCODE.clientReset]: 'P_CONTROL_HARD_RESET_CLIENT_V2',
  [OPCODE.serverReset]: 'P_CONTROL_HARD_RESET_SERVER_V2',
};

export function* shapesOf(payload: Uint8Array): Generator<FieldShape> {
  const [first = 0] = payload;
  const opcode = first >> 3;
  yield [1, 'opcode and key', () => `${OPCODE_NAMES[opcode] ?? `opcode ${opcode}`}, key ${first & 7}`];
  if (OPCODE_NAMES[opcode] === undefined) return;
  yield [SESSION_BYTES, 'session id', showHex];
  const count = payload[1 + SESSION_BYTES] ?? 0;
  yield [1, 'packets acknowledged'];
  if (count > MOST_ACKNOWLEDGED) return;
  for (let i = 0; i < count; i++) yield [4, 'acknowledged packet id'];
  if (count > 0) yield [SESSION_BYTES, 'acknowledged session id', showHex];
  if (opcode !== OPCODE.ack) yield [4, 'packet id'];
}
