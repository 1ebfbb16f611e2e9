import { PACKAGE_SETS } from '../packages/packages.js';
import type { PlanIn } from './server.js';

/** xdm that is willing to manage any display; it has none of its own. It listens on every address there is. */
export function xdm(address: string): PlanIn {
  return (folder) => ({
    address,
    packages: PACKAGE_SETS.xdm,
    everywhere: true,
    // It looks up the name of whoever asks, and says its own.
    hosts: 'hosts',
    hostname: 'lab',
    files: {
      hosts: '127.0.0.1 localhost\n192.0.2.1 scanner\n',
      Xaccess: '*\n',
      'xdm-config': [
        'requestPort: 177',
        `accessFile: ${folder}/Xaccess`,
        'servers: /dev/null',
        `errorLogFile: ${folder}/xdm.err`,
        `pidFile: ${folder}/xdm.pid`,
        `authDir: ${folder}`,
        `keyFile: ${folder}/xdm-keys`,
      ]
        .map((line) => `DisplayManager.${line}\n`)
        .join(''),
    },
    arguments: ['-nodaemon', '-config', `${folder}/xdm-config`],
    // The same question with the name of an authentication.
    ready: { port: 177, request: Buffer.from('\0\x01\0\x02\0\x15\x01\0\x12MIT-MAGIC-COOKIE-1', 'latin1') },
  });
}
