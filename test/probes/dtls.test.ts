import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dtls, dtlsCoap } from '../../probes/dtls/dtls.js';
import { exchangeFrom } from './exchanges.js';

const probe = dtls.build(undefined);
const [form] = probe.sweepForms;
const request = form.encode(0);
const [without = assert.fail(), cookie = assert.fail()] = dtls.emulatedServers;
const [hello = assert.fail(), certificate = assert.fail()] = without.reply(request);
const [verify = assert.fail()] = cookie.reply(request);

describe('the probe of dtls', () => {
  it('asks the same of 443 and of CoAP, in a ClientHello of 119 bytes without a cookie', () => {
    assert.deepEqual(dtlsCoap.build(undefined).sweepForms[0].encode(0), request);
    assert.equal(request.length, 119);
    const fields = new Map(probe.dissect(request).map(({ name, value }) => [name, value]));
    assert.equal(fields.get('message'), '1 ClientHello');
    // Version, random, then the lengths of session and cookie.
    const body = Buffer.from(request.subarray(25));
    assert.deepEqual([body.readUInt16BE(0), body[34], body[35]], [0xfefd, 0, 0]);
    assert.equal(body.readUInt16BE(36) % 2, 0);
  });

  it('takes a server that asks for a cookie for a refusal, and never sends one', () => {
    const asked = exchangeFrom(cookie, form.name, request, probe);
    assert.deepEqual(probe.judge([asked]), { kind: 'refusal', reason: 'cookie' });
    assert.equal(probe.next([asked]), undefined);
    assert.equal(probe.farewell?.(verify, request), undefined);
  });

  it('says which messages came without one, what was chosen, and how often', () => {
    const judgement = probe.judge([exchangeFrom(without, form.name, request, probe)]);
    assert.ok(judgement.kind === 'exposure');
    assert.deepEqual(judgement.tags, ['dtls', 'resends']);
    assert.equal(
      judgement.detail,
      'sends ServerHello, Certificate, ServerKeyExchange, CertificateRequest, ServerHelloDone; ' +
        'DTLS 1.2, cipher suite 0xC0,0x2B; 5 times for one request',
    );
  });

  it('ends a handshake that has begun with close_notify', () => {
    const end = probe.farewell?.(hello, request) ?? assert.fail();
    assert.equal(Buffer.from(end).toString('hex'), '15fefd000000000000000100020100');
    assert.deepEqual(probe.read(end, request), { kind: 'refusal', reason: 'alert' });
  });

  it('reads a flight in one datagram, and several messages in one record, as it reads them apart', () => {
    const both = Uint8Array.from([...hello, ...certificate]);
    const inOneRecord = Uint8Array.from([...hello, ...certificate.subarray(13)]);
    new DataView(inOneRecord.buffer).setUint16(11, inOneRecord.length - 13);
    for (const payload of [both, inOneRecord]) {
      const reading = probe.read(payload, request);
      assert.ok(reading.kind === 'answer');
      assert.equal(reading.facts['messages'], 'ServerHello, Certificate');
    }
  });

  it('takes a fragment for its message, of which nothing more is known', () => {
    const fragment = Uint8Array.from(hello);
    const view = new DataView(fragment.buffer);
    view.setUint16(15, 1000);
    const reading = probe.read(fragment, request);
    assert.deepEqual(reading, { kind: 'answer', facts: { messages: 'ServerHello' } });
  });

  it('knows nothing that is encrypted, of another version, cut short, or a ClientHello', () => {
    const changed = (payload: Uint8Array, at: number, value: number): Uint8Array => {
      const copy = Uint8Array.from(payload);
      copy[at] = value;
      return copy;
    };
    for (const other of [
      changed(hello, 2, 0xfc),
      changed(hello, 4, 1),
      changed(hello, 0, 23),
      changed(hello, 13, 1),
      changed(hello, 25, 3),
      changed(verify, 27, 21),
      hello.subarray(0, hello.length - 1),
      Uint8Array.from([...hello, 0]),
      request,
    ])
      assert.equal(probe.read(other, request).kind, 'unrecognised', Buffer.from(other).toString('hex'));
  });
});
