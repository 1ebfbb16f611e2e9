import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';

/** A token for another client than the scanner is. */
const TOKEN = Buffer.from(`040000ffffffff0500000001${'00'.repeat(508)}`, 'hex');

/** teeworlds-server, on no list (`sv_register`). */
export function teeworlds(address: string): PlanIn {
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.teeworlds,
    arguments: ['sv_port 8303', 'sv_name lab', 'sv_register 0', `bindaddr ${address}`],
    environment: { HOME: folder },
    ready: { port: 8303, request: TOKEN },
  });
}
