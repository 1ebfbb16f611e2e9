import { unpacked } from '../packages/fetch.js';
import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';

/** armagetronad-dedicated, unknown to the world (`TALK_TO_MASTER`). */
export function armagetron(address: string): PlanIn {
  return (folder) => {
    const set = unpacked(PACKAGE_SETS.armagetron);
    return {
      address,
      packages: PACKAGE_SETS.armagetron,
      files: {
        'autoexec.cfg': `SERVER_IP ${address}\nSERVER_PORT 4534\nTALK_TO_MASTER 0\nSERVER_NAME lab\n`,
      },
      arguments: [
        ...['--datadir', set.path('usr/share/games/armagetronad')],
        ...['--configdir', set.path('etc/armagetronad')],
        ...['--userdatadir', folder, '--userconfigdir', folder, '--vardir', folder, '-d'],
      ],
      environment: { HOME: folder },
      // Each answer of its frees others: it is not asked whether it is up.
      ready: { prints: `Closing socket bound to ${address}` },
    };
  };
}
