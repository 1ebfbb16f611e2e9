import type { EmulatedServer } from '../probe.js';

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: 'slp-agent',
    about:
      'a service agent with three types of service, by RFC 2608 §10.2; not measured, Debian has no server',
    reply: (request) => answer(request, 0, TYPES),
  },
  {
    name: 'slp-agent-without-types',
    about: 'a service agent that does not know the question: error code 14, by RFC 2608 §7; not measured',
    reply: (request) => answer(request, 14, ''),
  },
  {
    name: 'slp-off',
    about: 'a host whose slpd is off or filtered: silence',
    reply: () => [],
  },
];

const TYPES = 'service:printer:lpr,service:printer:ipp,service:wbem:https';

/** With the XID and the language tag of the request, as §8 wants it. */
function answer(request: Uint8Array, error: number, types: string): readonly Uint8Array[] {
  const given = Buffer.from(request);
  if (given.length !== 29 || given[0] !== 2 || given[1] !== 9) return [];
  const body = Buffer.alloc(4 + types.length);
  body.writeUInt16BE(error, 0);
  body.writeUInt16BE(types.length, 2);
  body.write(types, 4, 'latin1');
  const head = Buffer.from(given.subarray(0, 16));
  head[1] = 10;
  head.writeUIntBE(head.length + body.length, 2, 3);
  return [Uint8Array.from([...head, ...body])];
}
