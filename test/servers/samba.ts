import { join } from 'node:path';
import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';

/** Samba as the domain controller of lab.test, with the two services of it that answer over UDP: CLDAP and Kerberos. */
export function sambaDomainController(address: string): PlanIn {
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.samba,
    prepare: [
      [
        'usr/bin/samba-tool',
        'domain',
        'provision',
        '--realm=LAB.TEST',
        '--domain=LAB',
        '--server-role=dc',
        '--dns-backend=SAMBA_INTERNAL',
        '--use-rfc2307',
        '--adminpass=Passw0rd!x1',
        '--host-name=dc1',
        `--host-ip=${address}`,
        `--targetdir=${folder}`,
        // No name is looked up, and nothing lies outside its own folder.
        ...[
          `interfaces=${address}`,
          'bind interfaces only=yes',
          'server services=cldap,kdc,ldap',
          `pid directory=${folder}`,
          `ncalrpc dir=${join(folder, 'ncalrpc')}`,
        ].map((option) => `--option=${option}`),
      ],
    ],
    arguments: ['-i', '-M', 'single', '--debug-stdout', '-s', join(folder, 'etc', 'smb.conf')],
    // RFC 4511 §4.5: one attribute of the root DSE.
    ready: {
      port: 389,
      request: Buffer.from(
        '303302021234632d04000a01000a0100020100020100010100870b6f626a656374436c617373300d040b63757272656e7454696d65',
        'hex',
      ),
    },
  });
}
