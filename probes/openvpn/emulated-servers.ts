import type { EmulatedServer } from '../probe.js';
import { OPCODE, readControlPacket } from './packet.js';

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: 'openvpn-2.6-point-to-point',
    about:
      'openvpn 2.6.14 of Debian 12 with `tls-server` and no `server`: its reset five times in 32 s (here at once)',
    reply: (request) => resets(request, 5),
  },
  {
    name: 'openvpn-2.6-server',
    about: 'openvpn 2.6.14 of Debian 12 with `server`: its reset once',
    reply: (request) => resets(request, 1),
  },
  {
    name: 'openvpn-tls-crypt',
    about: 'openvpn 2.6.14 of Debian 12 with `tls-crypt`: silence to whoever lacks the key',
    reply: () => [],
  },
];

const SERVER_SESSION = [0xde, 0x7f, 0x18, 0xef, 0x35, 0x65, 0x07, 0xaf];

function resets(request: Uint8Array, times: number): readonly Uint8Array[] {
  const packet = readControlPacket(request);
  if (packet?.opcode !== OPCODE.clientReset) return [];
  const noPacketId = [0, 0, 0, 0];
  const answer = Uint8Array.of(
    OPCODE.serverReset << 3,
    ...SERVER_SESSION,
    1,
    ...noPacketId,
    ...packet.session,
    ...noPacketId,
  );
  return Array.from({ length: times }, () => answer);
}
