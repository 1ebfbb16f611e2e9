/**
 * Does this host tell the time as a number over UDP? (RFC 868)
 *
 *     sent      0a                           the data of the request are ignored
 *     received  ee ab 39 83                  seconds since 1900, UTC: 4 bytes from xinetd and openbsd-inetd
 *               ee ab 39 a4 00 00 00 00      8 bytes from inetutils-inetd
 *
 * Nothing in these bytes says what they are. They are taken for a time where their number lies between 2020 and 2036
 * (the last second of RFC 868), as that of one in eight random ones does; a clock that is years slow is not recognised.
 */
import { formatInstant } from '../../src/domain/time.js';
import type { Field } from '../probe.js';
import { defineLoopService } from './loop-service.js';

/** 1970 in seconds since 1900. */
const EPOCH_SECONDS = 2_208_988_800;
/** 2020-01-01: no clock that is kept says less. */
const EARLIEST_SECONDS = EPOCH_SECONDS + 1_577_836_800;

export const time = defineLoopService({
  id: 'time',
  port: 37,
  standard: 'RFC 868',
  report: 'x_time',
  strength: 'weak',
  read(payload) {
    const seconds = secondsIn(payload);
    return seconds !== undefined && seconds >= EARLIEST_SECONDS
      ? { says: instantText(seconds), bytes: payload.length }
      : undefined;
  },
  otherwise: 'no 4 or 8 bytes of a time between 2020 and 2036',
  detail: ({ says = '', bytes = 4 }) => ({
    en: `${bytes === 4 ? '4 bytes that' : 'the first 4 bytes'} read as ${says}; nothing else in the answer says that it is a time`,
    ja: `応答の${bytes === 4 ? '' : '先頭'}4バイトを時刻として読むと ${says} になります（時刻であることを示すものは、応答にはほかにありません）`,
  }),
  dissect,
  texts: {
    title: {
      en: 'Time service (RFC 868) answers over UDP',
      ja: 'timeサービス（RFC 868）がUDPで応答しています',
    },
    harm: {
      en:
        'One byte from anywhere brings back the time as a binary number. On the wire the answer is hardly larger than ' +
        'the request, but with a forged sender address it goes to a third party that did not ask for it. ' +
        'Clocks are set by NTP.',
      ja:
        'どこからでも、わずか1バイトの要求を送るだけで、時刻を表す数値が返ってきます。回線上での応答は要求とほぼ同じ大きさですが、' +
        '送信元を詐称した要求に応答すると、無関係の第三者へパケットを送ることになります。時刻合わせにはNTPが使われています。',
    },
    seen: { en: 'numbers come back', ja: '数値' },
    command: 'echo | nc -u -w 3 ADDRESS PORT | od -t u1',
    isInWindows: false,
  },
  emulatedServers: [
    {
      name: 'time-xinetd',
      about: 'xinetd 2.3.15, and openbsd-inetd 0.20221205 alike: 4 bytes; an emulated server has no clock',
      reply: () => [Uint8Array.of(0xee, 0xab, 0x39, 0x7a)],
    },
    {
      name: 'time-inetutils-inetd',
      about: 'inetutils-inetd 2.4: 8 bytes, the last four zero',
      reply: () => [Uint8Array.of(0xee, 0xab, 0x39, 0xa4, 0, 0, 0, 0)],
    },
  ],
});

/** Of 8 bytes the later four are zero. */
function secondsIn(payload: Uint8Array): number | undefined {
  const [a = 0, b = 0, c = 0, d = 0, ...rest] = payload.subarray(0, 9);
  const isTime = payload.length === 4 || (payload.length === 8 && rest.every((byte) => byte === 0));
  return isTime ? ((a * 256 + b) * 256 + c) * 256 + d : undefined;
}

function dissect(payload: Uint8Array): readonly Field[] {
  const seconds = secondsIn(payload);
  if (seconds === undefined)
    return [{ at: 0, bytes: payload.length, name: 'data', value: `${payload.length} bytes` }];
  const value = `${seconds} s since 1900: ${instantText(seconds)}`;
  return [
    { at: 0, bytes: 4, name: 'time', value },
    ...(payload.length > 4 ? [{ at: 4, bytes: payload.length - 4, name: 'zero', value: '' }] : []),
  ];
}

function instantText(seconds: number): string {
  return formatInstant((seconds - EPOCH_SECONDS) * 1000);
}
