/**
 * Does this host send back whatever it is sent over UDP? (RFC 862)
 *
 *     sent      72 78 01 02 29 6f 00 4d      four bytes of a mark, and the nonce
 *     received  72 78 01 02 29 6f 00 4d      the same
 *
 * It amplifies nothing. But a request whose forged source is another echo service, or any of its kind, makes the two
 * send to each other until a packet is lost: CERT CA-1996-01.
 */
import type { Nonce, RequestForm } from '../probe.js';
import { showHex } from '../wire/fields.js';
import { defineLoopService } from './loop-service.js';

/** No protocol that we know begins so. */
const MARK = [0x72, 0x78, 0x01, 0x02] as const;
const REQUEST_BYTES = 8;

const eightBytes: RequestForm = {
  name: 'eight-bytes',
  encode(nonce) {
    const request = new Uint8Array(REQUEST_BYTES);
    request.set(MARK);
    new DataView(request.buffer).setUint32(MARK.length, nonce);
    return request;
  },
};

export const echo = defineLoopService({
  id: 'echo',
  port: 7,
  standard: 'RFC 862',
  report: 'x_echo',
  request: eightBytes,
  nonce: { bits: 30, echoed },
  // Nothing but the very bytes that were sent is an echo: so nothing else passes for one.
  read: (payload, request) =>
    payload.length > 0 && payload.length === request.length && payload.every((byte, i) => byte === request[i])
      ? { bytes: payload.length }
      : undefined,
  otherwise: 'not what was sent',
  detail: () => ({
    en: 'sends back what it is sent: no amplification, but it can loop with any other that answers everything',
    ja: '送ったデータがそのまま返りました。増幅はありませんが、何にでも応答するほかのサービスとの間で応答が際限なく続くおそれがあります',
  }),
  dissect: (payload) => [{ at: 0, bytes: payload.length, name: 'data', value: showHex(payload) }],
  texts: {
    title: { en: 'Echo service answers over UDP', ja: 'echoサービスがUDPで応答しています' },
    harm: {
      en:
        'What it is sent comes back, as large as it was sent. With a forged sender address it hides where an attack ' +
        'comes from.',
      ja: '受け取ったデータを、同じ大きさのまま送り返します。送信元を詐称した要求に応答すると、攻撃元を隠す踏み台になります。',
    },
    seen: { en: 'the eight digits come back', ja: '同じ8桁の数字' },
    command: 'printf 12345678 | nc -u -w 3 ADDRESS PORT',
    isInWindows: true,
  },
  emulatedServers: [
    {
      name: 'echo-inetd',
      about:
        'xinetd 2.3.15, openbsd-inetd 0.20221205 and inetutils-inetd 2.4 alike: what was sent, an empty datagram too',
      reply: (request) => [request],
    },
  ],
});

function echoed(payload: Uint8Array): Nonce | undefined {
  if (payload.length !== REQUEST_BYTES || MARK.some((byte, i) => payload[i] !== byte)) return undefined;
  const nonce = new DataView(payload.buffer, payload.byteOffset).getUint32(MARK.length);
  return nonce < 2 ** 30 ? nonce : undefined;
}
