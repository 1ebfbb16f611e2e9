import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';
import { TEST_CERTIFICATE } from './test-certificate.js';

const PORT = 443;

/**
 * gnutls-serv over UDP, which has one handshake at a time. It listens on every address there is.
 * @param asksForCookie whether a handshake begins with a cookie, as it does unless told otherwise.
 */
export function gnutlsServ(address: string, { asksForCookie }: { readonly asksForCookie: boolean }): PlanIn {
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.gnutls,
    everywhere: true,
    files: TEST_CERTIFICATE,
    arguments: [
      ...['--udp', '-p', String(PORT)],
      ...['--x509certfile', `${folder}/cert.pem`, '--x509keyfile', `${folder}/key.pem`],
      ...(asksForCookie ? [] : ['--nocookie']),
    ],
    ready: { prints: `0.0.0.0 port ${PORT}...done` },
  });
}
