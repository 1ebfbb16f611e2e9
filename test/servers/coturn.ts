import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';

const PORT = 3478;

/**
 * coturn for STUN alone.
 * @param isLean with what Debian's own turnserver.conf sets, and without its name: an answer holds the address alone.
 */
export function coturn(address: string, { isLean }: { readonly isLean: boolean }): PlanIn {
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.coturn,
    files: {
      'turnserver.conf': [
        `listening-ip=${address}`,
        `listening-port=${PORT}`,
        'stun-only',
        'no-tls',
        'no-dtls',
        'no-cli',
        'log-file=stdout',
        `pidfile=${folder}/pid`,
        ...(isLean
          ? [
              'no-rfc5780',
              'no-stun-backward-compatibility',
              'response-origin-only-with-rfc5780',
              'no-software-attribute',
            ]
          : []),
        '',
      ].join('\n'),
    },
    arguments: ['-c', `${folder}/turnserver.conf`],
    // The scanner's question, with another transaction id: there is no other that a STUN server answers.
    ready: { port: PORT, request: Buffer.from('000100002112a442726561647926726561647921', 'hex') },
  });
}
