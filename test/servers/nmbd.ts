import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';

/**
 * nmbd of Samba in a workgroup, at one address: without the client socket address it would answer at all of them, and as
 * the master of the network it would have two names more after a while.
 */
export function nmbd(address: string): PlanIn {
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.nmbd,
    files: {
      'ncalrpc/.keep': '',
      'smb.conf': `[global]
workgroup = WORKGROUP
netbios name = LABHOST
interfaces = ${address}/24
bind interfaces only = yes
local master = no
nbt client socket address = ${address}
nmbd bind explicit broadcast = no
nmbd:socket dir = ${folder}/socket
${['pid', 'lock', 'state', 'cache'].map((kind) => `${kind} directory = ${folder}\n`).join('')}private dir = ${folder}
ncalrpc dir = ${folder}/ncalrpc
log file = ${folder}/log
`,
    },
    arguments: ['--foreground', '--no-process-group', '--debug-stdout', '-s', `${folder}/smb.conf`],
    // A query for the address of `*`, where the scanner asks for a node's status.
    ready: {
      port: 137,
      request: Buffer.from(
        `000100000001000000000000 20 434b${'41'.repeat(30)} 00 0020 0001`.replaceAll(' ', ''),
        'hex',
      ),
    },
  });
}
