import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mumble } from '../../probes/mumble/mumble.js';
import { exchangeFrom } from './exchanges.js';

const probe = mumble.build(undefined);
const [form] = probe.sweepForms;
const request = form.encode(0x2345_6789);
const server = mumble.emulatedServers[0] ?? assert.fail();
const [answer] = server.reply(request);

describe('the probe of mumble', () => {
  it('sends the ping of the server list, and asks nothing more of a server that answers', () => {
    assert.equal(Buffer.from(request).toString('hex'), '00000000616d707323456789');
    assert.equal(probe.next([exchangeFrom(server, form.name, request, probe)]), undefined);
  });

  it('knows an answer by its length and the whole ident', () => {
    assert.ok(answer);
    assert.equal(probe.read(answer, request).kind, 'answer');
    for (const other of [
      answer.subarray(0, 23),
      Uint8Array.from([...answer, 0]),
      Uint8Array.from(answer).fill(1, 0, 1),
      Uint8Array.from(answer).fill(1, 4, 5),
      Uint8Array.from(answer).fill(1, 11, 12),
    ])
      assert.equal(probe.read(other, request).kind, 'unrecognised', Buffer.from(other).toString('hex'));
  });

  it('reports version, users and bandwidth', () => {
    const judged = probe.judge([exchangeFrom(server, form.name, request, probe)]);
    assert.ok(judged.kind === 'exposure');
    assert.equal(judged.version, 'Mumble 1.3.4');
    assert.equal(judged.detail, '0 of at most 100 users');
    assert.deepEqual(judged.facts, { version: '1.3.4', users: 0, most_users: 100, bandwidth: 72_000 });
  });
});
