import { join } from 'node:path';
import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';

/** RFC 862, 864, 867, 868: the inetds answer these themselves. */
const BUILT_IN = { echo: 7, daytime: 13, chargen: 19, time: 37 } as const;
/** Any datagram is a question to chargen; this one is not the scanner's. */
const READY = { port: BUILT_IN.chargen, request: Buffer.from('ready?') };

/**
 * xinetd's own services, its chargen 1,024 bytes an answer, and what no package has for UDP: a qotd (RFC 865) and a
 * systat (RFC 866), three lines of Perl each. The systat sends what `who` says of a file of ours: that of the machine
 * would be another one each time.
 */
export function xinetd(address: string): PlanIn {
  return (folder) => {
    const service = (name: string, port: number, rest: readonly string[]): string =>
      [
        `service ${name}`,
        '{',
        ...rest,
        `id = ${name}-dgram`,
        'socket_type = dgram',
        'protocol = udp',
        'wait = yes',
        'user = root',
        `bind = ${address}`,
        `port = ${port}`,
        '}',
        '',
      ].join('\n');
    const perl = (script: string): readonly string[] => [
      'type = UNLISTED',
      'server = /usr/bin/perl',
      `server_args = ${join(folder, script)}`,
    ];
    return {
      address,
      packages: PACKAGE_SETS.xinetd,
      files: {
        'qotd.pl': answering('"It is a bad plan that admits of no modification.\\r\\n" x 6'),
        'systat.pl': answering(`scalar(\`who ${join(folder, 'utmp')}\`)`),
        utmp: ['alice', 'bob', 'carol'].map(utmpRecord).join(''),
        'xinetd.conf': [
          `defaults\n{\nlog_type = FILE ${folder}/services.log\n}\n`,
          ...Object.entries(BUILT_IN).map(([name, port]) =>
            service(name, port, ['type = INTERNAL UNLISTED']),
          ),
          service('systat', 11, perl('systat.pl')),
          service('qotd', 17, perl('qotd.pl')),
        ].join(''),
      },
      arguments: ['-dontfork', '-f', `${folder}/xinetd.conf`, '-pidfile', `${folder}/xinetd.pid`],
      ready: READY,
    };
  };
}

/** openbsd-inetd's own services: its chargen is 74 bytes an answer. */
export function openbsdInetd(address: string): PlanIn {
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.openbsdInetd,
    files: { 'inetd.conf': `${address}:\n${builtIn('')}` },
    arguments: ['-i', `${folder}/inetd.conf`],
    ready: READY,
  });
}

/** GNU inetd's own services. */
export function inetutilsInetd(address: string): PlanIn {
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.inetutilsInetd,
    files: { 'inetd.conf': builtIn(`${address}:`) },
    arguments: ['-d', `-p${folder}/inetd.pid`, `${folder}/inetd.conf`],
    ready: READY,
  });
}

function builtIn(node: string): string {
  return Object.keys(BUILT_IN)
    .map((name) => `${node}${name} dgram udp wait root internal\n`)
    .join('');
}

/** The datagram socket is descriptor 0; perl-base is on every Debian. @param answer an expression of Perl. */
function answering(answer: string): string {
  return `open(my $socket, '+<&=', 0) or die;
my $client = recv($socket, my $question, 512, 0) // exit;
send($socket, ${answer}, 0, $client);
`;
}

/** utmp(5): one who is logged in, on a terminal and from a host of their own. */
function utmpRecord(user: string, index: number): string {
  const USER_PROCESS = '\x07\0\0\0';
  // 2026-05-21, in bytes that are the same in UTF-8; little-endian.
  const seconds = '\x00\x20\x0f\x6a';
  return [
    USER_PROCESS,
    text(4, ''),
    text(32, `pts/${index}`),
    text(4, `ts/${index}`),
    text(32, user),
    text(256, `host${index}.example.net`),
    text(8, ''),
    seconds,
    text(40, ''),
  ].join('');
}

function text(bytes: number, content: string): string {
  return content.padEnd(bytes, '\0');
}
