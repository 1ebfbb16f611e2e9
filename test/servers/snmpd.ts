import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';

/**
 * snmpd with the community `public`, unless another is given, in one of these set-ups: the whole tree; what Debian's
 * own snmpd.conf shows of it; nothing but its name; the whole tree without a limit to the bindings of an answer; the
 * whole tree in v1 only.
 */
export type SnmpdView = 'all' | 'systemonly' | 'nameonly' | 'unlimited' | 'v1-only';

export function snmpd(
  address: string,
  { view, community = 'public' }: { readonly view: SnmpdView; readonly community?: string },
): PlanIn {
  const access = {
    all: [`rocommunity ${community}`],
    systemonly: [
      'view systemonly included .1.3.6.1.2.1.1',
      'view systemonly included .1.3.6.1.2.1.25.1',
      `rocommunity ${community} default -V systemonly`,
    ],
    nameonly: ['view nameonly included .1.3.6.1.2.1.1.5', `rocommunity ${community} default -V nameonly`],
    unlimited: [`rocommunity ${community}`, 'maxGetbulkRepeats -1', 'maxGetbulkResponses -1'],
    'v1-only': [
      `com2sec reader default ${community}`,
      'group readers v1 reader',
      'view all included .1',
      'access readers "" v1 noauth exact all none none',
    ],
  }[view];
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.snmpd,
    files: {
      'snmpd.conf': [
        `agentaddress udp:${address}:161`,
        `exactEngineID 0x${snmpdEngineId(address)}`,
        ...SYSTEM,
        ...access,
        '',
      ].join('\n'),
    },
    arguments: ['-f', '-Lo', '-C', '-c', `${folder}/snmpd.conf`],
    environment: { SNMP_PERSISTENT_DIR: folder, MIBS: '' },
    // The one question that all of them answer, whatever the community.
    ready: { port: 161, request: V3_DISCOVERY },
  });
}

/**
 * Its engine's identity in hexadecimal, as long as one of its own making. Those come from a generator that is seeded with
 * the time of the start, seconds and microseconds, so two agents that start together may get the same.
 */
export function snmpdEngineId(address: string): string {
  return `80001f8880${Buffer.from(address.padEnd(12).slice(0, 12)).toString('hex')}`;
}

/** The kernel's and the machine's own names would make the lengths of its answers those of this machine. */
const SYSTEM = [
  'sysDescr Linux lab 6.1.0-28-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.119-1 (2024-11-22) x86_64',
  'sysName lab',
  'sysLocation lab',
  'sysContact root@localhost',
];

/** RFC 3414 §4: a Get of nothing for an engine that is not named. */
const V3_DISCOVERY = Buffer.from(
  '3038020103' +
    '300d' +
    '020101' +
    '020205dc' +
    '040104' +
    '020103' +
    '0410300e' +
    '0400020100020100040004000400' +
    '301204000400' +
    'a00c02020001020100020100' +
    '3000',
  'hex',
);
