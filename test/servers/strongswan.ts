import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';

/** Random numbers, the algorithms of the offer, the kernel's side, and swanctl's way in. */
const PLUGINS = 'random nonce aes sha1 sha2 hmac gmp kdf kernel-netlink socket-default vici';

/**
 * strongSwan with a connection that anybody may begin by a pre-shared key, in both versions of IKE, or as Debian installs
 * it, without any. It has no setting for the address that it listens on.
 * @param options.forgets whether half-open exchanges end after 30 s, as they do unless told otherwise.
 */
export function strongswan(
  address: string,
  { connection, forgets = true }: { readonly connection: boolean; readonly forgets?: boolean },
): PlanIn {
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.strongswan,
    everywhere: true,
    files: {
      'strongswan.conf': [
        'charon {',
        `  load = ${PLUGINS}`,
        ...(forgets ? [] : ['  half_open_timeout = 3600', '  block_threshold = 0']),
        '  filelog { stderr { default = 1 } }',
        `  plugins { vici { socket = unix://${folder}/vici } }`,
        ...(connection
          ? [
              `  start-scripts { load = swanctl --load-all --uri unix://${folder}/vici --file ${folder}/swanctl.conf }`,
            ]
          : []),
        '}',
        '',
      ].join('\n'),
      'swanctl.conf': [
        'connections { anybody {',
        '  local {\n auth = psk\n id = gateway.example.net\n }',
        '  remote {\n auth = psk\n }',
        '  children { net { local_ts = 198.51.100.0/24\n } }',
        '} }',
        'secrets { ike-anybody {\n secret = "only for this test"\n } }',
        '',
      ].join('\n'),
    },
    environment: { STRONGSWAN_CONF: `${folder}/strongswan.conf` },
    arguments: ['--use-syslog', 'no'],
    // Its sockets are open when its threads begin.
    ready: { prints: connection ? 'successfully loaded 1 connections' : 'worker threads' },
  });
}
