/**
 * Does this host send a quote of the day over UDP? (RFC 865)
 *
 *     sent      0a                                        the data of the request are ignored
 *     received  "It is a bad plan that admits of no … ␍␊  up to 512 bytes
 */
import { showText } from '../wire/fields.js';
import { defineLoopService } from './loop-service.js';
import { ascii, textOf } from './text.js';

/** RFC 865: a quote has less than 512 characters; servers send up to 512. */
const MOST_BYTES = 512;
const PRINTABLE = /^[\t\r\n\x20-\x7e]+\0?$/;
/** Three words with a space after each of the first two: prose, and neither a date nor a pattern of characters. */
const PROSE = /(?<![A-Za-z])[A-Za-z]{2,}[^A-Za-z\s]{0,2}\s+[A-Za-z']+[^A-Za-z\s]{0,2}\s+[A-Za-z']{2,}/;
/** HTTP, SSDP, SIP, RTSP … and XML: text that is another protocol's. */
const START_LINE = /^(\S+ \S+ )?[A-Z]{1,16}\/\d\.\d( |\r|\n)|^\s*<\?xml/;

export const qotd = defineLoopService({
  id: 'qotd',
  port: 17,
  standard: 'RFC 865',
  published: { factor: '140.3', source: 'US-CERT TA14-017A; Rossow, NDSS 2014' },
  report: 'scan_qotd',
  strength: 'weak',
  // Printable ASCII, as RFC 865 recommends, that reads like prose. A quote in other characters is not recognised.
  read(payload) {
    const text = textOf(payload, MOST_BYTES);
    return text !== undefined && PRINTABLE.test(text) && PROSE.test(text) && !START_LINE.test(text)
      ? { quote: text.replaceAll('\0', '').trim() }
      : undefined;
  },
  otherwise: 'no text of at most 512 printable characters that reads like a quote',
  detail: ({ quote = '' }) => ({ en: String(quote), ja: `応答の内容：${quote}` }),
  dissect: (payload) => [{ at: 0, bytes: payload.length, name: 'quote', value: showText(payload) }],
  texts: {
    title: {
      en: 'Quote of the day (qotd) answers over UDP',
      ja: 'qotd（今日の引用）サービスがUDPで応答しています',
    },
    harm: {
      en:
        'One byte from anywhere brings back a text. With a forged sender address that text hits a third party from ' +
        'your network.',
      ja:
        'どこからでも、わずか1バイトの要求を送るだけで、文章が返ってきます。' +
        '送信元を詐称した要求に応答すると、第三者への攻撃がこのネットワークから行われる形になります。',
    },
    seen: { en: 'a text comes back', ja: '文章' },
    isInWindows: true,
  },
  emulatedServers: [
    {
      name: 'qotd-xinetd',
      about: 'a script of three lines behind xinetd 2.3.15, for no package has a qotd for UDP: 166 bytes',
      reply: () => [
        ascii(`"${'It is a bad plan that admits of no modification. '.repeat(3)}" -- lab quote 3\r\n`),
      ],
    },
  ],
});
