import type { EmulatedServer } from '../probe.js';

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: 'redeclipse-1.6.0',
    about:
      'Red Eclipse 1.6.0 of Debian 12 without players and without a description: 31 bytes behind the request',
    // An integer 0 asks for what this server does not tell.
    reply: (request) =>
      request.length === 0 || request[0] === 0
        ? []
        : [Uint8Array.from([...request, ...Buffer.from(STATE, 'hex')])],
  },
  {
    name: 'redeclipse-off',
    about: 'no such server, or the port of the game itself, 28801: silence',
    reply: () => [],
  },
];

/** 0 players, 15 integers from 230 on, the map `depot`, an empty description. */
const STATE = '000f80e6000200805802200080861300010600024000006465706f74000000';
