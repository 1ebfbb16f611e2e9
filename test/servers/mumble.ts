import { join } from 'node:path';
import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';

/** mumble-server as it comes, or without the ping. Without a name to register it announces itself to nobody. */
export function mumble(address: string, { allowsPing }: { readonly allowsPing: boolean }): PlanIn {
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.mumble,
    files: {
      'mumble-server.ini': `database=${join(folder, 'mumble-server.sqlite')}
logfile=
host=${address}
port=64738
users=100
bonjour=false
allowping=${allowsPing}
`,
    },
    arguments: ['-fg', '-v', '-ini', join(folder, 'mumble-server.ini')],
    environment: { HOME: folder },
    ready: { prints: 'Not registering server as public' },
  });
}
