import type { EmulatedServer } from '../probe.js';

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: 'ddnet-16.4',
    about: 'DDNet-Server 16.4 of Debian 12 without players: 98 bytes',
    reply: (request) => (isQuestion(request) ? [answer('iext', tokenOf(request), EXTENDED)] : []),
  },
  {
    name: 'teeworlds-0.7',
    about:
      'teeworlds-server 0.7.5 of Debian 12, which wants a token in 520 bytes first: silence to this question',
    reply: () => [],
  },
];

/** What comes behind the token: nobody plays, 64 may. */
const EXTENDED = [
  ...['0.6.4, 16.4', 'lab', 'Tutorial', '-1924373370', '1082711'],
  ...['TestDDraceNetwor', '0', '0', '64', '0', '64', ''],
];

function isQuestion(request: Uint8Array): boolean {
  return (
    request.length === 15 &&
    Buffer.compare(request.subarray(0, 2), Buffer.from('xe')) === 0 &&
    Buffer.compare(request.subarray(10, 14), Buffer.from('gie3')) === 0
  );
}

function tokenOf(request: Uint8Array): number {
  const [first = 0, second = 0, last = 0] = [request[2], request[3], request[14]];
  return (first << 16) | (second << 8) | last;
}

function answer(kind: string, token: number, texts: readonly string[]): Uint8Array {
  const words = [String(token), ...texts].map((text) => `${text}\0`).join('');
  return Buffer.concat([Buffer.alloc(10, 0xff), Buffer.from(`${kind}${words}`, 'latin1')]);
}
