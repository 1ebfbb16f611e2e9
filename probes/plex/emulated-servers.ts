import type { EmulatedServer } from '../probe.js';

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: 'plex-before-2021',
    about:
      'a Plex Media Server before 1.21.3, by the headers that open servers of the protocol send, with the 253 bytes of the published average; not a measured one',
    reply: (request) =>
      answer(request, [
        'Content-Type: plex/media-server',
        'Host: 0123456789abcdef0123456789abcdef.plex.direct',
        'Name: Home Plex',
        'Port: 32400',
        'Resource-Identifier: 00112233445566778899aabbccddeeff00112233',
        'Updated-At: 1466340239',
        'Version: 1.21.2.3943-a91458577',
      ]),
  },
  {
    name: 'plex-short',
    about: 'one that says less, as other programs of the protocol do; not a measured one',
    reply: (request) =>
      answer(request, [
        'Content-Type: plex/media-server',
        'Name: nas',
        'Port: 32400',
        'Resource-Identifier: abc123',
      ]),
  },
  {
    name: 'plex-today',
    about: 'a Plex Media Server since 1.21.3, which answers its own network alone: silence',
    reply: () => [],
  },
];

/** Players ask in either version of HTTP. */
function answer(request: Uint8Array, headers: readonly string[]): readonly Uint8Array[] {
  return /^M-SEARCH \* HTTP\/1\.[01]\r\n/.test(Buffer.from(request).toString())
    ? [new TextEncoder().encode(['HTTP/1.0 200 OK', ...headers, '', ''].join('\r\n'))]
    : [];
}
