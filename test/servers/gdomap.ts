import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';

/** The question for a name that nobody has (`L`), of another kind of port than a probe may name. */
const LOOK_UP = Buffer.alloc(264);
LOOK_UP.write('L\u0001\u0011', 'latin1');
LOOK_UP.write('x', 8, 'latin1');

/** gdomap listens on every address, looks for no others (-p), and keeps to its own folder. */
export function gdomap(address: string): PlanIn {
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.gdomap,
    everywhere: true,
    arguments: ['-f', '-p', '-j', folder],
    ready: { port: 538, request: LOOK_UP },
  });
}
