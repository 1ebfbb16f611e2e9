import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';

/** A node alone; with a key, as a cluster should have one. Its own console stays on loopback. */
export function serf(address: string, { hasKey }: { readonly hasKey: boolean }): PlanIn {
  return () => ({
    address,
    packages: PACKAGE_SETS.serf,
    // Two of them would meet on the port of the console.
    everywhere: true,
    arguments: [
      'agent',
      `-bind=${address}:7946`,
      '-node=labnode',
      ...(hasKey ? [`-encrypt=${Buffer.alloc(16, 1).toString('base64')}`] : []),
    ],
    // A ping would take gossip away with its answer.
    ready: { prints: 'EventMemberJoin' },
  });
}
