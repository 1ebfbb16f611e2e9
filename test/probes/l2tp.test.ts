import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { l2tp } from '../../probes/l2tp/l2tp.js';
import {
  ATTRIBUTE,
  MESSAGE,
  encodeControl,
  numberOf,
  readControl,
  u16,
  type ControlMessage,
} from '../../probes/l2tp/message.js';
import { exchangeFrom } from './exchanges.js';

const probe = l2tp.build(undefined);
const [form] = probe.sweepForms;
const request = form.encode(0x1234);
const server = (name: string) => l2tp.emulatedServers.find((each) => each.name === name) ?? assert.fail(name);
const message = (type: number, change: Partial<ControlMessage> = {}): Uint8Array =>
  encodeControl({
    tunnelId: 0x9234,
    sent: 0,
    expected: 1,
    attributes: [{ type: ATTRIBUTE.messageType, value: Uint8Array.from(u16(type)) }],
    ...change,
  });

describe('the messages of L2TP', () => {
  it('are written and read the same', () => {
    const number = fc.nat(65_535);
    const attribute = fc.record(
      { type: number, value: fc.uint8Array({ maxLength: 200 }) },
      { noNullPrototype: true },
    );
    const any = fc.record(
      {
        tunnelId: number,
        sent: number,
        expected: number,
        attributes: fc.array(attribute, { maxLength: 20 }),
      },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(any, (given) => {
        assert.deepEqual(readControl(encodeControl(given)), given);
      }),
    );
  });

  it('are none where flags, version, length, session or an attribute do not fit', () => {
    const whole = message(MESSAGE.startReply);
    const changed = (at: number, to: number): Uint8Array => whole.with(at, to);
    assert.ok(readControl(whole));
    for (const [other, what] of [
      [changed(0, 0x48), 'data'],
      [changed(1, 3), 'version 3'],
      [changed(3, 19), 'another length'],
      [changed(7, 1), 'a session'],
      [changed(13, 5), 'an attribute shorter than its header'],
      [changed(13, 9), 'an attribute cut short'],
    ] as const)
      assert.equal(readControl(other), undefined, what);
  });
});

describe('the request of l2tp', () => {
  it('has the five attributes that a first message must have, and a tunnel id that is never 0', () => {
    for (const nonce of [0, 1, 0x7fff]) {
      const asked = readControl(form.encode(nonce)) ?? assert.fail();
      assert.deepEqual(
        asked.attributes.map(({ type }) => type),
        [
          ATTRIBUTE.messageType,
          ATTRIBUTE.protocolVersion,
          ATTRIBUTE.hostName,
          ATTRIBUTE.framingCapabilities,
          ATTRIBUTE.assignedTunnelId,
        ],
      );
      assert.equal(numberOf(asked, ATTRIBUTE.assignedTunnelId), 0x8000 + nonce);
    }
  });
});

describe('the reader of l2tp', () => {
  const kindOf = (payload: Uint8Array): string => probe.read(payload, request).kind;

  it('knows what is sent to our tunnel: a reply, a refusal, or an acknowledgement alone', () => {
    assert.equal(kindOf(message(MESSAGE.startReply)), 'answer');
    assert.equal(kindOf(message(MESSAGE.stop)), 'answer');
    assert.equal(kindOf(message(0, { attributes: [] })), 'answer');
    assert.equal(kindOf(message(MESSAGE.startReply, { tunnelId: 0x9235 })), 'unrecognised');
    assert.equal(kindOf(message(6)), 'unrecognised');
    assert.equal(kindOf(message(MESSAGE.startRequest)), 'unrecognised');
  });
});

describe('the farewell of l2tp', () => {
  it('stops the tunnel that a reply opened, by the ids of both sides, and is none of anything else', () => {
    const [reply] = server('xl2tpd-1.3.18').reply(request);
    const stop = readControl(probe.farewell?.(reply ?? assert.fail(), request) ?? assert.fail());
    assert.ok(stop);
    assert.deepEqual([stop.tunnelId, stop.sent, stop.expected], [0x728f, 1, 1]);
    assert.equal(numberOf(stop, ATTRIBUTE.messageType), MESSAGE.stop);
    assert.equal(numberOf(stop, ATTRIBUTE.assignedTunnelId), 0x9234);
    for (const other of server('xl2tpd-access-control').reply(request))
      assert.equal(probe.farewell?.(other, request), undefined);
  });
});

describe('the judgement of l2tp', () => {
  it('tells a server that opens a tunnel from one that refuses it: each is sent again', () => {
    const judged = (name: string) => probe.judge([exchangeFrom(server(name), form.name, request, probe)]);
    const opened = judged('xl2tpd-1.3.18');
    assert.ok(opened.kind === 'exposure');
    assert.deepEqual([opened.tags, opened.version], [['l2tp', 'l2tp-tunnel'], 'xelerance.com']);
    const refused = judged('xl2tpd-access-control');
    assert.ok(refused.kind === 'exposure');
    assert.deepEqual([refused.tags, refused.facts?.['result_code']], [['l2tp'], 2]);
  });
});
