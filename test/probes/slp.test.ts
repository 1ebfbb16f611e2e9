import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { slp } from '../../probes/slp/slp.js';
import { exchangeFrom } from './exchanges.js';

const probe = slp.build(undefined);
const [form] = probe.sweepForms;
const request = form.encode(0x1234);
const [agent = assert.fail(), ignorant = assert.fail()] = slp.emulatedServers;
const answer = Buffer.from(agent.reply(request)[0] ?? assert.fail());
const changed = (at: number, value: number): Buffer => {
  const copy = Buffer.from(answer);
  copy[at] = value;
  return copy;
};

describe('the probe of slp', () => {
  it('asks for types of services in 29 bytes, which registers nothing, and for nothing else', () => {
    assert.equal(
      Buffer.from(request).toString('hex'),
      '020900001d0000000000123400' + '02656e0000ffff000764656661756c74',
    );
    assert.equal(probe.next([exchangeFrom(agent, form.name, request, probe)]), undefined);
  });

  it('lists the types, and tells an answer of errors alone by a tag', () => {
    for (const [server, tags, detail] of [
      [agent, ['slp'], 'lists service:printer:lpr,service:printer:ipp,service:wbem:https'],
      [ignorant, ['slp', 'slp-error'], 'answers with error code 14 (Message not supported)'],
    ] as const) {
      const judgement = probe.judge([exchangeFrom(server, form.name, request, probe)]);
      assert.ok(judgement.kind === 'exposure');
      assert.deepEqual(judgement.tags, tags);
      assert.equal(judgement.detail, detail);
    }
  });

  it('knows no other version, function or XID, and no list that is cut short', () => {
    assert.equal(probe.read(answer, request).kind, 'answer');
    for (const other of [changed(0, 1), changed(1, 9), changed(10, 0x13), changed(13, 200), changed(19, 200)])
      assert.equal(probe.read(other, request).kind, 'unrecognised', other.toString('hex'));
    assert.equal(probe.read(answer.subarray(0, 18), request).kind, 'unrecognised');
  });

  it('reads an error code although nothing follows it', () => {
    const alone = changed(17, 11).subarray(0, 18);
    const reading = probe.read(alone, request);
    assert.ok(reading.kind === 'answer');
    assert.deepEqual([reading.facts['error_code'], reading.facts['service_types']], [11, '']);
  });

  it('gives the response as Shadowserver does, base64 of hex, or not at all where a report would cut it', () => {
    const reading = probe.read(answer, request);
    assert.ok(reading.kind === 'answer');
    const raw = Buffer.from(String(reading.facts['raw_response']), 'base64').toString();
    assert.equal(raw, answer.toString('hex'));
    assert.equal(reading.facts['flags'], '0x0000');
    const long = probe.read(Buffer.concat([answer, Buffer.alloc(400)]), request);
    assert.ok(long.kind === 'answer' && !('raw_response' in long.facts));
  });

  it('shows the fields of request and answer by their names', () => {
    const shown = (payload: Uint8Array) =>
      probe.dissect(payload).map(({ name, value }) => `${name}: ${value}`);
    assert.deepEqual(shown(request).slice(5), [
      'XID: 4660',
      'length of language tag: 2',
      'language tag: en',
      'length of previous responders: 0',
      'naming authority: ff ff',
      'length of scopes: 7',
      'scopes: default',
    ]);
    assert.deepEqual(shown(answer).slice(8), [
      'error code: 0 No error',
      'length of service types: 58',
      'service types: service:printer:lpr,service:printer:ipp,service:wbem:https',
    ]);
  });
});
