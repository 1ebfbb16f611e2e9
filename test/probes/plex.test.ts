import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { plex } from '../../probes/plex/plex.js';
import { exchangeFrom } from './exchanges.js';

const probe = plex.build(undefined);
const [form] = probe.sweepForms;
const request = form.encode(0);
const [server = assert.fail(), short = assert.fail()] = plex.emulatedServers;

describe('the probe of Plex', () => {
  it('asks as its players do, in 23 bytes, and nothing else', () => {
    assert.equal(Buffer.from(request).toString(), 'M-SEARCH * HTTP/1.1\r\n\r\n');
    assert.equal(probe.next([exchangeFrom(server, form.name, request, probe)]), undefined);
  });

  it('has the columns of scan_ssdp for Plex, and not the name that writes an address', () => {
    const exchange = exchangeFrom(server, form.name, request, probe);
    // NETSCOUT, 2021: 281 bytes with the headers of IP and UDP.
    assert.equal(exchange.received.payloadBytes + 28, 281);
    const judgement = probe.judge([exchange]);
    assert.ok(judgement.kind === 'exposure');
    assert.deepEqual(judgement.facts, {
      header: 'HTTP/1.0 200 OK',
      content_type: 'plex/media-server',
      instance: 'Home Plex',
      server_port: 32_400,
      resource_identifier: '00112233445566778899aabbccddeeff00112233',
      updated_at: '1466340239',
      version: '1.21.2.3943-a91458577',
    });
    assert.equal(judgement.detail, 'server "Home Plex"; port 32400');
  });

  it('knows one that says less, and neither a question, a player, nor another server of HTTP', () => {
    const [answer = assert.fail()] = short.reply(request);
    assert.equal(probe.read(answer, request).kind, 'answer');
    const text = Buffer.from(answer).toString();
    for (const other of [
      Buffer.from(request).toString(),
      text.replace('media-server', 'media-player'),
      text.replace('200 OK', '404 Not Found'),
      text.replace('HTTP/1.0', 'HELLO * HTTP/1.0'),
      'HTTP/1.1 200 OK\r\nServer: nginx\r\n\r\n',
    ])
      assert.equal(probe.read(Buffer.from(other), request).kind, 'unrecognised');
  });
});
