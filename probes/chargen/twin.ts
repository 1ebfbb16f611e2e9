import type { Twin } from '../probe.js';

export const twins: readonly Twin[] = [
  {
    name: 'chargen-xinetd',
    about: 'xinetd 2.3.15 with its internal chargen-dgram: 1,024 bytes for any datagram, an empty one too',
    reply: () => [generate({ first: 0x21, last: 0x7d, bytes: 1024 })],
  },
  {
    name: 'chargen-openbsd-inetd',
    about: 'openbsd-inetd 0.20221205, and inetutils-inetd 2.4 alike: one line of 74 bytes for any datagram',
    reply: () => [generate({ first: 0x20, last: 0x7e, bytes: 74 })],
  },
  {
    name: 'chargen-off',
    about: 'a host with the service switched off behind a filter: silence',
    reply: () => [],
  },
];

/** RFC 864: each line has this many characters and begins one character later than the line before. */
const LINE_CHARACTERS = 72;

/**
 * As many whole lines as fit, and a shorter one that fills the rest. A real server begins where its last answer
 * ended; a twin has no memory and begins with the first character each time.
 */
function generate(ring: { first: number; last: number; bytes: number }): Uint8Array {
  const characters = ring.last - ring.first + 1;
  const datagram: number[] = [];
  for (let line = 0; datagram.length < ring.bytes; line++) {
    const width = Math.min(LINE_CHARACTERS, ring.bytes - datagram.length - 2);
    for (let i = 0; i < width; i++) datagram.push(ring.first + ((line + i) % characters));
    datagram.push(0x0d, 0x0a);
  }
  return Uint8Array.from(datagram);
}
