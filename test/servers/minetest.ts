import { join } from 'node:path';
import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';

/**
 * minetestserver with an empty world of its own. It is on no public list (`server_announce`), and looks nothing up.
 * What it answers it repeats for 30 s, so it is not asked whether it is up.
 */
export function minetest(address: string): PlanIn {
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.minetest,
    files: {
      'minetest.conf': `bind_address = ${address}
enable_ipv6 = false
server_announce = false
mg_name = singlenode
`,
    },
    arguments: [
      ...['--config', join(folder, 'minetest.conf'), '--world', join(folder, 'world')],
      ...['--gameid', 'devtest', '--logfile', ''],
    ],
    environment: { HOME: folder },
    ready: { prints: `listening on ${address}:30000` },
  });
}
