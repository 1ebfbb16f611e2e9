import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dvrDhcpdiscover } from '../../probes/dvr-dhcpdiscover/dvr-dhcpdiscover.js';
import { withHead } from '../../probes/dvr-dhcpdiscover/message.js';
import { exchangeFrom } from './exchanges.js';

const probe = dvrDhcpdiscover.build(undefined);
const [form] = probe.sweepForms;
const request = form.encode(0);
const [camera = assert.fail(), brand = assert.fail()] = dvrDhcpdiscover.emulatedServers;

describe('the probe of DHDiscover', () => {
  it('searches as the tool of the maker does: a head of 32 bytes with the length of 73, and no other method', () => {
    assert.equal(Buffer.from(request.subarray(0, 8)).toString('latin1'), '\x20\0\0\0DHIP');
    assert.equal(request.length, 32 + 73);
    const head = Buffer.from(request);
    assert.deepEqual([head.readUInt32LE(16), head.readUInt32LE(24)], [73, 73]);
    assert.deepEqual(JSON.parse(head.subarray(32).toString()), {
      method: 'DHDiscover.search',
      params: { mac: '', uni: 1 },
    });
    assert.equal(probe.next([exchangeFrom(camera, form.name, request, probe)]), undefined);
  });

  it('has the columns of scan_dvr_dhcpdiscover that the answer gives', () => {
    const judgement = probe.judge([exchangeFrom(camera, form.name, request, probe)]);
    assert.ok(judgement.kind === 'exposure');
    assert.deepEqual(judgement.facts, {
      method: 'client.notifyDevInfo',
      mac_address: '00:00:5e:00:53:02',
      device_vendor: 'Dahua',
      device_type: 'IPC',
      device_model: 'IPC-HDW5421S',
      device_version: '2.400.0.8',
      device_serial: '1A00000PAX00001',
      machine_name: '1A00000PAX00001',
      manufacturer: 'Private',
      http_port: 80,
      internal_port: 37_777,
      video_input_channels: 1,
      alarm_input_channels: 0,
      video_output_channels: 16,
      alarm_output_channels: 0,
      remote_video_input_channels: 0,
      ipv4_address: '192.0.2.40',
      ipv4_gateway: '192.0.2.1',
      ipv4_subnet_mask: '255.255.255.0',
      ipv4_dhcp_enable: false,
      ipv6_address: '2001:db8::40/112',
      ipv6_link_local: 'fe80::200:5eff:fe00:5302/64',
      ipv6_gateway: '2001:db8::1',
      ipv6_dhcp_enable: false,
    });
    assert.equal(judgement.detail, 'device Dahua IPC-HDW5421S');
  });

  it('has what another brand says, without IPv6 and with a number of its own', () => {
    const judgement = probe.judge([exchangeFrom(brand, form.name, request, probe)]);
    assert.ok(judgement.kind === 'exposure');
    const { device_id, device_vendor, ipv6_address } = judgement.facts ?? {};
    assert.deepEqual([device_id, device_vendor, ipv6_address], ['0000000000000001', 'Lorex', undefined]);
  });

  it('keeps nothing that is no text, number or truth value, and knows no other method, no JSON and no other head', () => {
    const answered = (value: unknown): Uint8Array =>
      withHead(JSON.stringify({ method: 'client.notifyDevInfo', mac: value }));
    for (const value of [null, [], {}, 1.5])
      assert.deepEqual(probe.read(answered(value), request), {
        kind: 'answer',
        facts: { method: 'client.notifyDevInfo' },
      });
    for (const other of [
      request,
      withHead('{"method":"client.notifyDevInfo"'),
      withHead('null'),
      withHead('[]'),
      withHead(`{"method":"client.notifyDevInfo","x":"${'x'.repeat(5000)}"}`),
      answered('x').subarray(1),
    ])
      assert.equal(probe.read(other, request).kind, 'unrecognised');
  });
});
