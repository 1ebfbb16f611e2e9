import type { EmulatedServer } from '../probe.js';
import { checksum, writeCapabilitiesRequest } from './message.js';

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: 'ipmi-sim-2.0.33',
    about:
      'ipmi_sim of OpenIPMI 2.0.33 in Debian 12, which allows no password, MD2, MD5 and a plain one: 30 bytes',
    // Channel 1; types; non-null and null user names; versions 1.5 and 2.0; no OEM.
    reply: (request) => answerWith(request, [0x00, 0x01, 0x97, 0x06, 0x03, 0, 0, 0, 0]),
  },
  {
    name: 'ipmi-bmc-md5',
    about: 'a controller that asks for a password: MD5 alone, no null user, both versions',
    reply: (request) => answerWith(request, [0x00, 0x01, 0x84, 0x04, 0x03, 0, 0, 0, 0]),
  },
  {
    name: 'ipmi-channel-closed',
    about: 'a controller whose LAN channel is switched off for administrators: a completion code',
    reply: (request) => answerWith(request, [0xcc]),
  },
];

function answerWith(request: Uint8Array, data: readonly number[]): readonly Uint8Array[] {
  if (Buffer.compare(request, writeCapabilitiesRequest()) !== 0) return [];
  const address = [0x81, 0x1c];
  const body = [0x20, 0x00, 0x38, ...data];
  const message = [...address, checksum(address), ...body, checksum(body)];
  return [Uint8Array.of(...request.subarray(0, 13), message.length, ...message)];
}
