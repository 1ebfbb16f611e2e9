import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';

/** osmo-ggsn without an access point: it answers Echo, and knows no subscriber. */
export function osmoGgsn(address: string): PlanIn {
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.osmoGgsn,
    files: {
      'ggsn.cfg': [
        'ggsn ggsn0',
        ` gtp state-dir ${folder}`,
        ` gtp bind-ip ${address}`,
        ' no shutdown ggsn',
        '',
      ].join('\n'),
    },
    arguments: ['-c', `${folder}/ggsn.cfg`],
    // An Echo with a sequence number of its own.
    ready: { port: 2152, request: Buffer.from('320100040000000072640000', 'hex') },
  });
}
