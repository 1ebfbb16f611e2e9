import type { EmulatedServer } from '../probe.js';
import {
  ATTRIBUTE,
  MESSAGE,
  attributeOf,
  encodeControl,
  numberOf,
  readControl,
  u16,
  type Attribute,
} from './message.js';

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: 'xl2tpd-1.3.18',
    about:
      'xl2tpd 1.3.18 of Debian 12 for one request: a reply of 99 bytes after 0, 1, 3, 7 and 15 s, then from 31 s on five ' +
      'times that it gives up, 45 bytes; here all at once. A tunnel id of 0 it acknowledges, and refuses in 69 bytes',
    reply: (request) => answers(request, { accepts: true }),
  },
  {
    name: 'xl2tpd-access-control',
    about:
      'the same with `access control = yes`: 12 bytes, and five times within 15 s 54 that refuse the tunnel',
    reply: (request) => answers(request, { accepts: false }),
  },
  {
    name: 'l2tp-off',
    about: 'a host without L2TP, or with one that is reached through IPsec alone: silence',
    reply: () => [],
  },
];

/** Its own tunnel. */
const THEIRS = 0x728f;
const TIMES = 5;

function answers(request: Uint8Array, { accepts }: { readonly accepts: boolean }): readonly Uint8Array[] {
  const asked = readControl(request);
  if (asked === undefined || numberOf(asked, ATTRIBUTE.messageType) !== MESSAGE.startRequest) return [];
  const tunnelId = numberOf(asked, ATTRIBUTE.assignedTunnelId);
  if (tunnelId === undefined || attributeOf(asked, ATTRIBUTE.hostName) === undefined) return [];
  const message = (sent: number, ...attributes: readonly Attribute[]): Uint8Array =>
    encodeControl({ tunnelId, sent, expected: 1, attributes });
  const again = (datagram: Uint8Array): readonly Uint8Array[] =>
    Array.from({ length: TIMES }, () => datagram);
  const stop = (sent: number, code: number, error: number, text: string): Uint8Array =>
    message(
      sent,
      of(ATTRIBUTE.messageType, u16(MESSAGE.stop)),
      of(ATTRIBUTE.assignedTunnelId, u16(THEIRS)),
      of(ATTRIBUTE.resultCode, [...u16(code), ...u16(error), ...ascii(text)]),
    );
  if (!accepts) return [message(0), ...again(stop(0, 2, 6, 'No Authorization'))];
  // As often as the capture of eight seconds has it.
  if (tunnelId === 0)
    return [message(0), ...again(stop(0, 2, 6, 'Specify your assigned tunnel ID')).slice(1)];
  const reply = message(
    0,
    of(ATTRIBUTE.messageType, u16(MESSAGE.startReply)),
    of(ATTRIBUTE.protocolVersion, [1, 0]),
    of(ATTRIBUTE.framingCapabilities, [0, 0, 0, 3]),
    of(4, [0, 0, 0, 0]),
    of(ATTRIBUTE.firmwareRevision, [0x06, 0x90]),
    of(ATTRIBUTE.hostName, ascii('vm')),
    of(ATTRIBUTE.vendorName, ascii('xelerance.com')),
    of(ATTRIBUTE.assignedTunnelId, u16(THEIRS)),
    of(10, u16(4)),
  );
  return [...again(reply), ...again(stop(1, 1, 0, 'Timeout'))];
}

function of(type: number, value: Iterable<number>): Attribute {
  return { type, value: Uint8Array.from(value) };
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
