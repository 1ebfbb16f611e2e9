import { join } from 'node:path';
import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';

/** RFC 862, 864, 867, 868: the inetds answer these themselves. */
const BUILT_IN = { echo: 7, daytime: 13, chargen: 19, time: 37 } as const;
/** Any datagram is a question to chargen; this one is not the scanner's. */
const READY = { port: BUILT_IN.chargen, request: Buffer.from('ready?') };

/** xinetd's own services, its chargen 1,024 bytes an answer, and a qotd (RFC 865) of three lines of Perl. */
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
    const qotd = ['type = UNLISTED', 'server = /usr/bin/perl', `server_args = ${join(folder, 'qotd.pl')}`];
    return {
      address,
      packages: PACKAGE_SETS.xinetd,
      files: {
        'qotd.pl': QOTD,
        'xinetd.conf': [
          `defaults\n{\nlog_type = FILE ${folder}/services.log\n}\n`,
          ...Object.entries(BUILT_IN).map(([name, port]) =>
            service(name, port, ['type = INTERNAL UNLISTED']),
          ),
          service('qotd', 17, qotd),
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

/** The datagram socket is descriptor 0; perl-base is on every Debian. */
const QOTD = `open(my $socket, '+<&=', 0) or die;
my $client = recv($socket, my $question, 512, 0) // exit;
send($socket, "It is a bad plan that admits of no modification.\\r\\n" x 6, 0, $client);
`;
