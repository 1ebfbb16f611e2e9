import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readAddress, readStun } from '../../probes/stun/message.js';
import { stun } from '../../probes/stun/stun.js';
import { exchangeFrom } from './exchanges.js';

const probe = stun.build(undefined);
const [form] = probe.sweepForms;
const request = form.encode(0x1234_5678);
const server = stun.emulatedServers[0] ?? assert.fail();
const [answer = assert.fail()] = server.reply(request);
const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

describe('the request of stun', () => {
  it('is a Binding request without attributes, of the 20 bytes that a header has', () => {
    assert.deepEqual(
      request,
      bytes(`0001 0000 2112a442 12345678 ${Buffer.from('ampscope').toString('hex')}`),
    );
    assert.equal(probe.next([exchangeFrom(server, form.name, request, probe)]), undefined);
  });
});

describe('the messages of STUN', () => {
  it('have the length of their datagram, and whole attributes, padded or not at the end', () => {
    assert.ok(readStun(answer));
    assert.equal(readStun(answer.subarray(0, -4)), undefined);
    assert.equal(readStun(Uint8Array.of(...answer, 0, 0, 0, 0)), undefined);
    assert.equal(readStun(answer.with(0, 0x81)), undefined, 'two bits of a STUN message are 0');
    assert.equal(readStun(answer.with(23, 0x7f)), undefined, 'an attribute longer than the message');
    const id = '2112a442 000000000000000000000000';
    const last = readStun(bytes(`0101 0005 ${id} 8022 0001 41`));
    assert.deepEqual(last?.attributes, [{ type: 0x8022, value: Uint8Array.of(0x41) }]);
  });

  it('hold addresses of both families, plain and combined with cookie and id (RFC 5769 §2.2, §2.3)', () => {
    const id = bytes('2112a442 b7e7a701bc34d686fa87dfae');
    assert.deepEqual(readAddress(bytes('0001 a147 e112a643'), id), {
      family: 'IPv4',
      address: '192.0.2.1',
      port: 32_853,
    });
    assert.deepEqual(readAddress(bytes('0002 a147 0113a9fa a5d3f179 bc25f4b5 bed2b9d9'), id), {
      family: 'IPv6',
      address: '2001:db8:1234:5678:11:2233:4455:6677',
      port: 32_853,
    });
    assert.equal(readAddress(bytes('0002 a147 e112a643'), id), undefined);
    assert.equal(readAddress(bytes('0001 a1'), id), undefined);
  });
});

describe('the reader of stun', () => {
  it('knows a success and an error by cookie and id, and nothing else', () => {
    const read = (payload: Uint8Array) => probe.read(payload, request);
    assert.equal(read(answer).kind, 'answer');
    assert.equal(read(answer.with(12, 0)).kind, 'unrecognised');
    assert.equal(read(answer.with(4, 0)).kind, 'unrecognised');
    assert.equal(read(answer.with(1, 0x02)).kind, 'unrecognised');
    const head = Buffer.from(request.subarray(4)).toString('hex');
    assert.deepEqual(read(bytes(`0111 0008 ${head} 0009 0004 0000 0401`)), {
      kind: 'refusal',
      reason: 'error 401',
    });
  });
});

describe('the judgement of stun', () => {
  it('has the columns of scan_stun', () => {
    const judgement = probe.judge([exchangeFrom(server, form.name, request, probe)]);
    assert.ok(judgement.kind === 'exposure');
    assert.equal(judgement.version, "Coturn-4.6.1 'Gorst'");
    assert.deepEqual(judgement.facts, {
      transaction_id: `12345678${Buffer.from('ampscope').toString('hex')}`,
      magic_cookie: '2112a442',
      message_length: 60,
      message_type: '0101',
      mapped_family: 'IPv4',
      mapped_address: '192.0.2.1',
      mapped_port: 40_000,
      xor_mapped_family: 'IPv4',
      xor_mapped_address: '192.0.2.1',
      xor_mapped_port: 40_000,
      software: "Coturn-4.6.1 'Gorst'",
    });
  });
});
