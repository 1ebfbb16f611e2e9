import type { EmulatedServer } from '../probe.js';

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: 'miniupnpd-2.3.1',
    about:
      'miniupnpd 2.3.1 of Debian 12, without an outer address: it answers to every side that it listens on',
    reply: (request) => answer(request, '00800003000000fc00000000'),
  },
  {
    name: 'nat-pmp-router',
    about: 'a router with an outer address, by RFC 6886; not a measured one',
    reply: (request) => answer(request, '0080000000015180c0000207'),
  },
  {
    name: 'nat-pmp-off',
    about: 'no such router, or one that answers its inner side alone: silence',
    reply: () => [],
  },
];

/** A longer one is answered too: what follows the question is not looked at. */
function answer(request: Uint8Array, hex: string): readonly Uint8Array[] {
  return request.length >= 2 && request[0] === 0 && request[1] === 0
    ? [Uint8Array.from(Buffer.from(hex, 'hex'))]
    : [];
}
