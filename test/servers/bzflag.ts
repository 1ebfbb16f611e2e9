import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';

/** bzfs, on no list: that needs `-public`. The two last bytes of a ping are ignored, and are others than the scanner's. */
export function bzflag(address: string): PlanIn {
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.bzflag,
    arguments: ['-i', address, '-p', '5154', '-h'],
    environment: { HOME: folder },
    ready: { port: 5154, request: Buffer.from('000204040001', 'hex') },
  });
}
