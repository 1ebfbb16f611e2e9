import type { RequestForm } from '../probe.js';
import { HEADER_BYTES, IKE_SA_INIT, MAIN_MODE } from './message.js';

/** The first half of every SPI of ours: no SPI may be zero (RFC 7296 §3.1). */
const SPI_MARK = 0x616d7073;

/** AES-CBC of 128 bits, PRF and integrity by HMAC-SHA2-256, 2048-bit MODP: what RFC 8247 asks every IKEv2 to know. */
const SA_V2 = [
  ...[0x22, 0x00, 0x00, 0x30], // next payload KE; 48 bytes
  ...[0x00, 0x00, 0x00, 0x2c], // the last proposal; 44 bytes
  ...[0x01, 0x01, 0x00, 0x04], // number 1; protocol IKE; no SPI; four transforms
  ...[0x03, 0x00, 0x00, 0x0c, 0x01, 0x00, 0x00, 0x0c, 0x80, 0x0e, 0x00, 0x80], // ENCR_AES_CBC, key of 128 bits
  ...[0x03, 0x00, 0x00, 0x08, 0x02, 0x00, 0x00, 0x05], // PRF_HMAC_SHA2_256
  ...[0x03, 0x00, 0x00, 0x08, 0x03, 0x00, 0x00, 0x0c], // AUTH_HMAC_SHA2_256_128
  ...[0x00, 0x00, 0x00, 0x08, 0x04, 0x00, 0x00, 0x0e], // group 14
] as const;
const KE_HEADER = [
  ...[0x28, 0x00, 0x01, 0x08], // next payload nonce; 264 bytes
  ...[0x00, 0x0e, 0x00, 0x00], // group 14; reserved
] as const;
const KE_BYTES = 256;
/** Any public value of the group will do, for nothing is ever encrypted with it. */
const KE_FILL = 0x11;
const NONCE_HEADER = [0x00, 0x00, 0x00, 0x14] as const; // the last payload; 20 bytes
const NONCE_BYTES = 16;

/** The same in IKEv1, authenticated by a pre-shared key, as most that know no IKEv2 are set up. */
const SA_V1 = [
  ...[0x00, 0x00, 0x00, 0x38], // the last payload; 56 bytes
  ...[0x00, 0x00, 0x00, 0x01], // domain of interpretation: IPsec
  ...[0x00, 0x00, 0x00, 0x01], // situation: identity only
  ...[0x00, 0x00, 0x00, 0x2c], // the last proposal; 44 bytes
  ...[0x01, 0x01, 0x00, 0x01], // number 1; protocol ISAKMP; no SPI; one transform
  ...[0x00, 0x00, 0x00, 0x24], // the last transform; 36 bytes
  ...[0x01, 0x01, 0x00, 0x00], // number 1; KEY_IKE; reserved
  ...[0x80, 0x01, 0x00, 0x07], // encryption: AES-CBC
  ...[0x80, 0x0e, 0x00, 0x80], // of 128 bits
  ...[0x80, 0x02, 0x00, 0x04], // hash: SHA2-256
  ...[0x80, 0x04, 0x00, 0x0e], // group 14
  ...[0x80, 0x03, 0x00, 0x01], // authentication: pre-shared key
  ...[0x80, 0x0b, 0x00, 0x01], // life type: seconds
  ...[0x80, 0x0c, 0x70, 0x80], // 28,800
] as const;

/** RFC 7296 §1.2: the first message of IKEv2. */
export const saInit: RequestForm = {
  name: 'sa-init',
  encode(nonce) {
    const body = [...SA_V2, ...KE_HEADER, ...filled(KE_BYTES), ...NONCE_HEADER, ...filled(NONCE_BYTES)];
    return withHeader(nonce, { nextPayload: 33, version: 0x20, exchange: IKE_SA_INIT, flags: 0x08 }, body);
  },
};

/** RFC 2409 §5.4: the first message of IKEv1. Aggressive mode is never asked: it tells who we claim to be. */
export const mainMode: RequestForm = {
  name: 'main-mode',
  encode: (nonce) =>
    withHeader(nonce, { nextPayload: 1, version: 0x10, exchange: MAIN_MODE, flags: 0 }, SA_V1),
};

function filled(bytes: number): readonly number[] {
  return Array.from({ length: bytes }, () => KE_FILL);
}

function withHeader(
  nonce: number,
  {
    nextPayload,
    version,
    exchange,
    flags,
  }: {
    readonly nextPayload: number;
    readonly version: number;
    readonly exchange: number;
    readonly flags: number;
  },
  body: readonly number[],
): Uint8Array {
  const message = new Uint8Array(HEADER_BYTES + body.length);
  const view = new DataView(message.buffer);
  view.setUint32(0, SPI_MARK); // SPI of the initiator
  view.setUint32(4, nonce);
  view.setBigUint64(8, 0n); // SPI of the responder: not known yet
  message[16] = nextPayload;
  message[17] = version;
  message[18] = exchange;
  message[19] = flags; // in IKEv2: from the initiator
  view.setUint32(20, 0); // message id
  view.setUint32(24, message.length);
  message.set(body, HEADER_BYTES);
  return message;
}
