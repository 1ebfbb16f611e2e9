import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';

const ROUTES = 60;

/** ripd of FRR with sixty routes, and zebra, which tells it the interfaces. It listens on every address there is. */
export function frrRip(address: string, { settings }: { readonly settings: readonly string[] }): PlanIn {
  return (folder) => {
    const common = [
      ...['-i', `${folder}/pid`, '-z', `${folder}/api`, '--vty_socket', folder],
      // No terminal, and the users of FRR's package are not here.
      ...['-A', '127.0.0.1', '-P', '0', '-u', 'root', '-g', 'root'],
    ];
    return {
      address,
      packages: PACKAGE_SETS.frr,
      everywhere: true,
      files: {
        'etc/group': 'root:x:0:\nfrrvty:x:92:root\n',
        'zebra.conf': '\n',
        'ripd.conf': [
          'debug rip events',
          'router rip',
          ' network 0.0.0.0/0',
          ...settings.map((line) => ` ${line}`),
          ...Array.from({ length: ROUTES }, (_, i) => ` route 198.18.${i + 1}.0/24`),
          '',
        ].join('\n'),
      },
      prepare: [['usr/lib/frr/zebra', '-d', '-f', `${folder}/zebra.conf`, ...common]],
      arguments: ['-f', `${folder}/ripd.conf`, '--log', 'stdout', ...common, '-i', `${folder}/ripd.pid`],
      ready: { prints: 'multicast join at vserve' },
    };
  };
}
