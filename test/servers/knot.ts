import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';
import { DNS_READY, ZONE_FILES } from './zones.js';

/** Serves both zones itself. */
export function knot(address: string): PlanIn {
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.knot,
    files: {
      ...ZONE_FILES,
      'knot.conf': `server:
  rundir: "${folder}"
  listen: ${address}@53
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
  udp-max-payload: 4096
log:
  - target: stderr
    any: info
database:
  storage: "${folder}"
template:
  - id: default
    storage: "${folder}"
    zonefile-sync: -1
    journal-content: none
zone:
  - domain: fat.test
    file: fat.zone
  - domain: mid.test
    file: mid.zone
`,
    },
    arguments: ['-c', `${folder}/knot.conf`],
    ready: DNS_READY,
  });
}
