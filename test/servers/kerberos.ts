import { join } from 'node:path';
import { unpacked } from '../packages/fetch.js';
import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';

const REALM = 'LAB.EXAMPLE';

/** The KDC of MIT krb5, with a database that holds no account but its own. */
export function mitKdc(address: string): PlanIn {
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.kerberos,
    files: {
      'krb5.conf': [
        '[libdefaults]',
        `default_realm = ${REALM}`,
        'dns_lookup_kdc = false',
        'dns_lookup_realm = false',
        '[dbmodules]',
        `db_module_dir = ${moduleFolder()}`,
        '',
      ].join('\n'),
      'kdc.conf': [
        '[kdcdefaults]',
        `kdc_listen = ${address}:88`,
        'kdc_tcp_listen = ""',
        '[realms]',
        `${REALM} = {`,
        ...['database_name', 'key_stash_file', 'acl_file'].map((key) => `${key} = ${join(folder, key)}`),
        '}',
        '',
      ].join('\n'),
    },
    environment: { KRB5_CONFIG: join(folder, 'krb5.conf'), KRB5_KDC_PROFILE: join(folder, 'kdc.conf') },
    prepare: [['usr/sbin/kdb5_util', 'create', '-s', '-r', REALM, '-P', 'of the test']],
    arguments: ['-n', '-r', REALM],
    ready: { port: 88, request: READY },
  });
}

/** Below the folder that is named after the machine's architecture. */
function moduleFolder(): string {
  const folders = unpacked(PACKAGE_SETS.kerberos).environment['LD_LIBRARY_PATH']?.split(':') ?? [];
  return folders.find((folder) => folder.endsWith('/krb5/plugins/kdb')) ?? '';
}

/** An AS-REQ as nmap sends it, for the realm NM: not the scanner's. */
const READY = Buffer.from(
  '6a816e30816ba103020105a20302010aa4815e305ca00703050050800010a2041b024e4da3173015a003020100a10e300c' +
    '1b066b72627467741b024e4da511180f31393730303130313030303030305aa70602041f1eb9d9a81730150201120201110201' +
    '10020117020101020103020102',
  'hex',
);
