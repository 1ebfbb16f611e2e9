import { PACKAGE_SETS } from './packages.js';
import type { PlanIn } from './server.js';

/** Any datagram is a question (RFC 864); this one is not the scanner's. */
const READY = { port: 19, request: Buffer.from('ready?') };

/** xinetd's own chargen: 1,024 bytes an answer. */
export function xinetdChargen(address: string): PlanIn {
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.xinetd,
    files: {
      'xinetd.conf': `defaults
{
  log_type = FILE ${folder}/services.log
}
service chargen
{
  type = INTERNAL UNLISTED
  id = chargen-dgram
  socket_type = dgram
  protocol = udp
  wait = yes
  user = root
  bind = ${address}
  port = 19
}
`,
    },
    arguments: ['-dontfork', '-f', `${folder}/xinetd.conf`, '-pidfile', `${folder}/xinetd.pid`],
    ready: READY,
  });
}

/** openbsd-inetd's own chargen: 74 bytes an answer. */
export function openbsdInetdChargen(address: string): PlanIn {
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.openbsdInetd,
    files: { 'inetd.conf': `${address}:\nchargen dgram udp wait root internal\n` },
    arguments: ['-i', `${folder}/inetd.conf`],
    ready: READY,
  });
}
