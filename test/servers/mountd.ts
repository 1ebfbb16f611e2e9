import { readFileSync } from 'node:fs';
import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';

/** What `exportfs -a` makes of a line of /etc/exports: its options in full. */
const OPTIONS =
  'ro,sync,wdelay,hide,nocrossmnt,secure,root_squash,no_all_squash,no_subtree_check,secure_locks,acl,no_pnfs,' +
  'anonuid=65534,anongid=65534,sec=sys,ro,secure,root_squash,no_all_squash';
const NETWORKS = ['198.51.100.0/24', '203.0.113.0/24'];

/**
 * rpc.mountd with its rpcbind, which goes into the background and ends with the namespace. The table of exports is given
 * as exportfs writes it: that knows one place for it, which is the machine's.
 */
export function mountd(address: string, { exports }: { readonly exports: number }): PlanIn {
  const paths = Array.from({ length: exports }, (_, index) => `/srv/export${index + 1}`);
  const lines = paths.flatMap((path) => NETWORKS.map((network) => `${path}\t${network}(${OPTIONS})\n`));
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.nfsKernelServer,
    everywhere: true,
    files: {
      'etc/passwd': `${readFileSync('/etc/passwd', 'utf8')}_rpc:x:65534:65534::/run/rpcbind:/usr/sbin/nologin\n`,
      'state/etab': lines.join(''),
      'state/rmtab': '',
    },
    prepare: [['sbin/rpcbind']],
    arguments: ['--foreground', '--state-directory-path', `${folder}/state`],
    // When its ports are registered; the system draws them.
    ready: { prints: ' starting' },
  });
}
