import type { EmulatedServer } from '../probe.js';

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: 'ngtcp2-0.12.1',
    about:
      'gtlsserver of ngtcp2 0.12.1 of Debian 12: a Version Negotiation of 31 bytes; to an Initial three packets of 1,200 ' +
      'bytes after 0, 1 and 3 s, which is all it may send; here all at once',
    reply: (request) => answer(request, [1200, 1200, 1200]),
  },
  {
    name: 'quic-retry',
    about: 'the same server with -V: a token is to be sent back first, 127 bytes',
    reply: (request) => answer(request, [127], RETRY),
  },
  {
    name: 'quic-over-the-limit',
    about: 'a server that goes on sending its first flight, against RFC 9000 §8.1; not a measured one',
    reply: (request) => answer(request, [1200, 1200, 1200, 1200, 1200, 1200]),
  },
  {
    name: 'quic-off',
    about: 'a host without QUIC: silence',
    reply: () => [],
  },
];

const [INITIAL, RETRY] = [0xc0, 0xf0];
const SERVER_ID = new TextEncoder().encode('lab');

/** RFC 9000 §17.2.1, or so many packets of version 1; what is encrypted is 0 here. */
function answer(request: Uint8Array, sizes: readonly number[], first = INITIAL): readonly Uint8Array[] {
  if (request.length < 1200 || (request[0] ?? 0) < 0xc0) return [];
  const at = 6 + (request[5] ?? 0);
  const [theirs, ours] = [request.subarray(6, at), request.subarray(at + 1, at + 1 + (request[at] ?? 0))];
  if (Buffer.from(request).readUInt32BE(1) === 1)
    return sizes.map((bytes) => {
      const packet = new Uint8Array(bytes);
      packet.set([first, 0, 0, 0, 1, ours.length, ...ours, SERVER_ID.length, ...SERVER_ID]);
      return packet;
    });
  const versions = [0x4a, 0xfa, 0x5a, 0x6a, 0, 0, 0, 1];
  return [Uint8Array.from([0xc0, 0, 0, 0, 0, ours.length, ...ours, theirs.length, ...theirs, ...versions])];
}
