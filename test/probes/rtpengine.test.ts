import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rtpengineNg } from '../../probes/rtpengine/rtpengine.js';
import { exchangeFrom } from './exchanges.js';

const probe = rtpengineNg.build(undefined);
const [form] = probe.sweepForms;
const request = form.encode(0x2f000001);
const [server = assert.fail()] = rtpengineNg.emulatedServers;
const [answer = assert.fail()] = server.reply(request);
const said = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('the probe of rtpengine-ng', () => {
  it('asks for the statistics alone, with a cookie of its own for each request', () => {
    assert.equal(Buffer.from(request).toString(), '2f000001 d7:command10:statisticse');
    assert.equal(Buffer.from(form.encode(5)).toString(), '00000005 d7:command10:statisticse');
    assert.equal(probe.next([exchangeFrom(server, form.name, request, probe)]), undefined);
  });

  it('tells how many calls there are and how many addresses gave commands, and none of these', () => {
    const judgement = probe.judge([exchangeFrom(server, form.name, request, probe)]);
    assert.deepEqual(judgement, {
      kind: 'exposure',
      tags: ['rtpengine-ng'],
      detail: 'calls at present: 0; addresses that gave commands: 1; 71 s since its start',
      facts: { result: 'ok', sessions: 0, askers: 1, uptime: 71 },
    });
  });

  it('shows the dictionary up to where addresses stand, and not their bytes', () => {
    const [last] = probe.dissect(answer).slice(-1);
    assert.equal(last?.masked, true);
    assert.equal(Buffer.from(answer).indexOf('17:controlstatistics'), probe.dissect(answer).at(-1)?.at);
  });

  it('takes an error for an answer, for it was sent to anybody too', () => {
    const reading = probe.read(
      said('2f000001 d6:result5:error12:error-reason20:Unrecognized commande'),
      request,
    );
    assert.deepEqual(reading, { kind: 'answer', facts: { result: 'error' } });
  });

  it('knows no answer with another cookie, without a result, cut short, or of JSON', () => {
    for (const text of [
      '2f000002 d6:result2:oke',
      '2f000001 d7:results2:oke',
      '2f000001 d6:result2:ok',
      '2f000001 {"result":"ok"}',
      'd6:result2:oke',
    ])
      assert.equal(probe.read(said(text), request).kind, 'unrecognised', text);
    assert.equal(probe.read(said('6:result2:oke'), said('')).kind, 'unrecognised');
  });
});
