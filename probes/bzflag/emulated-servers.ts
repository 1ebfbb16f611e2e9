import type { EmulatedServer } from '../probe.js';

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: 'bzfs-2.4.26',
    about: 'bzfs 2.4.26 of Debian 12: 60 bytes',
    reply: (request) => (isPing(request) ? [ANSWER] : []),
  },
  {
    name: 'bzfs-at-home',
    about: 'bzfs with `-i` and an address of the home network: silence to everybody else',
    reply: () => [],
  },
];

/** Six bytes; what the last two are does not matter. */
function isPing(request: Uint8Array): boolean {
  return request.length === 6 && Buffer.compare(request.subarray(0, 4), Buffer.from('00020404', 'hex')) === 0;
}

/** The addresses are those of the lab in which it was captured (RFC 5737: TEST-NET-1). */
const ANSWER = Buffer.from(
  '00380303425a465330323231c00002391422000004c0000201' +
    '00000100000100000000000000000000c800c800c800c800c800c800c8000000000000',
  'hex',
);
