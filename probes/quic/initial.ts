import { createCipheriv, createHmac } from 'node:crypto';

/**
 * The first packet of a QUIC client, as RFC 9001 §5 protects it: with keys that everybody who sees its destination
 * connection id can make, so this keeps nothing secret. Version 1 alone (RFC 9000).
 */
export interface InitialKeys {
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
  readonly headerKey: Uint8Array;
}

/** RFC 9001 §5.2. */
const SALT = Buffer.from('38762cf7f55934b34d179ae6a4c80cadccbb7f0a', 'hex');

/** Those of the client's side. */
export function clientKeys(destination: Uint8Array): InitialKeys {
  const secret = expand(createHmac('sha256', SALT).update(destination).digest(), 'client in', 32);
  return {
    key: expand(secret, 'quic key', 16),
    iv: expand(secret, 'quic iv', 12),
    headerKey: expand(secret, 'quic hp', 16),
  };
}

/** HKDF-Expand-Label (RFC 8446 §7.1) without a context, for at most one block of SHA-256. */
function expand(secret: Uint8Array, label: string, bytes: number): Uint8Array {
  const name = `tls13 ${label}`;
  const info = Buffer.concat([Uint8Array.of(0, bytes, name.length), Buffer.from(name), Uint8Array.of(0, 1)]);
  return createHmac('sha256', secret).update(info).digest().subarray(0, bytes);
}

const [VERSION_1, NUMBER_BYTES, TAG_BYTES, SAMPLE_BYTES] = [1, 4, 16, 16];

/**
 * An Initial packet of so many bytes with these frames, and PADDING after them (RFC 9000 §17.2.2, §14.1).
 * @param keys from the destination connection id of the client's first packet, whatever `destination` is now.
 */
export function initialPacket(
  keys: InitialKeys,
  packet: {
    readonly destination: Uint8Array;
    readonly source: Uint8Array;
    /** Below 256. */
    readonly number: number;
    readonly frames: Uint8Array;
    readonly bytes: number;
  },
): Uint8Array {
  const { destination, source, number, frames, bytes } = packet;
  const before = Buffer.from([
    0xc0 | (NUMBER_BYTES - 1), // long header, fixed bit, Initial, length of the packet number
    ...[0, 0, 0, VERSION_1],
    ...[destination.length, ...destination],
    ...[source.length, ...source],
    0, // no token
  ]);
  const rest = bytes - before.length - 2;
  const header = Buffer.concat([before, twoByteInteger(rest), Uint8Array.of(0, 0, 0, number)]);
  const plain = Buffer.alloc(rest - NUMBER_BYTES - TAG_BYTES);
  plain.set(frames);
  const nonce = Uint8Array.from(keys.iv, (byte, at) => (at === keys.iv.length - 1 ? byte ^ number : byte));
  const cipher = createCipheriv('aes-128-gcm', keys.key, nonce).setAAD(header);
  const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return protectHeader(keys, Buffer.concat([header, sealed]), before.length + 2);
}

/** RFC 9001 §5.4.1 and §5.4.3: the packet number and four bits of the first octet. */
function protectHeader({ headerKey }: InitialKeys, packet: Buffer, numberAt: number): Uint8Array {
  const sample = packet.subarray(numberAt + NUMBER_BYTES, numberAt + NUMBER_BYTES + SAMPLE_BYTES);
  const mask = createCipheriv('aes-128-ecb', headerKey, null).update(sample);
  const covered = (at: number): number => {
    if (at === 0) return (mask[0] ?? 0) & 0x0f;
    return at >= numberAt && at < numberAt + NUMBER_BYTES ? (mask[1 + at - numberAt] ?? 0) : 0;
  };
  return Uint8Array.from(packet, (byte, at) => byte ^ covered(at));
}

/** RFC 9000 §16: an integer below 16,384 in two bytes. */
function twoByteInteger(value: number): Uint8Array {
  return Uint8Array.of(0x40 | (value >> 8), value & 0xff);
}

/** CRYPTO with a ClientHello (RFC 9000 §19.6, RFC 8446 §4.1.2) that a server of HTTP/3 can take; it names no host. */
export function clientHelloFrame(source: Uint8Array): Uint8Array {
  const extensions = [
    ...extension(43, [2, 0x03, 0x04]), // TLS 1.3
    ...extension(10, withLength([0x00, 0x1d, 0x00, 0x17])), // x25519, P-256
    ...extension(13, withLength([0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501].flatMap(u16))), // signatures
    // x25519 with the base point of RFC 7748 §6.1 for a key: nobody has to read what comes back.
    ...extension(51, withLength([0x00, 0x1d, ...withLength([9, ...Array.from({ length: 31 }, () => 0)])])),
    ...extension(16, withLength([2, 0x68, 0x33])), // h3
    ...extension(57, [
      ...[0x0f, source.length, ...source], // initial_source_connection_id (RFC 9000 §18.2)
      ...[0x04, 2, ...twoByteInteger(4096)], // initial_max_data
      ...[0x06, 2, ...twoByteInteger(1024), 0x07, 2, ...twoByteInteger(1024)], // of a stream that the server opens
      ...[0x09, 1, 3], // initial_max_streams_uni: HTTP/3 needs three (RFC 9114 §6.2)
    ]),
  ];
  const body = [
    ...[0x03, 0x03],
    ...new TextEncoder().encode('ampscope'.repeat(4)), // random where a handshake is meant to end
    0, // no session
    ...withLength([0x13, 0x01, 0x13, 0x02, 0x13, 0x03]),
    ...[1, 0], // no compression
    ...withLength(extensions),
  ];
  const message = [1, 0, ...withLength(body)];
  return Uint8Array.from([0x06, 0, ...twoByteInteger(message.length), ...message]);
}

/** CONNECTION_CLOSE without an error (RFC 9000 §19.19). */
export const CONNECTION_CLOSE = Uint8Array.of(0x1c, 0, 0, 0);

function extension(type: number, body: readonly number[]): readonly number[] {
  return [...u16(type), ...withLength(body)];
}

function withLength(body: readonly number[]): readonly number[] {
  return [...u16(body.length), ...body];
}

function u16(value: number): readonly number[] {
  return [value >> 8, value & 0xff];
}
