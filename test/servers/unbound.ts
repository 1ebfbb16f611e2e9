import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';
import { DNS_READY } from './zones.js';

/**
 * Recurses or refuses, and asks the authoritative server of the tests alone.
 * @param options further lines of its `server` clause.
 */
export function unbound(
  address: string,
  {
    upstream,
    access,
    options,
  }: {
    readonly upstream: string;
    readonly access: 'allow' | 'refuse';
    readonly options: readonly string[];
  },
): PlanIn {
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.unbound,
    files: {
      'unbound.conf': `server:
  interface: ${address}
  access-control: 0.0.0.0/0 ${access}
  do-ip6: no
  do-daemonize: no
  use-syslog: no
  logfile: ""
  chroot: ""
  username: ""
  directory: "${folder}"
  pidfile: ""
  # Without the validator there is no trust anchor to keep up to date.
  module-config: "iterator"
  local-zone: "test." nodefault
${options.map((line) => `  ${line}\n`).join('')}# Everything is forwarded: so the root servers are never asked.
forward-zone:
  name: "."
  forward-addr: ${upstream}
remote-control:
  control-enable: no
`,
    },
    arguments: ['-d', '-c', `${folder}/unbound.conf`],
    ready: DNS_READY,
  });
}
