import type { Twin } from '../probe.js';

export const twins: readonly Twin[] = [
  {
    name: 'time-xinetd',
    about: 'xinetd 2.3.15, and openbsd-inetd 0.20221205 alike: 4 bytes; a twin has no clock',
    reply: () => [Uint8Array.of(0xee, 0xab, 0x39, 0x7a)],
  },
  {
    name: 'time-inetutils-inetd',
    about: 'inetutils-inetd 2.4: 8 bytes, the last four zero',
    reply: () => [Uint8Array.of(0xee, 0xab, 0x39, 0xa4, 0, 0, 0, 0)],
  },
  {
    name: 'time-off',
    about: 'a host with the service switched off behind a filter: silence',
    reply: () => [],
  },
];
