import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ssdp } from '../../probes/ssdp/ssdp.js';
import { exchangeFrom } from './exchanges.js';

const probe = ssdp.build(undefined);
const [form] = probe.sweepForms;
const request = form.encode(0);
const [router = assert.fail(), media = assert.fail()] = ssdp.emulatedServers;
const answering = (...texts: readonly string[]) => ({ reply: () => texts.map((text) => Buffer.from(text)) });
const judge = (server: Parameters<typeof exchangeFrom>[0]) =>
  probe.judge([exchangeFrom(server, form.name, request, probe)]);

describe('the request of ssdp', () => {
  it('is a search for everything, to be answered within a second, and is asked once', () => {
    assert.equal(
      Buffer.from(request).toString(),
      'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 1\r\nST: ssdp:all\r\n\r\n',
    );
    assert.equal(request.length, 94);
    assert.equal(probe.next([exchangeFrom(router, form.name, request, probe)]), undefined);
  });
});

describe('the reader of ssdp', () => {
  const kindOf = (text: string): string => probe.read(Buffer.from(text), request).kind;
  const [st, usn] = ['ST: upnp:rootdevice', 'USN: uuid:1::upnp:rootdevice'];

  it('knows an answer by its first line, what was searched for and a name', () => {
    assert.equal(kindOf(`HTTP/1.1 200 OK\r\n${st}\r\n${usn}\r\n\r\n`), 'answer');
    assert.equal(kindOf(`HTTP/1.0 200 \r\nst:x\r\nUsn:y\r\n\r\n`), 'answer');
    for (const other of [
      `HTTP/1.1 200 OK\r\n${st}\r\n\r\n`,
      `HTTP/1.1 200 OK\r\n${usn}\r\n\r\n`,
      `HTTP/1.1 200 OK\r\n\r\n${st}\r\n${usn}\r\n`,
      `HTTP/1.1 2000 OK\r\n${st}\r\n${usn}\r\n\r\n`,
      `HTTP/1.1 412 Precondition Failed\r\n${st}\r\n${usn}\r\n\r\n`,
      `NOTIFY * HTTP/1.1\r\n${st}\r\n${usn}\r\n\r\n`,
    ])
      assert.equal(kindOf(other), 'unrecognised', other);
  });
});

describe('the judgement of ssdp', () => {
  it('shows the answer of the root device, whichever came first, and the kinds of all devices in one order', () => {
    const sorted = judge(router);
    const reversed = judge({ reply: (asked) => router.reply(asked).toReversed() });
    assert.deepEqual(reversed, sorted);
    assert.ok(sorted.kind === 'exposure');
    assert.deepEqual(sorted.tags, ['ssdp', 'internet-gateway']);
    assert.equal(sorted.detail, 'lists itself as InternetGatewayDevice, WANConnectionDevice, WANDevice');
    assert.equal(sorted.version, 'Debian/6.18.44-fc-v669 UPnP/1.1 MiniUPnPd/2.3.1');
    assert.equal(sorted.facts?.['search_target'], 'upnp:rootdevice');
  });

  it('calls no media server a router', () => {
    const judgement = judge(media);
    assert.ok(judgement.kind === 'exposure');
    assert.deepEqual(judgement.tags, ['ssdp']);
    assert.equal(judgement.detail, 'lists itself as MediaServer');
  });

  it('says nothing of devices where only an id came, and names twenty kinds at most', () => {
    const one = judge(answering('HTTP/1.1 200 OK\r\nST: uuid:1\r\nUSN: uuid:1\r\n\r\n'));
    assert.ok(one.kind === 'exposure');
    assert.deepEqual(one.facts, {
      header: 'HTTP/1.1 200 OK',
      search_target: 'uuid:1',
      unique_service_name: 'uuid:1',
    });
    assert.equal(one.detail, undefined);
    const many = judge(
      answering(
        ...Array.from(
          { length: 30 },
          (_, i) => `HTTP/1.1 200 OK\r\nST: urn:x:device:D${i + 10}:1\r\nUSN: y\r\n\r\n`,
        ),
      ),
    );
    assert.ok(many.kind === 'exposure');
    assert.equal(String(many.facts?.['devices']).split(', ').length, 20);
  });
});
