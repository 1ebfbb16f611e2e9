import { PACKAGE_SETS } from '../packages/packages.js';
import { unpacked } from '../packages/fetch.js';
import type { PlanIn } from './server.js';

const PORT = 5060;

/** Kamailio with the smallest script there is: it answers everything with 200. */
export function kamailio(address: string): PlanIn {
  return (folder) => {
    const modules = unpacked(PACKAGE_SETS.kamailio).path('usr/lib/x86_64-linux-gnu/kamailio/modules');
    return {
      address,
      packages: PACKAGE_SETS.kamailio,
      files: {
        'kamailio.cfg': `log_stderror=yes
fork=no
auto_aliases=no
disable_tcp=yes
listen=udp:${address}:${PORT}
loadmodule "${modules}/sl.so"
request_route { sl_send_reply("200", "OK"); exit; }
`,
      },
      arguments: ['-f', `${folder}/kamailio.cfg`, '-DD', '-E', '-w', folder, '-Y', folder],
      // Another one than the scanner's.
      ready: {
        port: PORT,
        request: Buffer.from(
          [
            `OPTIONS sip:${address} SIP/2.0`,
            'Via: SIP/2.0/UDP ready.invalid;branch=z9hG4bKready;rport',
            'From: <sip:ready.invalid>;tag=ready',
            `To: <sip:${address}>`,
            'Call-ID: ready',
            'CSeq: 1 OPTIONS',
            '\r\n',
          ].join('\r\n'),
        ),
      },
    };
  };
}
