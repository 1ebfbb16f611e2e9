import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { steamA2s } from '../../probes/steam/a2s.js';
import { exchangeFrom } from './exchanges.js';

const probe = steamA2s.build(undefined);
const [form] = probe.sweepForms;
const request = form.encode(0);
const [open = assert.fail(), challenging = assert.fail()] = steamA2s.emulatedServers;

describe('the request of steam-a2s', () => {
  it('is A2S_INFO of 25 bytes without a challenge, and nothing else is ever asked', () => {
    assert.equal(Buffer.from(request).toString('latin1'), '\xff\xff\xff\xffTSource Engine Query\0');
    for (const server of [open, challenging])
      assert.equal(probe.next([exchangeFrom(server, form.name, request, probe)]), undefined);
  });
});

describe('the judgement of steam-a2s', () => {
  it('takes a challenge for a refusal: a forged address never sees more than its 9 bytes', () => {
    const exchange = exchangeFrom(challenging, form.name, request, probe);
    assert.equal(exchange.received.payloadBytes, 9);
    assert.deepEqual(probe.judge([exchange]), { kind: 'refusal', reason: 'challenge' });
  });

  it('is an exposure where the state comes at once, with game, version, map and players', () => {
    const judgement = probe.judge([exchangeFrom(open, form.name, request, probe)]);
    assert.ok(judgement.kind === 'exposure');
    assert.equal(judgement.version, 'Counter-Strike: Source 1.0.0.22');
    assert.equal(
      judgement.detail,
      'server "game2xs.com Counter-Strike Source #1"; map de_dust; 5 of 16 players',
    );
  });

  it('knows nothing that is cut short, or begins as another message', () => {
    const [answer = assert.fail()] = open.reply(request);
    for (const other of [
      answer.subarray(0, 30),
      Uint8Array.from([...answer.subarray(0, 4), 0x44, ...answer.subarray(5)]),
      Uint8Array.from([0xfe, ...answer.subarray(1)]),
      Buffer.from('\xff\xff\xff\xffA1234567', 'latin1'),
    ])
      assert.equal(probe.read(other, request).kind, 'unrecognised');
  });
});
