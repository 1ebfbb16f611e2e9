import type { EmulatedServer } from '../probe.js';
import { IKE_SA_INIT, MAIN_MODE } from './message.js';

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: 'strongswan-5.9.8',
    about: 'strongSwan 5.9.8 of Debian 12 with a connection for anybody: 392 bytes to IKEv2, 116 to IKEv1',
    reply: (request) =>
      answer(request, {
        [IKE_SA_INIT]: ['21202220', SA_INIT_BODY],
        [MAIN_MODE]: ['01100200', MAIN_MODE_BODY],
      }),
  },
  {
    name: 'strongswan-5.9.8-no-connection',
    about: 'strongSwan 5.9.8 as Debian installs it, without a connection: it tells everybody that none fits',
    reply: (request) =>
      answer(request, {
        [IKE_SA_INIT]: ['29202220', '000000080000000e'],
        [MAIN_MODE]: ['0b100500', '0000000c000000010100000e'],
      }),
  },
  {
    name: 'strongswan-5.9.8-cookie',
    about: 'strongSwan 5.9.8 while three exchanges of the asker are half-open: 60 bytes, a cookie',
    reply: (request) =>
      answer(request, { [IKE_SA_INIT]: ['29202220', `0000002000004006${'5a'.repeat(24)}`, ''] }),
  },
  {
    name: 'libreswan-4.10',
    about: 'Libreswan 4.10 of Debian 12 with a connection of IKEv1: 124 bytes',
    reply: (request) => answer(request, { [MAIN_MODE]: ['01100200', LIBRESWAN_BODY] }),
  },
  {
    name: 'ike-off',
    about: 'no IKE, or a gateway whose firewall knows its peers: silence',
    reply: () => [],
  },
];

/** Next payload, version, exchange type and flags; the payloads; the SPI of the responder. */
type Reply = readonly [header: string, body: string, spi?: string];

const HEADER_BYTES = 28;
/** An emulated server draws no numbers: its SPI is always this. */
const SPI = '0cdfd0e655a33c24';
const NO_SPI = '00'.repeat(8);

/** The payloads by the exchange type of the request, behind a header with its SPI. */
function answer(request: Uint8Array, replies: Readonly<Record<number, Reply>>): readonly Uint8Array[] {
  const reply = request.length > HEADER_BYTES ? replies[request[18] ?? 0] : undefined;
  if (!reply) return [];
  const [header, body, spi] = reply;
  const payloads = Buffer.from(body, 'hex');
  const message = Buffer.concat([
    request.subarray(0, 8),
    Buffer.from(spi === undefined ? SPI : NO_SPI, 'hex'),
    Buffer.from(header, 'hex'),
    Buffer.alloc(8),
    payloads,
  ]);
  message.writeUInt32BE(message.length, 24);
  return [Uint8Array.from(message)];
}

/** The proposal as it was offered, a public value, a nonce of 32 bytes, two notifications. */
const SA_INIT_BODY = [
  '220000300000002c010100040300000c0100000c800e0080030000080300000c0300000802000005000000080400000e',
  `28000108000e0000${'06'.repeat(256)}`,
  `29000024${'2a'.repeat(32)}`,
  '2900000800004022', // CHILDLESS_IKEV2_SUPPORTED
  '0000000800004014', // MULTIPLE_AUTH_SUPPORTED
].join('');

/** The proposal as it was offered, in 56 bytes. */
const MAIN_MODE_SA =
  '0d00003800000001000000010000002c01010001000000240101000080010007800e0080800200048004000e80030001800b0001800c7080';
const DEAD_PEER_DETECTION = '00000014afcad71368a1f1c96b8696fc77570100';
const MAIN_MODE_BODY = `${MAIN_MODE_SA}0d00000c09002689dfd6b712${DEAD_PEER_DETECTION}`;
const LIBRESWAN_BODY = `${MAIN_MODE_SA}0d0000144048b7d56ebce88525e7de7f00d6c2d3${DEAD_PEER_DETECTION}`;
