import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';
import { DNS_READY } from './zones.js';

/**
 * Recurses for all, and asks the authoritative server of the tests alone.
 * @param options further lines of recursor.conf.
 */
export function pdnsRecursor(
  address: string,
  { upstream, options }: { readonly upstream: string; readonly options: readonly string[] },
): PlanIn {
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.pdnsRecursor,
    files: {
      'recursor.conf': [
        `local-address=${address}`,
        'allow-from=0.0.0.0/0',
        `socket-dir=${folder}`,
        'daemon=no',
        'write-pid=no',
        'disable-syslog=yes',
        'setuid=',
        'setgid=',
        'threads=1',
        'dnssec=off',
        // The addresses of the test are documentation addresses, which it would not ask.
        'dont-query=',
        // Everything is forwarded, the roots are not primed, and its maker is not asked whether it is outdated.
        `forward-zones=.=${upstream}`,
        'hint-file=no',
        'security-poll-suffix=',
        ...options,
        '',
      ].join('\n'),
    },
    arguments: [`--config-dir=${folder}`],
    ready: DNS_READY,
  });
}
