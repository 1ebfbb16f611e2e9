import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { coap } from '../../probes/coap/coap.js';
import { encodeCoap, readCoap, type CoapMessage } from '../../probes/coap/message.js';
import { exchangeFrom, exchangeWith } from './exchanges.js';

const probe = coap.build(undefined);
const [form] = probe.sweepForms;
const request = form.encode(0x4d3a);
const server = (name: string) => coap.emulatedServers.find((each) => each.name === name) ?? assert.fail(name);
const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const response = (change: Partial<CoapMessage> = {}): Uint8Array =>
  encodeCoap({
    type: 2,
    code: 0x45,
    id: 0x4d3a,
    token: new Uint8Array(),
    options: [],
    payload: Buffer.from('</>'),
    ...change,
  });

describe('the messages of CoAP', () => {
  it('are written and read the same, whatever options they have', () => {
    const plain = { noNullPrototype: true };
    const option = fc.record({ number: fc.nat(65_535), value: fc.uint8Array({ maxLength: 300 }) }, plain);
    const message = fc.record(
      {
        type: fc.nat(3),
        code: fc.integer({ min: 1, max: 255 }),
        id: fc.nat(65_535),
        token: fc.uint8Array({ maxLength: 8 }),
        options: fc
          .array(option, { maxLength: 20 })
          .map((list) => list.sort((one, other) => one.number - other.number)),
        payload: fc.uint8Array({ maxLength: 50 }),
      },
      plain,
    );
    fc.assert(
      fc.property(message, (given) => {
        assert.deepEqual(readCoap(encodeCoap(given)), given);
      }),
    );
  });

  it('have a format error where the standard says so, and are read otherwise', () => {
    assert.ok(readCoap(bytes('60 45 4d 3a ff 41')));
    for (const [hex, what] of [
      ['80 45 4d 3a', 'version 2'],
      ['69 45 4d 3a 01 02 03 04 05 06 07 08 09', 'a token of nine bytes'],
      ['62 45 4d 3a 01', 'a token cut short'],
      ['60 45 4d 3a ff', 'a marker without a payload'],
      ['60 45 4d 3a f1 41', 'a reserved delta'],
      ['60 45 4d 3a 1f 41', 'a reserved length'],
      ['60 45 4d 3a b4 41', 'an option cut short'],
      ['60 00 4d 3a ff 41', 'an empty message with a payload'],
      ['60 45 4d', 'a header cut short'],
    ] as const)
      assert.equal(readCoap(bytes(hex)), undefined, what);
  });
});

describe('the requests of coap', () => {
  it('are that of zmap for the list, and four bytes for the root', () => {
    const next = probe.next([exchangeFrom(server('libcoap-4.3.1'), form.name, request, probe)]);
    assert.deepEqual(request, bytes('40 01 4d3a bb 2e77656c6c2d6b6e6f776e 04 636f7265'));
    assert.deepEqual(next?.form.encode(0x4d3b), bytes('40 01 4d3b'));
  });
});

describe('the reader of coap', () => {
  const kindOf = (payload: Uint8Array): string => probe.read(payload, request).kind;

  it('knows a response on the acknowledgement by its id, and one of its own by what it says', () => {
    assert.equal(kindOf(response()), 'answer');
    assert.equal(kindOf(response({ id: 0x4d3b })), 'unrecognised');
    for (const type of [0, 1]) assert.equal(kindOf(response({ type, id: 1 })), 'answer');
    assert.equal(kindOf(response({ type: 0, id: 1, code: 0x84 })), 'unrecognised');
    assert.equal(kindOf(response({ token: Uint8Array.of(1) })), 'unrecognised');
    assert.equal(kindOf(response({ code: 0x01 })), 'unrecognised');
  });

  it('tells what proves a device closed from what may be another answer tomorrow', () => {
    const none = { payload: new Uint8Array() };
    const reading = (change: Partial<CoapMessage>) => probe.read(response({ ...none, ...change }), request);
    assert.deepEqual(reading({ code: 0x81 }), { kind: 'refusal', reason: 'client error 4.01' });
    assert.deepEqual(reading({ code: 0xa3 }), {
      kind: 'refusal',
      reason: 'server error 5.03',
      transient: true,
    });
    assert.deepEqual(reading({ code: 0 }), {
      kind: 'refusal',
      reason: 'acknowledged without a response',
      transient: true,
    });
    assert.deepEqual(reading({ code: 0, type: 3 }), { kind: 'refusal', reason: 'reset' });
  });

  it('reports a text in one line, and no more than 1,000 bytes of it', () => {
    const reading = probe.read(response({ payload: Buffer.from(`a\r\nb${'c'.repeat(2000)}`) }), request);
    assert.ok(reading.kind === 'answer');
    assert.match(String(reading.facts['response']), /^a\|bc{996}$/);
    assert.equal(reading.facts['payload_bytes'], 2004);
  });
});

describe('the farewell of coap', () => {
  it('resets a response that would be sent again until it is acknowledged, and nothing else', () => {
    const farewell = (answer: Uint8Array): Uint8Array | undefined => probe.farewell?.(answer, request);
    assert.deepEqual(farewell(response({ type: 0, id: 0x1234 })), bytes('70 00 1234'));
    assert.equal(farewell(response({ type: 1 })), undefined);
    assert.equal(farewell(response()), undefined);
    assert.equal(farewell(request), undefined);
    assert.equal(farewell(bytes('40')), undefined);
  });
});

describe('the judgement of coap', () => {
  it('has the columns of scan_coap, of the list and not of the root', () => {
    const exchanges = [form, probe.next([])?.form ?? assert.fail()].map((each) =>
      exchangeFrom(server('libcoap-4.3.1'), each.name, each.encode(7), probe),
    );
    const judgement = probe.judge(exchanges);
    assert.ok(judgement.kind === 'exposure' && judgement.facts);
    assert.equal(judgement.facts['version'], 1);
    assert.match(String(judgement.facts['response']), /^<\/>;title=/);
  });

  it('is a refusal where every answer is an error', () => {
    const judgement = probe.judge([exchangeFrom(server('coap-locked'), form.name, request, probe)]);
    assert.deepEqual(judgement, { kind: 'refusal', reason: 'client error 4.01' });
    assert.equal(probe.judge([exchangeWith({ form: form.name, request, replies: [] })]).kind, 'nothing');
  });
});
