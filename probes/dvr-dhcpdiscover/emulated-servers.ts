import type { EmulatedServer } from '../probe.js';
import { withHead } from './message.js';

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: 'dvr-camera',
    about:
      'a camera of Dahua, by the answer that Phenomite/AMP-Research shows, with addresses and a serial number of our own; not a measured one',
    reply: (request) =>
      answer(
        request,
        `{ "mac" : "00:00:5e:00:53:02", "method" : "client.notifyDevInfo", "params" : { "deviceInfo" : { "AlarmInputChannels" : 0, "AlarmOutputChannels" : 0, "DeviceClass" : "IPC", "DeviceType" : "IPC-HDW5421S", "HttpPort" : 80, "IPv4Address" : { "DefaultGateway" : "192.0.2.1", "DhcpEnable" : false, "IPAddress" : "192.0.2.40", "SubnetMask" : "255.255.255.0" }, "IPv6Address" : { "DefaultGateway" : "2001:db8::1", "DhcpEnable" : false, "IPAddress" : "2001:db8::40/112", "LinkLocalAddress" : "fe80::200:5eff:fe00:5302/64" }, "MachineName" : "1A00000PAX00001", "Manufacturer" : "Private", "Port" : 37777, "RemoteVideoInputChannels" : 0, "SerialNo" : "1A00000PAX00001", "Vendor" : "Dahua", "Version" : "2.400.0.8", "VideoInputChannels" : 1, "VideoOutputChannels" : 16 } } }\n`,
      ),
  },
  {
    name: 'dvr-other-brand',
    about:
      'a camera that is sold under another name, with the keys that Rapid7 saw of a Lorex; not a measured one',
    reply: (request) =>
      answer(
        request,
        JSON.stringify({
          mac: '00:00:5e:00:53:03',
          method: 'client.notifyDevInfo',
          params: {
            deviceInfo: {
              AlarmInputChannels: 0,
              AlarmOutputChannels: 0,
              DeviceClass: 'IPC',
              DeviceType: 'W461ASC',
              HttpPort: 80,
              Port: 35_000,
              IPv4Address: {
                DefaultGateway: '192.0.2.1',
                DhcpEnable: true,
                IPAddress: '192.0.2.41',
                SubnetMask: '255.255.255.0',
              },
              MachineName: 'entrance',
              Manufacturer: 'Private',
              RemoteVideoInputChannels: 0,
              SerialNo: 'ND000000000001',
              DeviceID: '0000000000000001',
              Vendor: 'Lorex',
              Version: '2.800.030000000.3.R',
              VideoInputChannels: 1,
              VideoOutputChannels: 0,
            },
          },
        }),
      ),
  },
  {
    name: 'dvr-off',
    about: 'a device behind a firewall, or one whose search is switched off: silence',
    reply: () => [],
  },
];

function answer(request: Uint8Array, json: string): readonly Uint8Array[] {
  return Buffer.from(request).includes('DHDiscover.search') ? [withHead(json)] : [];
}
