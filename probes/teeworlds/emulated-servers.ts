import type { EmulatedServer } from '../probe.js';

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: 'teeworlds-0.7.5',
    about: 'teeworlds-server 0.7.5 of Debian 12: a token of 12 bytes for 520, and silence without it',
    reply: (request) => token(request),
  },
  {
    name: 'teeworlds-without-check',
    about:
      'a server that does not insist on its token; none is known, so its answer is that of 0.7.5 to a good token',
    reply: (request) => [...token(request), ...state(request)],
  },
  {
    name: 'teeworlds-off',
    about: 'a host without the server: silence',
    reply: () => [],
  },
];

const OWN_TOKEN = Uint8Array.of(0xa6, 0x6c, 0x7d, 0xa3);

function token(request: Uint8Array): readonly Uint8Array[] {
  if (request.length !== 520 || request[0] !== 4 || request[7] !== 5) return [];
  return [Uint8Array.from([4, 0, 0, ...request.subarray(8, 12), 5, ...OWN_TOKEN])];
}

/** Version, name, no host, map, game; then flags, and how many play and may. */
const STATE = Buffer.concat([
  Buffer.from('\u0000' + ['0.7.5', 'lab', '', 'dm1', 'DM', ''].join('\0'), 'latin1'),
  Uint8Array.of(0, 1, 0, 8, 0, 8),
]);

function state(request: Uint8Array): readonly Uint8Array[] {
  if (request.length !== 18 || request[0] !== 0x21) return [];
  const head = [0x21, ...request.subarray(5, 9), ...OWN_TOKEN, 0xff, 0xff, 0xff, 0xff];
  return [Uint8Array.from([...head, ...Buffer.from('inf3'), ...STATE])];
}
