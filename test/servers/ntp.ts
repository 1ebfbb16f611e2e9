import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';

/** RFC 5905 §7.3: 48 bytes, version 4, mode 3. Mode 3 is what every NTP server answers. */
const READY = { port: 123, request: Buffer.concat([Buffer.from([0x23]), Buffer.alloc(47)]) };

/** ntpsec with queries open to all; monlist left its code base, so it must never be reported for it. */
export function ntpsec(address: string): PlanIn {
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.ntpsec,
    files: {
      // `disable ntp` leaves the machine's clock alone; the built-in default would be `noquery`.
      'ntp.conf': `disable ntp
driftfile ${folder}/drift
interface ignore wildcard
interface listen ${address}
restrict default nomodify
unrestrict default noquery
`,
    },
    arguments: ['-n', '-g', '-c', `${folder}/ntp.conf`],
    ready: READY,
  });
}

/** chrony, which never knew modes 6 and 7. */
export function chrony(address: string): PlanIn {
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.chrony,
    files: {
      'chrony.conf': `local stratum 10
allow all
bindaddress ${address}
cmdport 0
bindcmdaddress /
driftfile ${folder}/drift
pidfile ${folder}/chrony.pid
`,
    },
    // -x: never touches the machine's clock.
    arguments: ['-x', '-d', '-u', 'root', '-f', `${folder}/chrony.conf`],
    ready: READY,
  });
}
