import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';
import { TEST_CERTIFICATE } from './test-certificate.js';

const PORT = 443;
/** Another reserved version than the scanner's, and ids of its own. */
const READY = Buffer.concat([
  Buffer.from('c05a5a5a5a087265616479726561087265616479726561', 'hex'),
  Buffer.alloc(1177),
]);

/** The example server of ngtcp2 for HTTP/3. @param asksForToken whether every client has to prove its address first. */
export function ngtcp2(address: string, { asksForToken }: { readonly asksForToken: boolean }): PlanIn {
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.ngtcp2,
    files: { ...TEST_CERTIFICATE, 'htdocs/index.html': 'lab\n' },
    arguments: [
      ...(asksForToken ? ['-V'] : []),
      ...['-q', '-d', `${folder}/htdocs`, address, String(PORT)],
      ...[`${folder}/key.pem`, `${folder}/cert.pem`],
    ],
    ready: { port: PORT, request: READY },
  });
}
