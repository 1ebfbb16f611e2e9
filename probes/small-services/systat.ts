/**
 * Does this host tell who is logged in, or what runs on it, over UDP? (RFC 866)
 *
 *     sent      0a                                                      the data of the request are ignored
 *     received  alice    pts/0        2026-05-21 15:08 (host0.e… ␊      177 bytes of who(1) for three users
 *               bob      pts/1        2026-05-21 15:08 (host1.e… ␊
 *
 * The administrator chooses the command: who, w, finger, ps or uptime. Names of users, of their hosts and of programs
 * are not ours to read: only what kind of list it is, and how long, is kept and shown.
 */
import type { Field } from '../probe.js';
import { latin1 } from '../wire/fields.js';
import { defineLoopService } from './loop-service.js';
import { ascii } from './text.js';

/** RFC 866: a longer list comes in several datagrams; of a larger one than any link carries the first lines decide. */
const MOST_BYTES_READ = 2048;
/** A control character that no list of lines has. */
// eslint-disable-next-line no-control-regex -- that is the question
const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/;
/** The terminal of a user, in who, w, finger and ps. */
const TERMINAL = /^(?:pts\/\d+|tty\w+|console|hvc\d|:\d+)$/;
/** When the user came, or how long the terminal was idle. */
const CLOCK = /^\d{1,2}:\d{2}/;

export const systat = defineLoopService({
  id: 'systat',
  port: 11,
  standard: 'RFC 866',
  report: 'x_systat',
  read(payload) {
    const text = latin1(payload.subarray(0, MOST_BYTES_READ));
    if (CONTROL.test(text)) return undefined;
    const lines = text.split('\n').map((line) => line.split(' ').filter(Boolean));
    const shows = lines.some(isUser) ? 'users' : lines.some(isHead) ? 'processes' : undefined;
    return shows && { shows, lines: linesIn(payload) };
  },
  otherwise: 'no list of users or processes',
  detail: ({ shows = '', lines = 0 }) => ({
    en: `tells anyone ${shows === 'users' ? 'who is logged in' : 'what runs there'}, in ${lines} line${lines === 1 ? '' : 's'}`,
    ja: `${shows === 'users' ? 'ログイン中の利用者' : '動作中のプロセス'}の一覧（${lines}行）が返りました`,
  }),
  dissect: (payload): readonly Field[] => [
    { at: 0, bytes: payload.length, name: 'list, not shown', value: '', masked: true },
  ],
  texts: {
    title: {
      en: 'System status (systat) answers over UDP',
      ja: 'systat（システム状態）サービスがUDPで応答しています',
    },
    harm: {
      en:
        'One byte from anywhere brings back who is logged in, or which programs run: that helps an attacker to break ' +
        'in. With a forged sender address that text hits a third party from your network.',
      ja:
        'どこからでも、わずか1バイトの要求を送るだけで、ログイン中の利用者や動作中のプログラムの一覧が返り、侵入の手掛かりになります。' +
        '送信元を詐称した要求に応答すると、第三者への攻撃がこのネットワークから行われる形になります。',
    },
    seen: {
      en: 'a list of users or programs comes back',
      ja: '利用者またはプログラムの一覧',
    },
    isInWindows: false,
  },
  emulatedServers: [
    {
      name: 'systat-xinetd-who',
      about:
        'who of coreutils 9.1 in a script of three lines behind xinetd 2.3.15, for no package has a systat for UDP',
      reply: () => [
        ascii(
          ['alice', 'bob', 'carol']
            .map((user, i) => `${user.padEnd(8)} pts/${i}        2026-05-21 15:08 (host${i}.example.net)\n`)
            .join(''),
        ),
      ],
    },
    {
      name: 'systat-ps',
      about: 'the list of processes that a systat over TCP shows by tradition; not measured on a real server',
      reply: () => [
        ascii(
          [
            'USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n',
            ...Array.from(
              { length: 12 },
              (_, i) =>
                `root     ${String(i + 1).padStart(7)}  0.0  0.1 100000  9000 ?        Ss   May21   0:03 /usr/sbin/daemon${i}\n`,
            ),
          ].join(''),
        ),
      ],
    },
  ],
});

/** A line of who, w or finger: a terminal, and after it a time. */
function isUser(words: readonly string[]): boolean {
  const at = words.findIndex((word) => TERMINAL.test(word));
  return at > 0 && words.slice(at).some((word) => CLOCK.test(word));
}

/** The head of ps, which some cut lines follow. */
function isHead(words: readonly string[]): boolean {
  return words.includes('PID') && ['CMD', 'COMMAND', 'TTY', 'TT'].some((word) => words.includes(word));
}

function linesIn(payload: Uint8Array): number {
  let lines = 0;
  for (const byte of payload) if (byte === 0x0a) lines++;
  return payload.at(-1) === 0x0a ? lines : lines + 1;
}
