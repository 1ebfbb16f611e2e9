import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';

/** miniupnpd with NAT-PMP alone, which answers whoever reaches the address that it listens on; its outer side is loopback. */
export function miniupnpd(address: string): PlanIn {
  return plan(address, ['enable_natpmp=yes', 'enable_upnp=no'], { prints: 'Listening for NAT-PMP' });
}

/** The same with UPnP alone: it hears every address and the group, and answers the network of its inner side. */
export function miniupnpdUpnp(address: string): PlanIn {
  const listening = { prints: 'HTTP listening on port 5555' };
  return (folder) => ({
    ...plan(address, ['enable_natpmp=no', 'enable_upnp=yes', 'http_port=5555'], listening)(folder),
    everywhere: true,
  });
}

function plan(address: string, settings: readonly string[], ready: { readonly prints: string }): PlanIn {
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.miniupnpd,
    files: {
      'miniupnpd.conf': [
        'ext_ifname=lo',
        `listening_ip=${address}/24`,
        ...settings,
        'secure_mode=yes',
        'uuid=b1d2c3d4-0000-4000-8000-000000000001',
        '',
      ].join('\n'),
    },
    arguments: ['-d', '-f', `${folder}/miniupnpd.conf`, '-P', `${folder}/miniupnpd.pid`],
    ready,
  });
}
