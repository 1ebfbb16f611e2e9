import type { EmulatedServer } from '../probe.js';

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: 'kamailio-5.6.3',
    about: 'Kamailio 5.6.3 of Debian 12, asked from 10.77.0.2: what it was sent, a tag, and its name',
    reply(request) {
      const lines = Buffer.from(request).toString('latin1').split('\r\n');
      if (!(lines[0] ?? '').startsWith('OPTIONS ')) return [];
      const header = (name: string): string =>
        lines.find((line) => line.startsWith(`${name}:`)) ?? `${name}:`;
      const answer = [
        'SIP/2.0 200 OK',
        `${header('Via')}=52590;received=10.77.0.2`,
        header('From'),
        `${header('To')};tag=b910351e0fc1454b3a339e8c44b5b8cd.52c60000`,
        header('Call-ID'),
        header('CSeq'),
        'Server: kamailio (5.6.3 (x86_64/linux))',
        'Content-Length: 0',
      ];
      return [Uint8Array.from(Buffer.from(`${answer.join('\r\n')}\r\n\r\n`, 'latin1'))];
    },
  },
  {
    name: 'sip-off',
    about: 'no SIP server, or one that answers its own provider alone: silence',
    reply: () => [],
  },
];
