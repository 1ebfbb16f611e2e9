import type { EmulatedServer } from '../probe.js';

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: 'gdomap-1.28',
    about: 'gdomap of gnustep-base-runtime 1.28 of Debian 12: 4 bytes for 264',
    reply: (request) =>
      request.length === 264 && request[0] === 0x50 ? [Uint8Array.of(0x00, 0x00, 0x1a, 0x02)] : [],
  },
  {
    name: 'gdomap-off',
    about: 'a host without gdomap, or with one that Debian has installed and not started: silence',
    reply: () => [],
  },
];
