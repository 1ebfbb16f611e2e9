import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';

/** The question of Teeworlds 0.6 without the extension: another one than the scanner's. */
const OLD = Buffer.from(`${'ff'.repeat(10)}6769653301`, 'hex');

/** DDNet-Server, on no list (`sv_register`). */
export function ddnet(address: string): PlanIn {
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.ddnet,
    arguments: ['sv_port 8303', 'sv_name lab', 'sv_register 0', `bindaddr ${address}`, 'sv_ipv4only 1'],
    environment: { HOME: folder },
    ready: { port: 8303, request: OLD },
  });
}
