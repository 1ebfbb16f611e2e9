import { PACKAGE_SETS } from '../packages/packages.js';
import { unpacked } from '../packages/fetch.js';
import type { PlanIn } from './server.js';

const PORT = 27_960;
const GETCHALLENGE = Buffer.from('\xff\xff\xff\xffgetchallenge', 'latin1');

/** OpenArena on ioquake3, in no list of servers (`dedicated 1`), on one map and without bots. */
export function openarena(address: string): PlanIn {
  return (folder) => {
    const set = unpacked(PACKAGE_SETS.openarena);
    return {
      address,
      packages: PACKAGE_SETS.openarena,
      files: { 'baseoa/default.cfg': '// the game has one in the packages that are not fetched\n' },
      // Where it looks for its parts: the maps and the game's own code.
      links: {
        'baseoa/pak1-maps.pk3': set.path('usr/share/games/openarena/baseoa/pak1-maps.pk3'),
        'baseoa/qagamex86_64.so': set.path('usr/lib/openarena-server/baseoa/qagamex86_64.so'),
      },
      environment: { HOME: folder },
      arguments: [
        ...['com_basegame baseoa', `fs_basepath ${folder}`, 'com_protocol 71', 'vm_game 0', 'sv_pure 0'],
        ...['dedicated 1', `net_ip ${address}`, `net_port ${PORT}`, 'net_enabled 1', 'sv_hostname lab'],
        ...['bot_enable 0', 'cl_motd 0'],
      ]
        .flatMap((setting) => ['+set', ...setting.split(' ')])
        .concat('+sets', 'bot_minplayers', '0', '+map', 'oa_dm1'),
      ready: { port: PORT, request: GETCHALLENGE },
    };
  };
}

/** Nexuiz on DarkPlaces, in no list of servers (`sv_public 0`). */
export function nexuiz(address: string): PlanIn {
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.nexuiz,
    environment: { HOME: folder },
    arguments: [
      ...['-nexuiz', '-basedir', unpacked(PACKAGE_SETS.nexuiz).path('usr/share/games/nexuiz')],
      ...['+sv_public', '0', '+net_address', address, '+port', String(PORT), '+map', 'basement'],
    ],
    ready: { port: PORT, request: GETCHALLENGE },
  });
}
