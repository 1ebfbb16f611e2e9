import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';

/** avahi-daemon with five kinds of service, without D-Bus. It answers its own link, and hears it on every address. */
export function avahi(address: string): PlanIn {
  const services = ['_workstation', '_smb', '_ipp', '_ssh', '_http'].map(
    (name, i) => `<service><type>${name}._tcp</type><port>${9 + i}</port></service>`,
  );
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.avahi,
    everywhere: true,
    files: {
      'avahi-daemon.conf': [
        '[server]',
        'host-name=labhost',
        'use-ipv6=no',
        'enable-dbus=no',
        'allow-interfaces=vserve',
        '[wide-area]',
        'enable-wide-area=no',
        '[publish]',
        'publish-workstation=no',
        '',
      ].join('\n'),
      // It looks its user and group up even where it stays root.
      'etc/passwd': 'root:x:0:0::/:/bin/sh\navahi:x:65534:65534::/:/bin/false\n',
      'etc/group': 'root:x:0:\navahi:x:65534:\n',
      'etc/avahi/services/lab.service': `<?xml version="1.0"?><!DOCTYPE service-group SYSTEM "avahi-service.dtd">
<service-group><name>lab</name>${services.join('')}</service-group>
`,
    },
    arguments: ['-f', `${folder}/avahi-daemon.conf`, '--no-chroot', '--no-drop-root', '--no-rlimits'],
    ready: { prints: 'successfully established' },
  });
}
