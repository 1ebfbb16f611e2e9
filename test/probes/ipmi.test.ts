import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ipmi } from '../../probes/ipmi/ipmi.js';
import { checksum } from '../../probes/ipmi/message.js';
import { exchangeFrom } from './exchanges.js';

const probe = ipmi.build(undefined);
const [form] = probe.sweepForms;
const request = form.encode(0);
const [simulator = assert.fail(), withPassword = assert.fail(), closed = assert.fail()] =
  ipmi.emulatedServers;

describe('the request of ipmi', () => {
  it('asks outside a session what a channel allows, with both checksums right', () => {
    assert.equal(Buffer.from(request).toString('hex'), '0600ff07000000000000000000092018c88100388e04b5');
  });
});

describe('the reader of ipmi', () => {
  it('knows no answer with a wrong checksum, another command or inside a session', () => {
    const [answer = assert.fail()] = simulator.reply(request);
    assert.equal(probe.read(answer, request).kind, 'answer');
    for (const [at, value] of [
      [5, 1],
      [16, 0],
      [19, 0x39],
      [21, 0x02],
      [29, 0],
    ] as const)
      assert.equal(
        probe.read(Uint8Array.from(answer).fill(value, at, at + 1), request).kind,
        'unrecognised',
        String(at),
      );
  });
});

describe('an answer of ipmi that is whole by its checksum', () => {
  it('is none where a success says less of the channel than IPMI 1.5 has', () => {
    const [answer = assert.fail()] = simulator.reply(request);
    const shortened = (left: number): Uint8Array => {
      const message = answer.subarray(14, 14 + 7 + left);
      return Uint8Array.of(
        ...answer.subarray(0, 13),
        message.length + 1,
        ...message,
        checksum(message.subarray(3)),
      );
    };
    assert.equal(probe.read(shortened(8), request).kind, 'answer');
    assert.equal(probe.read(shortened(7), request).kind, 'unrecognised');
  });
});

describe('the judgement of ipmi', () => {
  it('is at least high where no password is asked for, and follows the rule where one is', () => {
    const open = probe.judge([exchangeFrom(simulator, form.name, request, probe)]);
    assert.ok(open.kind === 'exposure');
    assert.deepEqual(open.tags, ['ipmi', 'ipmi-no-password']);
    assert.equal(open.atLeast?.level, 'high');
    const guarded = probe.judge([exchangeFrom(withPassword, form.name, request, probe)]);
    assert.ok(guarded.kind === 'exposure');
    assert.deepEqual(guarded.tags, ['ipmi']);
    assert.equal(guarded.atLeast, undefined);
    assert.equal(guarded.version, 'IPMI 2.0');
  });

  it('is a refusal where the controller answers with a completion code', () => {
    assert.deepEqual(probe.judge([exchangeFrom(closed, form.name, request, probe)]), {
      kind: 'refusal',
      reason: 'completion code cc',
    });
  });
});
