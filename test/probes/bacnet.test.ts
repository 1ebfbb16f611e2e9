import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bacnet } from '../../probes/bacnet/bacnet.js';
import { apduOf, readTag } from '../../probes/bacnet/message.js';
import { Reader } from '../../probes/wire/reader.js';
import { interview } from '../../src/measure/interview.js';

const probe = bacnet.build(undefined);
const [device = assert.fail(), refusing = assert.fail()] = bacnet.emulatedServers;
const { asks, exchanges } = interview(probe, device);
const [one = assert.fail(), all = assert.fail()] = asks.map(({ form }) => form.encode(0));
const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const answerTo = (request: Uint8Array): Buffer => Buffer.from(device.reply(request)[0] ?? assert.fail());

describe('the elements of a BACnet message', () => {
  const tag = (bytes: string) => readTag(new Reader(hex(bytes)));

  it('have long numbers and long lengths too, and a truth value has no content', () => {
    assert.deepEqual(tag('19 4b'), { number: 1, isContext: true, content: hex('4b'), isOpening: false });
    assert.equal(tag('f9 20 4b')?.number, 32);
    assert.equal(tag(`75 06 ${'41'.repeat(6)}`)?.content?.length, 6);
    assert.equal(tag(`75 fe 0100 ${'41'.repeat(256)}`)?.content?.length, 256);
    assert.equal(tag(`75 ff 00000003 414141`)?.content?.length, 3);
    assert.equal(tag('11')?.content?.length, 0);
    assert.deepEqual([tag('3e')?.isOpening, tag('3f')?.isOpening], [true, false]);
    for (const cut of ['', 'f9', '75', '75 06 41', '75 fe 01', 'c4 02 00'])
      assert.equal(tag(cut), undefined, cut);
  });

  it('begin behind the addresses of a device behind a router', () => {
    assert.equal(apduOf(hex('81 0a 0009 01 00 30 01 0c')), 6);
    assert.equal(apduOf(hex('81 0a 000d 01 08 0005 01 07 30 01 0c')), 10);
    assert.equal(apduOf(hex('81 0a 0011 01 28 0001 00 0005 01 07 ff 30 01 0c')), 14);
    for (const other of [
      '82 0a 0009 01 00 30 01 0c',
      '81 0b 0009 01 00 30 01 0c',
      '81 0a 000a 01 00 30 01 0c',
      '81 0a 0009 02 00 30 01 0c',
      '81 0a 0009 01 80 30 01 0c',
      '81 0a 0008 01 00 30 01',
      '81 0a 000a 01 08 0005 ff 07',
    ])
      assert.equal(apduOf(hex(other)), undefined, other);
  });
});

describe('the probe of bacnet', () => {
  it('reads one property of any device, then all of them, and writes nothing', () => {
    assert.deepEqual(
      [one, all].map((request) => Buffer.from(request).toString('hex')),
      ['810a0011010400050' + '10c0c023fffff194b', '810a00130104000502' + '0e0c023fffff1e09081f'],
    );
    assert.equal(asks.length, 2);
  });

  it('says what the device is', () => {
    const judgement = probe.judge(exchanges);
    assert.ok(judgement.kind === 'exposure');
    assert.equal(judgement.detail, 'device 1234; "Lab Controls"; "LC-12"');
    assert.deepEqual(judgement.facts, {
      device_instance: 1234,
      properties: 18,
      object_name: 'CONTROLLER-1234',
      vendor_name: 'Lab Controls',
      model_name: 'LC-12',
      firmware_revision: '1.0',
      application_software_version: '1.0.7',
    });
  });

  it('takes an error, a reject and an abort for refusals', () => {
    const reasons = ['50 01 0c 91 01 91 1f', '60 01 09', '70 01 04'].map((apdu) => {
      const bytes = hex(apdu);
      const reading = probe.read(Uint8Array.of(0x81, 0x0a, 0, 6 + bytes.length, 1, 0, ...bytes), one);
      return reading.kind === 'refusal' ? reading.reason : reading.kind;
    });
    assert.deepEqual(reasons, ['error', 'reject', 'abort']);
    assert.deepEqual(probe.judge(interview(probe, refusing).exchanges), { kind: 'refusal', reason: 'error' });
  });

  it('knows an answer by the invoke id and the service that were asked', () => {
    assert.equal(probe.read(answerTo(one), one).kind, 'answer');
    assert.equal(probe.read(answerTo(all), all).kind, 'answer');
    assert.equal(probe.read(answerTo(one), all).kind, 'unrecognised');
    for (const [at, value] of [
      [6, 0x20],
      [7, 9],
      [8, 0x0e],
      [9, 0x1c],
      [9, 0x0b],
    ] as const) {
      const changed = answerTo(one);
      changed[at] = value;
      assert.equal(probe.read(changed, one).kind, 'unrecognised', `${at}`);
    }
  });

  it('shows every element', () => {
    const shown = probe.dissect(answerTo(one)).map(({ name, value }) => `${name}: ${value}`);
    assert.deepEqual(shown.slice(5), [
      'type of APDU: 3',
      'invoke id: 1',
      'service or reason: 12',
      'context tag 0: 33555666',
      'context tag 1: 75',
      'opening tag 3: ',
      'application tag 12: object 8, instance 1234',
      'closing tag 3: ',
    ]);
    assert.ok(probe.dissect(answerTo(all)).some(({ value }) => value === 'Lab Controls'));
  });
});
