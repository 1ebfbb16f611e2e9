import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bzflag } from '../../probes/bzflag/bzflag.js';
import { exchangeFrom } from './exchanges.js';

const probe = bzflag.build(undefined);
const [form] = probe.sweepForms;
const request = form.encode(0);
const server = bzflag.emulatedServers[0] ?? assert.fail();
const [answer] = server.reply(request);

describe('the probe of bzflag', () => {
  it('sends a ping in six bytes, and asks nothing more of who answers', () => {
    assert.equal(Buffer.from(request).toString('hex'), '000204040000');
    assert.equal(probe.next([exchangeFrom(server, form.name, request, probe)]), undefined);
  });

  it('knows an answer by its length, its code and the version of the protocol', () => {
    assert.ok(answer);
    assert.deepEqual(probe.read(answer, request), { kind: 'answer', facts: { protocol: '0221' } });
    for (const other of [
      answer.subarray(0, 59),
      Uint8Array.from([...answer, 0]),
      Uint8Array.from(answer).fill(4, 2, 3),
      Uint8Array.from(answer).fill(0x41, 4, 5),
      Uint8Array.from(answer).fill(0x41, 8, 9),
    ])
      assert.equal(probe.read(other, request).kind, 'unrecognised', Buffer.from(other).toString('hex'));
  });

  it('shows version and port of an answer, and neither address', () => {
    assert.ok(answer);
    const shown = probe
      .dissect(answer)
      .map(({ name, value, masked }) => `${name}: ${masked === undefined ? value : 'masked'}`);
    assert.deepEqual(shown.slice(2, 8), [
      'version: BZFS0221',
      'address of the server: masked',
      'port: 5154',
      'number: 0',
      'length of the address: 4',
      'address of the asker: masked',
    ]);
  });
});
