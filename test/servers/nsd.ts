import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';
import { DNS_READY, ZONE_FILES } from './zones.js';

/** Serves both zones itself. */
export function nsd(address: string): PlanIn {
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.nsd,
    files: {
      ...ZONE_FILES,
      'nsd.conf': `server:
  ip-address: ${address}
  server-count: 1
  username: ""
  chroot: ""
  zonesdir: "${folder}"
  database: ""
  pidfile: ""
  xfrdir: "${folder}"
  xfrdfile: ""
  zonelistfile: "${folder}/zone.list"
  ipv4-edns-size: 4096
remote-control:
  control-enable: no
zone:
  name: fat.test
  zonefile: fat.zone
zone:
  name: mid.test
  zonefile: mid.zone
`,
    },
    arguments: ['-d', '-c', `${folder}/nsd.conf`],
    ready: DNS_READY,
  });
}
