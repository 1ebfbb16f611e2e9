import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gdomap } from '../../probes/gdomap/gdomap.js';
import { exchangeFrom } from './exchanges.js';

const probe = gdomap.build(undefined);
const [form] = probe.sweepForms;
const request = form.encode(0);
const [server = assert.fail()] = gdomap.emulatedServers;

describe('the probe of gdomap', () => {
  it('sends a probe of 264 bytes with addresses of zeros, and nothing else', () => {
    assert.equal(Buffer.from(request).toString('hex'), '5008' + '00'.repeat(262));
    assert.equal(probe.next([exchangeFrom(server, form.name, request, probe)]), undefined);
  });

  it('knows the port in both byte orders, and nothing else of four bytes', () => {
    const kind = (hex: string) => probe.read(Buffer.from(hex, 'hex'), request).kind;
    assert.deepEqual(['00001a02', '0000021a'].map(kind), ['answer', 'answer']);
    for (const other of ['00000000', '00000219', '021a0000', '00001a0200', '001a02', ''])
      assert.equal(kind(other), 'unrecognised', other);
  });

  it('is an exposure that does not amplify', () => {
    const exchange = exchangeFrom(server, form.name, request, probe);
    assert.ok(exchange.received.payloadBytes < exchange.sent.payloadBytes);
    assert.deepEqual(probe.judge([exchange]), {
      kind: 'exposure',
      tags: ['gdomap'],
      facts: { byte_order: 'little-endian' },
    });
  });

  it('shows the fields of question and answer', () => {
    const shown = (payload: Uint8Array) =>
      probe.dissect(payload).map(({ name, value }) => `${name}: ${value}`);
    assert.deepEqual(shown(request), [
      'request: P',
      'length of name: 8',
      'type of port: 0',
      'padding: 0',
      'port: 0',
      'addresses: 00 00 00 00 00 00 00 00',
      'rest of the name: 248 bytes',
    ]);
    assert.deepEqual(shown(Uint8Array.of(0, 0, 0x1a, 2)), ['port: 538, little-endian']);
    assert.deepEqual(shown(Uint8Array.of(0, 0, 0, 1)), ['port: 00 00 00 01']);
  });
});
