import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ubiquiti } from '../../probes/ubiquiti/ubiquiti.js';
import { exchangeFrom } from './exchanges.js';

const probe = ubiquiti.build(undefined);
const [form] = probe.sweepForms;
const request = form.encode(0);
const [radio = assert.fail(), router = assert.fail()] = ubiquiti.emulatedServers;
const [answer = assert.fail()] = radio.reply(request);

describe('the probe of Ubiquiti discovery', () => {
  it('asks in version 1 with four bytes, and nothing else', () => {
    assert.deepEqual([...request], [1, 0, 0, 0]);
    assert.equal(probe.next([exchangeFrom(radio, form.name, request, probe)]), undefined);
  });

  it('has the columns of scan_ubiquiti, and none of the addresses that the device names', () => {
    // As long as the answer that BSI shows: 01 00 00 8e, and 142 bytes.
    assert.equal(answer.length, 146);
    const judgement = probe.judge([exchangeFrom(radio, form.name, request, probe)]);
    assert.ok(judgement.kind === 'exposure');
    assert.deepEqual(judgement.facts, {
      mac: '00005e005301',
      uptime: 2_684_362,
      radioname: 'North roof link',
      modelshort: 'LM5',
      essid: 'lab-ptp',
      firmware: 'XM.ar7240.v6.0.4.30805.170505.14',
      modelfull: 'NanoStation Loco M5',
    });
    assert.equal(judgement.detail, 'model NanoStation Loco M5; name "North roof link"; ESSID "lab-ptp"');
    const shown = probe.dissect(answer).filter(({ name }) => name === 'address');
    assert.equal(shown.length, 2);
    for (const { masked, value } of shown) assert.deepEqual([masked, value], [true, '']);
  });

  it('has what a router says, which has neither an ESSID nor a long name of its model', () => {
    const judgement = probe.judge([exchangeFrom(router, form.name, request, probe)]);
    assert.ok(judgement.kind === 'exposure');
    assert.equal(judgement.detail, 'model ER-X; name "border-1"');
    assert.equal(judgement.version, 'EdgeRouter.ER-e50.v1.10.7.5127989.181001.1227');
  });

  it('knows nothing of version 2, another length, an item that is cut short, or items that no device has', () => {
    for (const other of [
      Uint8Array.from([2, 6, ...answer.subarray(2)]),
      answer.subarray(0, -1),
      Uint8Array.from([...answer, 0]),
      Uint8Array.from([1, 0, 0, 4, 0x0b, 0, 9, 0x41]),
      Uint8Array.from([1, 0, 0, 4, 0x7f, 0, 1, 0x41]),
      request,
    ])
      assert.equal(probe.read(other, request).kind, 'unrecognised');
  });
});
