/**
 * Does this host tell the time as text over UDP? (RFC 867)
 *
 *     sent      0a                               the data of the request are ignored
 *     received  Fri Nov 20 21:26:26 2026 ␍␊      26 bytes from openbsd-inetd and inetutils-inetd
 *               20 NOV 2026 21:26:17 UTC ␍␊      26 bytes from xinetd
 */
import { showText } from '../wire/fields.js';
import { defineLoopService } from './loop-service.js';
import { ascii, textOf } from './text.js';

/** Longer than any daytime seen: NIST's line has 51. */
const MOST_BYTES = 128;
const LINE = /^[\r\n]*[\x20-\x7e]+[\r\n]*\0?$/;
const TIME = /(?<!\d)\d{1,2}:\d{2}(:\d{2})?(?!\d)/;
/** 2026, or 20-11-26 in whatever order and with whatever between, as Windows and NIST write it. */
const YEAR = /(?<!\d)(19|20)\d{2}(?!\d)|(?<!\d)\d{1,2}[-/.]\d{1,2}[-/.]\d{2}(?!\d)/;

export const daytime = defineLoopService({
  id: 'daytime',
  port: 13,
  standard: 'RFC 867',
  report: 'x_daytime',
  // A line of a log has a date and a time too.
  strength: 'weak',
  // RFC 867 prescribes no form: one line with a time and a year in it. Dates in other characters are not recognised.
  read(payload) {
    const text = textOf(payload, MOST_BYTES);
    return text !== undefined && LINE.test(text) && TIME.test(text) && YEAR.test(text)
      ? { says: text.replaceAll(/[\r\n\0]/g, '').trim() }
      : undefined;
  },
  otherwise: 'no line with a date and a time',
  detail: ({ says = '' }) => ({ en: `says ${says}`, ja: `応答の内容：${says}` }),
  dissect: (payload) => [{ at: 0, bytes: payload.length, name: 'date and time', value: showText(payload) }],
  texts: {
    title: { en: 'Daytime service answers over UDP', ja: 'daytimeサービスがUDPで応答しています' },
    harm: {
      en:
        'One byte from anywhere brings back the date and the time as text. As a rule the answer is hardly larger than ' +
        'the request on the wire, but with a forged sender address it goes to a third party that did not ask for it. ' +
        'Clocks are set by NTP.',
      ja:
        'どこからでも、わずか1バイトの要求を送るだけで、日付と時刻の文字列が返ってきます。通常、回線上での応答は要求とほぼ同じ大きさですが、' +
        '送信元を詐称した要求に応答すると、無関係の第三者へパケットを送ることになります。時刻合わせにはNTPが使われています。',
    },
    seen: { en: 'the date comes back', ja: '日時' },
    isInWindows: true,
  },
  emulatedServers: [
    {
      name: 'daytime-xinetd',
      about: 'xinetd 2.3.15; an emulated server has no clock, and always says the same',
      reply: () => [ascii('20 NOV 2026 21:26:17 UTC\r\n')],
    },
    {
      name: 'daytime-openbsd-inetd',
      about: 'openbsd-inetd 0.20221205, and inetutils-inetd 2.4 alike',
      reply: () => [ascii('Fri Nov 20 21:26:26 2026\r\n')],
    },
  ],
});
