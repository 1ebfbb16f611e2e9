import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';

const PORT = 11_211;

/** memcached with UDP, which it has off unless `-U` says otherwise. Nothing is stored in it. */
export function memcached(address: string): PlanIn {
  return () => ({
    address,
    packages: PACKAGE_SETS.memcached,
    arguments: ['-u', 'root', '-l', address, '-p', String(PORT), '-U', String(PORT), '-m', '16', '-t', '1'],
    // Another command than the scanner's.
    ready: { port: PORT, request: Buffer.from('\x00\x01\x00\x00\x00\x01\x00\x00version\r\n', 'latin1') },
  });
}
