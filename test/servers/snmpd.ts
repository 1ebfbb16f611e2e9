import { PACKAGE_SETS } from './packages.js';
import type { PlanIn } from './server.js';

/**
 * snmpd with the community `public`: the whole tree, what Debian's own snmpd.conf shows of it, or the whole tree
 * without snmpd's limit of 100 values an answer.
 */
export function snmpd(
  address: string,
  { view }: { readonly view: 'all' | 'systemonly' | 'unlimited' },
): PlanIn {
  const access = {
    all: ['rocommunity public'],
    unlimited: ['rocommunity public', 'maxGetbulkRepeats -1', 'maxGetbulkResponses -1'],
    systemonly: [
      'view systemonly included .1.3.6.1.2.1.1',
      'view systemonly included .1.3.6.1.2.1.25.1',
      'rocommunity public default -V systemonly',
    ],
  }[view];
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.snmpd,
    files: { 'snmpd.conf': [`agentaddress udp:${address}:161`, ...SYSTEM, ...access, ''].join('\n') },
    arguments: ['-f', '-Lo', '-C', '-c', `${folder}/snmpd.conf`],
    environment: { SNMP_PERSISTENT_DIR: folder, MIBS: '' },
    ready: { port: 161, request: GET_SYS_UPTIME },
  });
}

/** The kernel's and the machine's own names would make the lengths of its answers those of this machine. */
const SYSTEM = [
  'sysDescr Linux lab 6.1.0-28-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.119-1 (2024-11-22) x86_64',
  'sysName lab',
  'sysLocation lab',
  'sysContact root@localhost',
];

/** RFC 3416: v2c, public, get-request 1.3.6.1.2.1.1.3.0 with request-id 1. */
const GET_SYS_UPTIME = Buffer.from(
  '3026020101' +
    '04067075626c6963' +
    'a019' +
    '020101020100020100' +
    '300e300c' +
    '06082b06010201010300' +
    '0500',
  'hex',
);
