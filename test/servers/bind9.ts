import { isIPv6 } from 'node:net';
import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn, ServerPlan } from './server.js';
import { DNS_READY, ZONE_FILES } from './zones.js';

/** Serves both zones itself. `options` are further lines of named.conf's options. */
export function bind9Authoritative(address: string, options: readonly string[]): PlanIn {
  return authoritative(address, options, ['fat', 'mid']);
}

/** What the resolvers ask: it serves all zones, the one that no other server has among them. */
export function bind9Upstream(address: string): PlanIn {
  return authoritative(address, ['minimal-any no'], ['fat', 'mid', 'check']);
}

function authoritative(address: string, options: readonly string[], zones: readonly string[]): PlanIn {
  return (folder) =>
    bind9(
      address,
      folder,
      ['recursion no', 'max-udp-size 4096', ...options],
      zones.map((zone) => `zone "${zone}.test" { type primary; file "${zone}.zone"; };`),
    );
}

/** Recurses, and asks the authoritative server of the tests alone. */
export function bind9Recursor(
  address: string,
  { upstream, options }: { readonly upstream: string; readonly options: readonly string[] },
): PlanIn {
  return (folder) =>
    bind9(address, folder, [
      'recursion yes',
      'empty-zones-enable no',
      'forward only',
      `forwarders { ${upstream}; }`,
      ...options,
    ]);
}

function bind9(
  address: string,
  folder: string,
  options: readonly string[],
  zones: readonly string[] = [],
): ServerPlan {
  const all = [
    `directory "${folder}"`,
    'pid-file none',
    'session-keyfile none',
    'lock-file none',
    `listen-on { ${isIPv6(address) ? 'none' : address}; }`,
    `listen-on-v6 { ${isIPv6(address) ? address : 'none'}; }`,
    ...(options.some((option) => option.startsWith('allow-query ')) ? [] : ['allow-query { any; }']),
    'dnssec-validation no',
    // The machine has no root servers to ask, and must not try.
    'notify no',
    ...options,
  ];
  const conf = [`options {`, ...all.map((line) => `  ${line};`), '};', 'controls { };', ...zones, ''].join(
    '\n',
  );
  return {
    address,
    packages: PACKAGE_SETS.bind9,
    files: { 'named.conf': conf, ...ZONE_FILES },
    arguments: ['-g', isIPv6(address) ? '-6' : '-4', '-n', '1', '-c', `${folder}/named.conf`],
    ready: DNS_READY,
  };
}
