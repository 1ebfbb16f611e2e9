import type { EmulatedServer } from '../probe.js';

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: 'murmur-1.3.4',
    about: 'mumble-server 1.3.4 of Debian 12 as it comes (`allowping=true`): 24 bytes',
    reply: (request) => (isPing(request) ? [answerTo(request)] : []),
  },
  {
    name: 'murmur-without-ping',
    about: 'mumble-server with `allowping=false`: silence',
    reply: () => [],
  },
];

/** Another type than 0 is ignored. */
function isPing(request: Uint8Array): boolean {
  return request.length === 12 && request.subarray(0, 4).every((byte) => byte === 0);
}

/** Version 1.3.4, the ident, nobody of at most 100, 72,000 bits a second. */
function answerTo(request: Uint8Array): Uint8Array {
  const answer = Buffer.from('000103040000000000000000000000000000006400011940', 'hex');
  answer.set(request.subarray(4, 12), 4);
  return answer;
}
