import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ddnet } from '../../probes/ddnet/ddnet.js';
import { teeworlds } from '../../probes/teeworlds/teeworlds.js';
import { interview } from '../../src/measure/interview.js';

const probe = teeworlds.build(undefined);
const [form] = probe.sweepForms;
const request = form.encode(0x1122_3344);
const [fixed = assert.fail(), unchecked = assert.fail()] = teeworlds.emulatedServers;

describe('the probe of teeworlds', () => {
  it('asks for a token in 520 bytes, and then for the state without it: the token that came is not used', () => {
    assert.equal(Buffer.from(request).toString('hex'), '040000ffffffff0511223344' + '00'.repeat(508));
    const { asks } = interview(probe, fixed);
    assert.deepEqual(
      asks.map(({ form: { name } }) => name),
      ['token', 'info-without-token'],
    );
    assert.equal(
      Buffer.from(asks[1]?.form.encode(0x1122_3344) ?? '').toString('hex'),
      '21ffffffff11223344ffffffff6769653300',
    );
  });

  it('takes a server that insists on its token for one that refuses, though it has answered', () => {
    assert.deepEqual(probe.judge(interview(probe, fixed).exchanges), {
      kind: 'refusal',
      reason: 'asks for a token first',
    });
  });

  it('takes one that does not insist for an exposure', () => {
    const judgement = probe.judge(interview(probe, unchecked).exchanges);
    assert.ok(judgement.kind === 'exposure');
    assert.equal(judgement.version, 'Teeworlds 0.7.5');
    assert.equal(judgement.detail, '"lab" on the map dm1');
  });

  it('knows a token by its length, its kind and the token of the request', () => {
    const [token = assert.fail()] = fixed.reply(request);
    assert.equal(probe.read(token, request).kind, 'refusal');
    assert.equal(probe.nonce?.echoed(token), 0x1122_3344);
    for (const [at, value] of [
      [0, 5],
      [3, 0x12],
      [7, 4],
    ] as const) {
      const changed = Uint8Array.from(token);
      changed[at] = value;
      assert.equal(probe.read(changed, request).kind, 'unrecognised', `${at}`);
    }
    assert.equal(probe.read(token.subarray(0, 11), request).kind, 'unrecognised');
  });

  it('shares its port with ddnet, whose question and answer are others', () => {
    assert.equal(teeworlds.port, ddnet.port);
    const other = ddnet.build(undefined);
    const [answer = assert.fail()] = ddnet.emulatedServers[0]?.reply(other.sweepForms[0].encode(7)) ?? [];
    assert.equal(probe.read(answer, request).kind, 'unrecognised');
    const [token = assert.fail()] = fixed.reply(request);
    assert.equal(other.read(token, other.sweepForms[0].encode(7)).kind, 'unrecognised');
  });

  it('shows the texts of a state by their names', () => {
    const [answer = assert.fail()] = unchecked.reply(
      interview(probe, unchecked).asks[1]?.form.encode(1) ?? assert.fail(),
    );
    const shown = probe.dissect(answer).map(({ name, value }) => `${name}: ${value}`);
    assert.deepEqual(shown.slice(4), [
      'message: inf3',
      'number of the list: 0',
      'version: 0.7.5',
      'name: lab',
      'host: ',
      'map: dm1',
      'game: DM',
      'state: 6 bytes',
    ]);
  });
});
