import type { EmulatedServer } from '../probe.js';

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: 'knxd-0.14.54-server',
    about: 'knxd 0.14.54 of Debian 12 that serves tunnels and discovery: 76 and 70 bytes',
    reply: answer,
  },
  {
    name: 'knxd-debian',
    about: 'knxd as Debian sets it up, a client of the multicast group alone: silence',
    reply: () => [],
  },
];

const ENDPOINT = '08010a6307010e57';
/** Name, address on the bus and multicast address as knxd has them without being told others. */
const DEVICE =
  '3601' + // length, type
  '0200' + // twisted pair, not in programming mode
  '0001' + // individual address
  '0000' + // project and installation
  '010203040506' + // serial number
  'e000170c' + // 224.0.23.12
  'd2ff170c8790' + // MAC address
  Buffer.from('knxd').toString('hex').padEnd(60, '0');
/** Families of services: a search names fewer than a description. */
const SEARCHED = '0802020104010501';
const DESCRIBED = '0a020201030104010501';

function answer(request: Uint8Array): readonly Uint8Array[] {
  const asked = Buffer.from(request).toString('hex');
  // Only where the endpoint is zeros: whatever else it names would be answered there.
  if (asked === '06100201000e0801000000000000')
    return [Buffer.from(`06100202004c${ENDPOINT}${DEVICE}${SEARCHED}`, 'hex')];
  if (asked === '06100203000e0801000000000000')
    return [Buffer.from(`061002040046${DEVICE}${DESCRIBED}`, 'hex')];
  return [];
}
