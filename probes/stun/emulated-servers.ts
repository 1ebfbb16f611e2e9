import type { EmulatedServer } from '../probe.js';
import { ATTRIBUTE, TYPE, readStun } from './message.js';

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: 'coturn-4.6.1',
    about: 'coturn 4.6.1 of Debian 12: our address twice, its own and its name, 80 bytes',
    reply: (request) =>
      responseTo(request, [
        [ATTRIBUTE.xorMappedAddress, xored(addressOf(ASKER), request)],
        [ATTRIBUTE.mappedAddress, addressOf(ASKER)],
        [ATTRIBUTE.responseOrigin, addressOf(SERVER)],
        [ATTRIBUTE.software, new TextEncoder().encode("Coturn-4.6.1 'Gorst'")],
      ]),
  },
  {
    name: 'stun-off',
    about: 'a host without STUN, or with one that is reached over TLS alone: silence',
    reply: () => [],
  },
];

const ASKER = [192, 0, 2, 1, 40_000] as const;
const SERVER = [192, 0, 2, 10, 3478] as const;
const IPV4 = 1;

function responseTo(
  request: Uint8Array,
  attributes: readonly (readonly [type: number, value: Uint8Array])[],
): readonly Uint8Array[] {
  const asked = readStun(request);
  if (asked?.type !== TYPE.bindingRequest) return [];
  const body = attributes.flatMap(([type, value]) => [
    ...[type >> 8, type & 0xff, value.length >> 8, value.length & 0xff],
    ...value,
    ...new Uint8Array((4 - (value.length % 4)) % 4),
  ]);
  const head = [TYPE.bindingSuccess >> 8, TYPE.bindingSuccess & 0xff, body.length >> 8, body.length & 0xff];
  return [Uint8Array.from([...head, ...asked.id, ...body])];
}

function addressOf([a, b, c, d, port]: typeof ASKER | typeof SERVER): Uint8Array {
  return Uint8Array.of(0, IPV4, port >> 8, port & 0xff, a, b, c, d);
}

/** Port and address combined with the cookie, which begins behind type and length. */
function xored(value: Uint8Array, request: Uint8Array): Uint8Array {
  return value.map((byte, i) => (i < 2 ? byte : byte ^ (request[i < 4 ? i + 2 : i] ?? 0)));
}
