import type { EmulatedServer } from '../probe.js';

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: 'source-without-challenge',
    about:
      'the example of the specification, a Counter-Strike: Source from before December 2020; not a measured one',
    reply: (request) => answer(request, INFORMATION),
  },
  {
    name: 'source-with-challenge',
    about: 'a server of today, by the specification: it asks for a challenge first; not a measured one',
    reply: (request) => answer(request, '414ba1d522'),
  },
  {
    name: 'steam-off',
    about: 'no such server, or one behind a filter of its players: silence',
    reply: () => [],
  },
];

const QUESTION = Buffer.from('\xff\xff\xff\xffTSource Engine Query\0', 'latin1');

function answer(request: Uint8Array, hex: string): readonly Uint8Array[] {
  return Buffer.compare(request, QUESTION) === 0
    ? [Uint8Array.from(Buffer.from(`ffffffff${hex}`, 'hex'))]
    : [];
}

const text = (value: string): string => Buffer.from(`${value}\0`).toString('hex');

const INFORMATION = [
  '4902',
  ...['game2xs.com Counter-Strike Source #1', 'de_dust', 'cstrike', 'Counter-Strike: Source'].map(text),
  'f000051004646c0000', // application 240; 5 of 16 players, 4 bots; dedicated, Linux, no password, no VAC
  text('1.0.0.22'),
].join('');
