import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';

/** miniupnpd with NAT-PMP alone, which answers whoever reaches the address that it listens on; its outer side is loopback. */
export function miniupnpd(address: string): PlanIn {
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.miniupnpd,
    files: {
      'miniupnpd.conf': [
        'ext_ifname=lo',
        `listening_ip=${address}/24`,
        'enable_natpmp=yes',
        'enable_upnp=no',
        'secure_mode=yes',
        'uuid=b1d2c3d4-0000-4000-8000-000000000001',
        '',
      ].join('\n'),
    },
    arguments: ['-d', '-f', `${folder}/miniupnpd.conf`, '-P', `${folder}/miniupnpd.pid`],
    ready: { prints: 'Listening for NAT-PMP' },
  });
}
