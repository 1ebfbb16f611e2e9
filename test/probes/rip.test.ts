import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rip, ripV2 } from '../../probes/rip/rip.js';
import { exchangeFrom } from './exchanges.js';

const [first, second] = [rip.build(undefined), ripV2.build(undefined)];
const [form] = first.sweepForms;
const request = form.encode(0);
const [frr = assert.fail(), home = assert.fail()] = rip.emulatedServers;
const [response = assert.fail()] = home.reply(request);

describe('the probes of rip', () => {
  it('ask for the whole table in 24 bytes, with the metric where the standard has it', () => {
    assert.equal(Buffer.from(request).toString('hex'), `0101${'00'.repeat(21)}10`);
    assert.equal(Buffer.from(second.sweepForms[0].encode(0)).toString('hex'), `0102${'00'.repeat(21)}10`);
  });

  it('count the routes of all datagrams and keep none of them', () => {
    const judgement = first.judge([exchangeFrom(frr, form.name, request, first)]);
    assert.deepEqual(judgement, {
      kind: 'exposure',
      tags: ['rip'],
      detail: 'hands out 60 routes',
      facts: { routes: 60 },
    });
  });

  it('show neither a network nor a next hop', () => {
    const shown = first.dissect(response);
    assert.ok(shown.some(({ name, masked }) => name === 'network' && masked === true));
    for (const { name, masked } of shown)
      if (['network', 'next hop'].includes(name)) assert.equal(masked, true);
  });

  it('read their own version alone, and in version 1 nothing where version 2 has tag, mask and next hop', () => {
    assert.equal(second.read(response, request).kind, 'unrecognised');
    for (const at of [6, 12, 16]) {
      const [one, two] = [changed(response, at, 1), changed(changed(response, 1, 2), at, 1)];
      assert.equal(first.read(one, request).kind, 'unrecognised', String(at));
      assert.equal(second.read(two, request).kind, 'answer', String(at));
    }
  });

  it('pass over the password that the first entry of version 2 may be, and over no other', () => {
    const password = (entry: number): Uint8Array =>
      changed(changed(changed(response, 1, 2), 4 + 20 * entry, 255), 5 + 20 * entry, 255);
    assert.deepEqual(second.read(password(0), request), { kind: 'answer', facts: { routes: 1 } });
    assert.equal(second.read(password(1), request).kind, 'unrecognised');
    assert.equal(second.read(password(0).subarray(0, 24), request).kind, 'unrecognised');
  });

  it('know no request, no metric of 0 or above 16, no other family, and no more than 25 whole routes', () => {
    const [full = assert.fail()] = frr.reply(request);
    assert.equal(first.read(full, request).kind, 'answer');
    for (const other of [
      request,
      changed(response, 23, 0),
      changed(response, 23, 17),
      changed(response, 5, 1),
      response.subarray(0, 4),
      response.subarray(0, 43),
      Uint8Array.from([...full, ...full.subarray(4, 24)]),
    ])
      assert.equal(first.read(other, request).kind, 'unrecognised', Buffer.from(other).toString('hex'));
  });
});

function changed(payload: Uint8Array, at: number, value: number): Uint8Array {
  const copy = Uint8Array.from(payload);
  copy[at] = value;
  return copy;
}
