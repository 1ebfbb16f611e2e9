/**
 * What every NTP client sends and every server answers (RFC 5905 §7.3), modes 3 and 4: 48 bytes, in which the
 * answer's origin timestamp repeats the request's transmit timestamp.
 */
export const TIME_PACKET_BYTES = 48;
export const ORIGIN_AT = 24;
export const TRANSMIT_AT = 40;
export const MODE_CLIENT = 3;
export const MODE_SERVER = 4;

/**
 * A client's request of version 4. Instead of our time it carries a mark: servers only repeat it, and in a capture it
 * names the sender.
 */
export function timeRequest(): Uint8Array {
  const bytes = new Uint8Array(TIME_PACKET_BYTES);
  bytes[0] = (4 << 3) | MODE_CLIENT;
  bytes.set(new TextEncoder().encode('AMPSCOPE'), TRANSMIT_AT);
  return bytes;
}

export function isTimeRequest(payload: Uint8Array): boolean {
  return payload.length >= TIME_PACKET_BYTES && ((payload[0] ?? 0) & 0b111) === MODE_CLIENT;
}

/** The stratum that a server answers this request with, or undefined where these bytes are no such answer. */
export function stratumInAnswer(payload: Uint8Array, request: Uint8Array): number | undefined {
  if (payload.length < TIME_PACKET_BYTES || ((payload[0] ?? 0) & 0b111) !== MODE_SERVER) return undefined;
  for (let i = 0; i < 8; i++) if (payload[ORIGIN_AT + i] !== request[TRANSMIT_AT + i]) return undefined;
  return payload[1];
}
