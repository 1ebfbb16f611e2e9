import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';

const PORT = 5683;

/** The example server of libcoap as it comes, at one address; over DTLS it serves who has the key, at the port after that. */
export function libcoap(address: string): PlanIn {
  return () => ({
    address,
    packages: PACKAGE_SETS.libcoap,
    arguments: ['-A', address, '-p', String(PORT), '-k', 'only for this test'],
    // An empty confirmable message, which a reset answers: RFC 7252 §4.3, the ping of CoAP.
    ready: { port: PORT, request: Uint8Array.of(0x40, 0x00, 0x00, 0x01) },
  });
}
