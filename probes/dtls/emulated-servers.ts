import type { EmulatedServer } from '../probe.js';
import { readFlight } from './message.js';

/** Each probe has servers of its own, for they are hosts of the lab. */
export function emulatedServersAs(id: 'dtls' | 'dtls-coap'): readonly EmulatedServer[] {
  return SERVERS.map((server) => (id === 'dtls' ? server : { ...server, name: `${server.name}-coap` }));
}

const SERVERS: readonly EmulatedServer[] = [
  {
    name: 'gnutls-serv-nocookie',
    about:
      'gnutls-serv 3.7.9 of Debian 12 with --nocookie for one request: five datagrams, 696 bytes, after 0, 1, 4, 10 and ' +
      '22 s; here all at once',
    reply: (request) => (isClientHello(request) ? FLIGHTS : []),
  },
  {
    name: 'coturn-4.6.1-dtls',
    about: 'coturn 4.6.1 of Debian 12: a cookie is to be sent back first, 48 bytes',
    reply: (request) =>
      isClientHello(request) ? [message(3, { body: [0xfe, 0xff, 20, ...zeros(20)] })] : [],
  },
  {
    name: 'dtls-off',
    about: 'a host without DTLS, or with one that hears its own clients alone: silence',
    reply: () => [],
  },
];

function isClientHello(request: Uint8Array): boolean {
  return readFlight(request)?.messages.includes('ClientHello') === true;
}

const TIMES = 5;
/** Type and body of each message; what nobody reads is 0. */
const FLIGHT: readonly (readonly [type: number, body: readonly number[]])[] = [
  // Version, random, a session of 32 bytes, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, no compression, an extension.
  [2, [0xfe, 0xfd, ...zeros(32), 32, ...zeros(32), 0xc0, 0x2b, 0, 0, 6, 0, 11, 0, 2, 1, 0]],
  [11, zeros(344)],
  [12, zeros(110)],
  [13, zeros(39)],
  [14, []],
];
const FLIGHTS = Array.from({ length: TIMES }, (_, time) =>
  FLIGHT.map(([type, body], number) =>
    message(type, { body, number, sequence: time * FLIGHT.length + number }),
  ),
).flat();

function message(
  type: number,
  { body, number = 0, sequence = 0 }: { body: readonly number[]; number?: number; sequence?: number },
): Uint8Array {
  const length = [0, body.length >> 8, body.length & 0xff];
  const handshake = [type, ...length, 0, number, 0, 0, 0, ...length, ...body];
  return Uint8Array.from([
    ...[22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, sequence],
    ...[handshake.length >> 8, handshake.length & 0xff],
    ...handshake,
  ]);
}

function zeros(count: number): readonly number[] {
  return Array.from({ length: count }, () => 0);
}
