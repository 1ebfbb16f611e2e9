import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';

/** MiniDLNA with nothing to play. Its socket for SSDP is bound to the group, so what is sent to its address it never hears. */
export function minidlna(address: string): PlanIn {
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.minidlna,
    everywhere: true,
    files: {
      'media/.keep': '',
      'minidlna.conf': [
        `media_dir=${folder}/media`,
        `db_dir=${folder}`,
        `log_dir=${folder}`,
        'network_interface=vserve',
        'port=8200',
        'friendly_name=lab',
        'inotify=no',
        '',
      ].join('\n'),
    },
    arguments: ['-d', '-f', `${folder}/minidlna.conf`, '-P', `${folder}/minidlna.pid`],
    ready: { prints: 'Enabling interface' },
  });
}
