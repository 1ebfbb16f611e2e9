import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';
import { DNS_READY } from './zones.js';

/** A forwarder open to all, with nobody to ask but the authoritative server of the tests. */
export function dnsmasq(address: string, { upstream }: { readonly upstream: string }): PlanIn {
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.dnsmasq,
    files: {
      'dnsmasq.conf': `listen-address=${address}
bind-interfaces
no-resolv
no-hosts
server=${upstream}
edns-packet-max=4096
user=root
group=root
pid-file=
`,
    },
    arguments: ['--keep-in-foreground', '--log-facility=-', `--conf-file=${folder}/dnsmasq.conf`],
    ready: DNS_READY,
  });
}
