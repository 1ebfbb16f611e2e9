import type { EmulatedServer } from '../probe.js';

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: 'nmbd-4.17',
    about: 'nmbd of Samba 4.17 (Debian 12) in a workgroup: five names in 193 bytes, and no MAC address',
    reply: (request) =>
      nodeStatus(request, [
        ['LABHOST', 0x00, UNIQUE],
        ['LABHOST', 0x03, UNIQUE],
        ['LABHOST', 0x20, UNIQUE],
        ['WORKGROUP', 0x00, GROUP],
        ['WORKGROUP', 0x1e, GROUP],
      ]),
  },
  {
    name: 'netbios-off',
    about: 'a host with NetBIOS over TCP/IP switched off, or filtered: silence',
    reply: () => [],
  },
];

/** Active names of an M node, as nmbd has them (RFC 1002 §4.2.18). */
const [UNIQUE, GROUP] = [0x0400, 0x8400];
const HEADER_BYTES = 12;
/** Length, 32 letters and a zero, type and class. */
const QUESTION_BYTES = 38;
const NODE_STATUS = 0x21;
const STATISTICS_BYTES = 46;

function nodeStatus(
  request: Uint8Array,
  names: readonly (readonly [name: string, suffix: number, flags: number])[],
): readonly Uint8Array[] {
  if (request.length !== HEADER_BYTES + QUESTION_BYTES || request[request.length - 3] !== NODE_STATUS)
    return [];
  const entries = names.map(([name, suffix, flags]) =>
    Buffer.concat([Buffer.from(name.padEnd(15)), Uint8Array.of(suffix, flags >> 8, flags & 0xff)]),
  );
  const length = 1 + 18 * names.length + STATISTICS_BYTES;
  return [
    Buffer.concat([
      request.subarray(0, 2),
      // An authoritative response with one answer.
      Uint8Array.of(0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0),
      request.subarray(HEADER_BYTES),
      Uint8Array.of(0, 0, 0, 0, length >> 8, length & 0xff, names.length),
      ...entries,
      new Uint8Array(STATISTICS_BYTES),
    ]),
  ];
}
