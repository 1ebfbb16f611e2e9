import { PACKAGE_SETS } from '../packages/packages.js';
import { unpacked } from '../packages/fetch.js';
import type { PlanIn } from './server.js';

/** Its information port, the game's and one more. */
const PORT = 28_802;

/** Red Eclipse in no list of servers, without its 860 MB of data: it only looks whether there are some. */
export function redeclipse(address: string): PlanIn {
  return (folder) => {
    const set = unpacked(PACKAGE_SETS.redeclipse);
    return {
      address,
      packages: PACKAGE_SETS.redeclipse,
      // The port of the LAN, 28799, is bound to every address whatever `serverip` says.
      everywhere: true,
      files: {
        'data/maps/readme.txt': 'the maps are not fetched\n',
        'servinit.cfg': `servertype 1\nservermaster ""\nserverip "${address}"\nsv_defaultmap "depot"\n`,
      },
      // It looks for its configuration where it is started, which is this folder.
      links: { config: set.path('usr/share/games/redeclipse/config') },
      environment: { REDECLIPSE_DATADIR: `${folder}/data`, HOME: folder },
      arguments: [`-h${folder}`],
      // Two integers; the scanner sends one.
      ready: { port: PORT, request: Uint8Array.of(1, 2) },
    };
  };
}
