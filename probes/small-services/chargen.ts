/**
 * Does this host generate characters over UDP? (RFC 864)
 *
 *     sent      01                                     any datagram will do; one byte, as an empty one has no factor
 *     received  20 21 22 23 … 66 67 0d 0a              74 bytes from openbsd-inetd and inetutils-inetd
 *               21 22 23 24 … 67 68 0d 0a 22 23 …      1,024 bytes from xinetd
 *
 * This is the smallest probe: read it first, and copy it for a service that answers every datagram. Any other protocol
 * begins with `npm run new-probe`.
 */
import { defineLoopService } from './loop-service.js';
import { generate, linesOf, looksGenerated } from './pattern.js';

/** RFC 864: a datagram holds a random number of characters between 0 and 512; real servers send up to 1,024. */
const MOST_CHARACTERS = 512;

export const chargen = defineLoopService({
  id: 'chargen',
  port: 19,
  standard: 'RFC 864',
  published: { factor: '358.8', source: 'US-CERT TA14-017A; Rossow, NDSS 2014' },
  inDefault: 'yes: reported',
  report: 'scan_chargen',
  request: { name: 'one-byte', encode: () => Uint8Array.of(0x01) },
  read: (payload) => (looksGenerated(payload) ? { datagram_bytes: payload.length } : undefined),
  otherwise: 'no rotating pattern of printable characters',
  detail: ({ datagram_bytes: bytes = 0 }) => ({
    en:
      Number(bytes) > MOST_CHARACTERS
        ? `a datagram of ${bytes} bytes, more than the ${MOST_CHARACTERS} that RFC 864 allows`
        : `a datagram of ${bytes} bytes`,
    ja:
      Number(bytes) > MOST_CHARACTERS
        ? `${bytes}バイトのデータグラムが返りました（RFC 864の上限${MOST_CHARACTERS}バイトを超えています）`
        : `${bytes}バイトのデータグラムが返りました`,
  }),
  dissect: linesOf,
  texts: {
    title: {
      en: 'Character generator (chargen) answers over UDP',
      ja: 'chargen（文字生成サービス）がUDPで応答しています',
    },
    harm: {
      en:
        'One datagram from anywhere, even of a single byte, brings back a block of text. With a forged sender address ' +
        'that text hits a third party from your network.',
      ja:
        'どこからでも、わずか1バイトのデータグラムを送るだけで、まとまった量の文字列が返ってきます。' +
        '送信元を詐称した要求に応答すると、第三者への攻撃がこのネットワークから行われる形になります。',
    },
    seen: { en: 'a block of text comes back', ja: 'まとまった量の文字列' },
    command: String.raw`printf '\001' | nc -u -w 3 ADDRESS PORT`,
    isInWindows: true,
  },
  emulatedServers: [
    {
      name: 'chargen-xinetd',
      about: 'xinetd 2.3.15 with its internal chargen-dgram: 1,024 bytes for any datagram, an empty one too',
      reply: () => [generate({ first: 0x21, last: 0x7d, bytes: 1024 })],
    },
    {
      name: 'chargen-openbsd-inetd',
      about: 'openbsd-inetd 0.20221205, and inetutils-inetd 2.4 alike: one line of 74 bytes for any datagram',
      reply: () => [generate({ first: 0x20, last: 0x7e, bytes: 74 })],
    },
  ],
});
