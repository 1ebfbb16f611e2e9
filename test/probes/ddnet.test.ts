import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ddnet } from '../../probes/ddnet/ddnet.js';
import { captures } from './captures.js';
import { exchangeFrom } from './exchanges.js';

const probe = ddnet.build(undefined);
const [form] = probe.sweepForms;
const request = form.encode(0x0102);
const server = ddnet.emulatedServers[0] ?? assert.fail();
const [answer] = server.reply(request);

describe('the probe of ddnet', () => {
  it('asks with a token whose last byte is zero, and nothing more of who answers', () => {
    assert.equal(Buffer.from(request).toString('hex'), '786501020000ffffffff6769653300');
    assert.equal(probe.next([exchangeFrom(server, form.name, request, probe)]), undefined);
  });

  it('knows an answer by the token in decimal, of the old one by its last eight bits', () => {
    assert.ok(answer);
    assert.equal(probe.read(answer, request).kind, 'answer');
    const said = (text: string): Uint8Array =>
      Buffer.concat([Buffer.alloc(10, 0xff), Buffer.from(text, 'latin1')]);
    const old = (token: string): Uint8Array =>
      said(`inf3${token}\u00000.6\0lab\0dm1\0DM\u00000\u00003\u000016\u00003\u000016\0`);
    assert.equal(probe.read(old('0'), request).kind, 'answer');
    assert.equal(probe.nonce?.echoed(old('0')), undefined);
    for (const other of [
      old('4'),
      old('00'),
      old('66048'),
      said('inf30'),
      said('iext66048\u00000.6\0'),
      answer.subarray(1),
    ])
      assert.equal(probe.read(other, request).kind, 'unrecognised', Buffer.from(other).toString('latin1'));
  });

  it('reports version and players', () => {
    const judged = probe.judge([exchangeFrom(server, form.name, request, probe)]);
    assert.ok(judged.kind === 'exposure');
    assert.equal(judged.version, 'Teeworlds 0.6.4, 16.4');
    assert.equal(judged.detail, '0 of at most 64 players');
  });

  it('shows the texts of an answer by their names', () => {
    const [capture] = captures.filter(({ file, label }) => file === 'ddnet-ddnet.json' && label === 'main');
    const shown = probe
      .dissect(capture?.responses[0] ?? assert.fail())
      .map(({ name, value }) => `${name}: ${value}`);
    assert.deepEqual(shown.slice(1, 5), [
      'answer: iext',
      'token: 10596930',
      'version: 0.6.4, 16.4',
      'name: lab',
    ]);
    assert.equal(shown.at(-1), 'players: 1 bytes');
  });
});
