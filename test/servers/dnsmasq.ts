import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';
import { DNS_READY } from './zones.js';

/** A forwarder open to all, which knows no server but the authoritative one of the tests. */
export function dnsmasq(
  address: string,
  { upstream, options = [] }: { readonly upstream: string; readonly options?: readonly string[] },
): PlanIn {
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
${options.join('\n')}
`,
    },
    arguments: ['--keep-in-foreground', '--log-facility=-', `--conf-file=${folder}/dnsmasq.conf`],
    ready: DNS_READY,
  });
}
