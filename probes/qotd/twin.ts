import type { Twin } from '../probe.js';

export const twins: readonly Twin[] = [
  {
    name: 'qotd-xinetd',
    about: 'a script of three lines behind xinetd 2.3.15, for no package has a qotd for UDP: 166 bytes',
    reply: () => [
      new TextEncoder().encode(
        `"${'It is a bad plan that admits of no modification. '.repeat(3)}" -- lab quote 3\r\n`,
      ),
    ],
  },
  {
    name: 'qotd-off',
    about: 'openbsd-inetd 0.20221205, which offers qotd over TCP only: silence',
    reply: () => [],
  },
];
