import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openvpn } from '../../probes/openvpn/openvpn.js';
import { exchangeFrom, exchangeWith } from './exchanges.js';

const probe = openvpn.build(undefined);
const [form] = probe.sweepForms;
const request = form.encode(0x4d3a);
const [pointToPoint = assert.fail(), serverMode = assert.fail()] = openvpn.emulatedServers;

/** What a server in point-to-point mode answers where an earlier handshake goes on: P_ACK_V1. */
const acknowledgement = (): Buffer =>
  Buffer.concat([Buffer.from('28de7f18ef356507af0100000000', 'hex'), request.subarray(1, 9)]);

describe('the request of openvpn', () => {
  it('is a hard reset with a session id of ours that is never zero', () => {
    assert.match(Buffer.from(request).toString('hex'), /^38.{8}00004d3a0000000000$/);
    assert.notEqual(Buffer.from(form.encode(0)).readBigUInt64BE(1), 0n);
  });
});

describe('the reader of openvpn', () => {
  const kindOf = (payload: Uint8Array): string => probe.read(payload, request).kind;

  it('knows the reset and the acknowledgement that name our session, and nothing else', () => {
    const [reset = assert.fail()] = serverMode.reply(request);
    assert.equal(kindOf(reset), 'answer');
    assert.equal(kindOf(acknowledgement()), 'answer');
    const [ofAnother = assert.fail()] = serverMode.reply(form.encode(0x4d3b));
    const otherOpcode = Uint8Array.from(reset).fill(4 << 3, 0, 1);
    const otherKey = Uint8Array.from(reset).fill((8 << 3) | 1, 0, 1);
    const tooMany = Uint8Array.from(reset).fill(9, 9, 10);
    for (const other of [ofAnother, otherOpcode, otherKey, tooMany, reset.subarray(0, 25)])
      assert.equal(kindOf(other), 'unrecognised', Buffer.from(other).toString('hex'));
  });
});

describe('openvpn', () => {
  it('asks once where its reset comes at once, and says how often that came', () => {
    for (const [server, answers, tags] of [
      [pointToPoint, 5, ['openvpn', 'resends']],
      [serverMode, 1, ['openvpn']],
    ] as const) {
      const done = [exchangeFrom(server, form.name, request, probe)];
      assert.equal(probe.next(done), undefined);
      const judgement = probe.judge(done);
      assert.ok(judgement.kind === 'exposure');
      assert.deepEqual(judgement.tags, tags);
      assert.deepEqual(judgement.facts, { answers });
      assert.equal(judgement.incomplete, false);
    }
  });

  it('asks once more after the handshake window where an earlier request still had one open', () => {
    const [reset = assert.fail()] = serverMode.reply(request);
    const joined = exchangeWith({
      form: form.name,
      request,
      replies: [acknowledgement(), reset].map((payload) => ({
        payloadBytes: payload.length,
        reading: probe.read(payload, request),
      })),
    });
    const ask = probe.next([joined]);
    assert.deepEqual([ask?.form, ask?.purpose, ask?.afterMs], [form, 'measure', 75_000]);
    const alone = probe.judge([joined]);
    assert.ok(alone.kind === 'exposure');
    assert.equal(alone.incomplete, true, 'a part of what a first request brings');

    const whole = exchangeFrom(pointToPoint, form.name, request, probe);
    assert.equal(probe.next([joined, whole]), undefined);
    const both = probe.judge([joined, whole]);
    assert.ok(both.kind === 'exposure');
    assert.deepEqual([both.facts, both.incomplete], [{ answers: 5 }, false]);
  });
});
