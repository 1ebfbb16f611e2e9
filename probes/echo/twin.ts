import type { Twin } from '../probe.js';

export const twins: readonly Twin[] = [
  {
    name: 'echo-inetd',
    about:
      'xinetd 2.3.15, openbsd-inetd 0.20221205 and inetutils-inetd 2.4 alike: what was sent, an empty datagram too',
    reply: (request) => [request],
  },
  {
    name: 'echo-off',
    about: 'a host with the service switched off behind a filter: silence',
    reply: () => [],
  },
];
