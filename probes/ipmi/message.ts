import type { Field } from '../probe.js';
import { layFields, showHex, type FieldShape } from '../wire/fields.js';
import { Reader } from '../wire/reader.js';

/** IPMI v2.0 §13.1.3: RMCP 1.0, no acknowledgement wanted, class IPMI. */
const RMCP = [0x06, 0x00, 0xff, 0x07] as const;
const NET_FN_APP = { request: 0x06, response: 0x07 } as const;
const GET_CHANNEL_AUTHENTICATION_CAPABILITIES = 0x38;

/** IPMI v2.0 §22.13: the one question that is answered outside a session and shows the rules of one. 23 bytes. */
export function writeCapabilitiesRequest(): Uint8Array {
  const address = [0x20, NET_FN_APP.request << 2]; // the BMC; network function, LUN 0
  const body = [
    0x81, // from remote console software
    0x00, // sequence 0, LUN 0
    GET_CHANNEL_AUTHENTICATION_CAPABILITIES,
    0x8e, // the channel that this is sent on, with what IPMI 2.0 adds
    0x04, // for an administrator
  ];
  const message = [...address, checksum(address), ...body, checksum(body)];
  return Uint8Array.of(
    ...RMCP,
    0x00, // authentication type: none
    ...[0, 0, 0, 0], // session sequence number: outside a session
    ...[0, 0, 0, 0], // session id
    message.length,
    ...message,
  );
}

/** What the channel says of itself (IPMI v2.0, table 22-15). */
export interface Capabilities {
  readonly completion: number;
  /** The data behind the completion code: channel, types, status, versions, OEM; empty where it is an error. */
  readonly data: Uint8Array;
}

/** Undefined for everything else than an answer to the request above, with both checksums right. */
export function readCapabilities(payload: Uint8Array): Capabilities | undefined {
  const reader = new Reader(payload);
  const isRmcp = RMCP.every((octet) => octet === reader.u8());
  const isOutsideSession = reader.u8() === 0 && reader.u32() === 0 && reader.u32() === 0;
  const message = reader.take(reader.u8() ?? 0);
  if (!isRmcp || !isOutsideSession || message === undefined || message.length < SHORTEST_ANSWER)
    return undefined;
  const [, netFn = 0] = message;
  const isAnswer =
    netFn >> 2 === NET_FN_APP.response && message[5] === GET_CHANNEL_AUTHENTICATION_CAPABILITIES;
  const body = message.subarray(3, -1);
  if (!isAnswer || message[2] !== checksum(message.subarray(0, 2)) || message.at(-1) !== checksum(body))
    return undefined;
  const [completion, data] = [message[6] ?? 0, message.subarray(7, -1)];
  return completion === 0 && data.length < CAPABILITIES_BYTES ? undefined : { completion, data };
}

/** With a completion code and nothing behind it. */
const SHORTEST_ANSWER = 8;
/** Channel, types, status, versions, the manufacturer's id and its own octet; IPMI 1.5 has as many. */
const CAPABILITIES_BYTES = 8;

/** §13.8: two's complement of the sum. */
export function checksum(bytes: Iterable<number>): number {
  let sum = 0;
  for (const byte of bytes) sum += byte;
  return -sum & 0xff;
}

const HEADER: readonly FieldShape[] = [
  [1, 'RMCP version'],
  [1, 'reserved'],
  [1, 'RMCP sequence'],
  [1, 'class', showHex],
];
const SESSION: readonly FieldShape[] = [
  [1, 'authentication type'],
  [4, 'session sequence'],
  [4, 'session id'],
  [1, 'message length'],
];
const MESSAGE: readonly FieldShape[] = [
  [1, 'responder or requester address', showHex],
  [1, 'network function and LUN', showHex],
  [1, 'checksum', showHex],
  [1, 'requester or responder address', showHex],
  [1, 'sequence and LUN', showHex],
  [1, 'command', showHex],
];
const REQUEST: readonly FieldShape[] = [
  [1, 'channel', showHex],
  [1, 'privilege level'],
  [1, 'checksum', showHex],
];
const ANSWER: readonly FieldShape[] = [
  [1, 'completion code', showHex],
  [1, 'channel'],
  [1, 'authentication types', showHex],
  [1, 'authentication status', showHex],
  [1, 'IPMI versions', showHex],
  [3, 'OEM id', showHex],
  [1, 'OEM data', showHex],
  [1, 'checksum', showHex],
];

export function dissectIpmi(payload: Uint8Array): readonly Field[] {
  return layFields(payload, shapesOf(payload));
}

function* shapesOf(payload: Uint8Array): Generator<FieldShape> {
  yield* HEADER;
  if (!RMCP.every((octet, i) => octet === payload[i])) return;
  yield* SESSION;
  yield* MESSAGE;
  if (payload[19] !== GET_CHANNEL_AUTHENTICATION_CAPABILITIES) return;
  yield* (payload[15] ?? 0) >> 2 === NET_FN_APP.request ? REQUEST : ANSWER;
}
