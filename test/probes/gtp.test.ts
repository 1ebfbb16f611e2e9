import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gtpControl, gtpUser, gtpV0 } from '../../probes/gtp/gtp.js';
import { exchangeFrom } from './exchanges.js';

const probe = gtpControl.build(undefined);
const [v1, v2 = assert.fail()] = probe.sweepForms;
const request = v1.encode(0x1234);
const [ggsn = assert.fail(), lte = assert.fail()] = gtpControl.emulatedServers;
const bytes = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const hex = (payload: Uint8Array): string => Buffer.from(payload).toString('hex');

describe('the probes of gtp', () => {
  it('ask for an Echo that names no tunnel and no subscriber, in the versions of their port', () => {
    assert.equal(hex(request), '320100040000000012340000');
    assert.equal(hex(v2.encode(0x1234)), '40010009001234000300010000');
    const asked = [gtpUser, gtpV0].map((each) => each.build(undefined).sweepForms);
    assert.deepEqual(
      asked.map((forms) => forms.map((form) => hex(form.encode(0x1234)))),
      [['320100040000000012340000'], ['1e01000012340000000000000000000000000000']],
    );
  });

  it('report the version that was answered, under the columns of scan_gtp', () => {
    const judgement = probe.judge([
      exchangeFrom(ggsn, v1.name, request, probe),
      exchangeFrom(ggsn, v2.name, v2.encode(7), probe),
    ]);
    assert.ok(judgement.kind === 'exposure');
    assert.deepEqual(judgement.tags, ['gtp', 'gtp-v1']);
    assert.equal(judgement.detail, 'answers Echo of version 1; restart counter 1');
    assert.deepEqual(judgement.facts, {
      version: 1,
      flags: 0x32,
      message_type: 2,
      message_type_text: 'Echo Response',
      message_length: 6,
      teid: 0,
      sequence: 0x1234,
      recovery: 1,
      versions: '1',
    });
  });

  it('read an Echo Response of version 2, which has no tunnel', () => {
    const [answer = assert.fail()] = lte.reply(v2.encode(7));
    const reading = probe.read(answer, v2.encode(7));
    assert.ok(reading.kind === 'answer');
    assert.deepEqual(
      [reading.facts['version'], reading.facts['sequence'], reading.facts['teid']],
      [2, 7, undefined],
    );
  });

  it('take a node that does not know the version for a refusal', () => {
    const reading = probe.read(bytes('4003 0004 001234 00'), request);
    assert.deepEqual(reading, { kind: 'refusal', reason: 'version' });
  });

  it('know no Echo Response of another number, version or length, without a restart counter, or a request', () => {
    assert.equal(probe.read(bytes('3202 0006 00000000 1234 0000 0e01'), request).kind, 'answer');
    for (const other of [
      '3202 0006 00000000 1235 0000 0e01',
      '4002 0009 001234 00 0300010001',
      '3202 0007 00000000 1234 0000 0e01',
      '3202 0004 00000000 1234 0000',
      '3202 0006 00000000 1234 0000 0f01',
      '3002 0006 00000000 1234 0000 0e01',
      '3201 0006 00000000 1234 0000 0e01',
      '3202 0006 00000000 1234 0000 0e',
      '',
    ])
      assert.equal(probe.read(bytes(other), request).kind, 'unrecognised', other);
  });
});
