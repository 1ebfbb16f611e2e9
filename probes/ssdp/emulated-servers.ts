import type { EmulatedServer } from '../probe.js';
import { readTextMessage } from '../wire/text-message.js';

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: 'miniupnpd-2.3.1',
    about: 'miniupnpd 2.3.1 of Debian 12, asked from its own network: a router in 13 datagrams',
    reply: (request) =>
      answersTo(request, ROUTER, (target, name) => [
        'HTTP/1.1 200 OK',
        'CACHE-CONTROL: max-age=120',
        `ST: ${target}`,
        `USN: ${name}`,
        'EXT:',
        'SERVER: Debian/6.18.44-fc-v669 UPnP/1.1 MiniUPnPd/2.3.1',
        'LOCATION: http://10.99.0.1:5555/rootDesc.xml',
        'OPT: "http://schemas.upnp.org/upnp/1/0/"; ns=01',
        '01-NLS: 1795211678',
        'BOOTID.UPNP.ORG: 1795211678',
        'CONFIGID.UPNP.ORG: 1337',
      ]),
  },
  {
    name: 'gerbera-1.1.0',
    about: 'the media server Gerbera 1.1.0 of Debian 12: six datagrams, none of them from port 1900',
    fromAnotherPort: true,
    reply: (request) =>
      answersTo(request, MEDIA_SERVER, (target, name) => [
        'HTTP/1.1 200 OK',
        'CACHE-CONTROL: max-age=1800',
        'DATE: Mon, 30 Nov 2026 23:15:02 GMT',
        'EXT:',
        'LOCATION: http://10.99.0.1:49152/description.xml',
        'OPT: "http://schemas.upnp.org/upnp/1/0/"; ns=01',
        '01-NLS: daee4ba6-ed13-11f1-bf4c-9aea5f56a768',
        'SERVER: Linux/6.18.44-fc-v782, UPnP/1.0, Portable SDK for UPnP devices/1.8.4',
        'X-User-Agent: redsonic',
        `ST: ${target}`,
        `USN: ${name}`,
      ]),
  },
  {
    name: 'minidlna-1.3.0',
    about: 'the media server MiniDLNA 1.3.0 of Debian 12, which hears the group alone: silence',
    reply: () => [],
  },
];

/** A device's id, and what is listed under it: the id itself where nothing is named. In the order of the capture. */
type Listed = readonly (readonly [id: string, target?: string])[];

const [GATEWAY, WAN, CONNECTION] = ['1', '2', '3'].map(
  (last) => `uuid:b1d2c3d4-0000-4000-8000-00000000000${last}`,
) as [string, string, string];
const ROUTER: Listed = [
  [GATEWAY, 'urn:schemas-upnp-org:service:Layer3Forwarding:1'],
  [CONNECTION, 'urn:schemas-upnp-org:service:WANPPPConnection:1'],
  [WAN, 'urn:schemas-upnp-org:service:WANCommonInterfaceConfig:1'],
  [CONNECTION, 'urn:schemas-upnp-org:service:WANIPv6FirewallControl:1'],
  [GATEWAY, 'urn:schemas-upnp-org:service:DeviceProtection:1'],
  [CONNECTION, 'urn:schemas-upnp-org:service:WANIPConnection:2'],
  [WAN, 'urn:schemas-upnp-org:device:WANDevice:2'],
  [CONNECTION, 'urn:schemas-upnp-org:device:WANConnectionDevice:2'],
  [GATEWAY, 'urn:schemas-upnp-org:device:InternetGatewayDevice:2'],
  [GATEWAY, 'upnp:rootdevice'],
  [GATEWAY],
  [WAN],
  [CONNECTION],
];

const MEDIA = 'uuid:eeca61f4-3d13-4ff7-a1d8-6fe585542540';
const MEDIA_SERVER: Listed = [
  [MEDIA, 'upnp:rootdevice'],
  [MEDIA],
  [MEDIA, 'urn:schemas-upnp-org:device:MediaServer:1'],
  [MEDIA, 'urn:schemas-upnp-org:service:ConnectionManager:1'],
  [MEDIA, 'urn:schemas-upnp-org:service:ContentDirectory:1'],
  [MEDIA, 'urn:microsoft.com:service:X_MS_MediaReceiverRegistrar:1'],
];

/** A datagram for each thing that is searched for. */
function answersTo(
  request: Uint8Array,
  listed: Listed,
  linesOf: (target: string, name: string) => readonly string[],
): readonly Uint8Array[] {
  const { firstLine, headers } = readTextMessage(request, { st: 'st', man: 'man' });
  if (firstLine !== 'M-SEARCH * HTTP/1.1' || headers.get('man') !== '"ssdp:discover"') return [];
  const searched = headers.get('st');
  return listed
    .map(([id, target]) =>
      target === undefined ? ([id, id] as const) : ([target, `${id}::${target}`] as const),
    )
    .filter(([target]) => searched === 'ssdp:all' || searched === target)
    .map(([target, name]) => new TextEncoder().encode(`${linesOf(target, name).join('\r\n')}\r\n\r\n`));
}
