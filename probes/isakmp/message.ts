import { Reader } from '../wire/reader.js';

/** The header is the same in both versions (RFC 7296 §3.1, RFC 2408 §3.1). */
export const HEADER_BYTES = 28;

export const IKE_SA_INIT = 34;
export const MAIN_MODE = 2;
/** RFC 2408 §3.1: what an IKEv1 responder sends to refuse. */
const INFORMATIONAL_V1 = 5;
/** RFC 7296 §3.1. */
const [FROM_INITIATOR, RESPONSE] = [0x08, 0x20] as const;

/** The payloads that a response is read by: security association and notification, in IKEv1 and in IKEv2. */
const PAYLOADS = { 1: { sa: 1, notify: 11 }, 2: { sa: 33, notify: 41 } } as const;

/** RFC 7296 §3.10.1, and RFC 2408 §3.14.1 where the number is the same. */
export const COOKIE = 16_390;
const NOTIFICATIONS: ReadonlyMap<number, string> = new Map([
  [5, 'invalid-major-version'],
  [7, 'invalid-syntax'],
  [14, 'no-proposal-chosen'],
  [17, 'invalid-ke-payload'],
  [24, 'authentication-failed'],
  [COOKIE, 'cookie'],
]);

/** What a response says. A type, so that it passes for Facts; the names are the columns of scan_isakmp. */
export type IkeAnswer = {
  readonly version: 1 | 2;
  /** `sa`: it takes the offer up; else the name of the notification in its place. */
  readonly says: string;
  readonly initiator_spi: string;
  readonly responder_spi: string;
  readonly next_payload: number;
  readonly exchange_type: number;
  readonly flags: number;
  readonly message_id: string;
  /** What follows the first payload. */
  readonly next_payload2: number;
  /** IKEv1 alone has one. */
  readonly domain_of_interpretation?: number;
  readonly protocol_id: number;
  readonly spi_size: number;
  readonly notify_message_type?: number;
};

/**
 * A response to a first message of IKE: the header, and the security association or notification that it begins with.
 * Undefined where the bytes are no such response.
 */
export function readResponse(payload: Uint8Array): IkeAnswer | undefined {
  const reader = new Reader(payload);
  const initiator = reader.take(8);
  const responder = reader.take(8);
  const type = reader.u8() ?? 0;
  const version = (reader.u8() ?? 0) >> 4;
  const exchange = reader.u8() ?? 0;
  const flags = reader.u8() ?? 0;
  const messageId = reader.take(4);
  if (reader.u32() !== payload.length || !initiator || !responder || !messageId) return undefined;
  if (version !== 1 && version !== 2) return undefined;
  const hasResponder = responder.some((byte) => byte !== 0);
  const isResponse =
    version === 2
      ? (flags & (FROM_INITIATOR | RESPONSE)) === RESPONSE
      : // IKEv1 has no such flag: the cookie of the responder makes a main mode one.
        flags === 0 && (exchange === INFORMATIONAL_V1 || (exchange === MAIN_MODE && hasResponder));
  if (!isResponse) return undefined;

  const next = reader.u8() ?? 0;
  reader.skip(3); // critical bit or reserved, length
  const domain = version === 1 ? reader.u32() : undefined;
  const isSa = type === PAYLOADS[version].sa;
  if (!isSa && type !== PAYLOADS[version].notify) return undefined;
  // Of an SA: the situation of IKEv1; then of its proposal the next one, reserved, length, number.
  if (isSa) reader.skip(version === 1 ? 4 + 5 : 5);
  const protocol = reader.u8() ?? 0;
  const spiBytes = reader.u8() ?? 0;
  const notification = isSa ? undefined : (reader.u16() ?? 0);
  if (!reader.ok) return undefined;
  return {
    version,
    says: notification === undefined ? 'sa' : (NOTIFICATIONS.get(notification) ?? `notify-${notification}`),
    initiator_spi: hexOf(initiator),
    responder_spi: hexOf(responder),
    next_payload: type,
    exchange_type: exchange,
    flags,
    message_id: hexOf(messageId),
    next_payload2: next,
    ...(domain !== undefined && { domain_of_interpretation: domain }),
    protocol_id: protocol,
    spi_size: spiBytes,
    ...(notification !== undefined && { notify_message_type: notification }),
  };
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
