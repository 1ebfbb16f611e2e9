import type { Twin } from '../probe.js';

export const twins: readonly Twin[] = [
  {
    name: 'daytime-xinetd',
    about: 'xinetd 2.3.15; a twin has no clock, and always says the same',
    reply: () => [new TextEncoder().encode('20 NOV 2026 21:26:17 UTC\r\n')],
  },
  {
    name: 'daytime-openbsd-inetd',
    about: 'openbsd-inetd 0.20221205, and inetutils-inetd 2.4 alike',
    reply: () => [new TextEncoder().encode('Fri Nov 20 21:26:26 2026\r\n')],
  },
  {
    name: 'daytime-off',
    about: 'a host with the service switched off behind a filter: silence',
    reply: () => [],
  },
];
