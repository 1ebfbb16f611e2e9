import type { EmulatedServer } from '../probe.js';

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: 'db2-discovery',
    about:
      'an Administration Server of DB2 9.7, whose answer has the 298 bytes that Shadowserver reports; what follows its name is not known, and zero here; not a measured one',
    reply: (request) => answer(request, 'db01', 298),
  },
  {
    name: 'db2-short',
    about: 'the shortest answer that the layout allows: it hardly amplifies; not a measured one',
    reply: (request) => answer(request, 'dbhost', 27),
  },
  {
    name: 'db2-off',
    about: 'discovery switched off (DISCOVER DISABLE), or no Administration Server: silence',
    reply: () => [],
  },
];

function answer(request: Uint8Array, name: string, bytes: number): readonly Uint8Array[] {
  if (!Buffer.from(request).toString('latin1').startsWith('DB2GETADDR\0')) return [];
  const reply = new Uint8Array(bytes);
  reply.set(new TextEncoder().encode(`DB2RETADDR\0SQL09070\0${name}\0`));
  return [reply];
}
