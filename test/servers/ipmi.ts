import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';

/** The simulator of OpenIPMI: a controller that lets in whoever names no password too. */
export function ipmiSim(address: string): PlanIn {
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.ipmiSim,
    files: {
      'lan.conf': [
        'name "lab"',
        'set_working_mc 0x20',
        'startlan 1',
        `addr ${address} 623`,
        'priv_limit admin',
        ...['callback', 'user', 'operator', 'admin'].map(
          (level) => `allowed_auths_${level} none md2 md5 straight`,
        ),
        'endlan',
        'user 1 true "" "test" user 10 none md2 md5 straight',
        'user 2 true "operator" "test" admin 10 none md2 md5 straight',
        '',
      ].join('\n'),
      'lab.emu': [
        'mc_setbmc 0x20',
        'mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr',
        'mc_enable 0x20',
        '',
      ].join('\n'),
    },
    arguments: ['-n', '-c', `${folder}/lan.conf`, '-f', `${folder}/lab.emu`, '-s', folder],
    // The presence ping of ASF (DSP0136 §3.2.4.2): not the scanner's question.
    ready: { port: 623, request: Buffer.from('0600ff06000011be80000000', 'hex') },
  });
}
