import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sip } from '../../probes/sip/sip.js';
import { exchangeFrom } from './exchanges.js';

const probe = sip.build(undefined);
const [form] = probe.sweepForms;
const request = form.encode(0x2f00_0001);
const kamailio = sip.emulatedServers[0] ?? assert.fail();
const answering = (change: (text: string) => string) => ({
  reply: (asked: Uint8Array) =>
    kamailio.reply(asked).map((one) => Buffer.from(change(Buffer.from(one).toString('latin1')), 'latin1')),
});

describe('the request of sip', () => {
  it('is OPTIONS to a name that nobody has, which nobody passes on, with the nonce in branch, tag and Call-ID', () => {
    const text = Buffer.from(request).toString('latin1');
    assert.match(text, /^OPTIONS sip:ampscope\.invalid SIP\/2\.0\r\n/);
    assert.match(text, /\r\nMax-Forwards: 0\r\n/);
    assert.equal(text.match(/2f000001/g)?.length, 3);
    assert.ok(text.endsWith('\r\n\r\n'));
    assert.equal(request.length, 264);
    assert.equal(probe.next([exchangeFrom(kamailio, form.name, request, probe)]), undefined);
  });
});

describe('the reader of sip', () => {
  const kindOf = (text: string): string => probe.read(Buffer.from(text, 'latin1'), request).kind;
  const own = 'Call-ID: 2f000001@ampscope.invalid';

  it('knows a response by its first line and the Call-ID of the request, in its short form too', () => {
    assert.equal(kindOf(`SIP/2.0 483 Too Many Hops\r\n${own}\r\n\r\n`), 'answer');
    assert.equal(kindOf(`SIP/2.0 200 \r\ni:2f000001@ampscope.invalid\r\n\r\n`), 'answer');
    for (const other of [
      'SIP/2.0 200 OK\r\n\r\n',
      'SIP/2.0 200 OK\r\nCall-ID: 2f000002@ampscope.invalid\r\n\r\n',
      `SIP/2.0 200 OK\r\n\r\n${own}\r\n`,
      `SIP/2.0 700 OK\r\n${own}\r\n\r\n`,
      `HTTP/1.1 200 OK\r\n${own}\r\n\r\n`,
      `OPTIONS sip:ampscope.invalid SIP/2.0\r\n${own}\r\n\r\n`,
    ])
      assert.equal(kindOf(other), 'unrecognised', other);
  });

  it('has the columns of scan_sip by their names, and of a header that stands twice the first', () => {
    const reading = probe.read(
      Buffer.from(
        `SIP/2.0 403 Forbidden\r\nv: SIP/2.0/UDP a\r\nVia: SIP/2.0/UDP b\r\n${own}\r\nUser-Agent: x:y\r\nAllow: INVITE, ACK\r\n\r\n`,
      ),
      request,
    );
    assert.ok(reading.kind === 'answer');
    assert.deepEqual(reading.facts, {
      sip: 'SIP/2.0',
      sip_code: 403,
      sip_reason: 'Forbidden',
      sip_via: 'SIP/2.0/UDP a',
      call_id: '2f000001@ampscope.invalid',
      user_agent: 'x:y',
      allow: 'INVITE, ACK',
    });
  });
});

describe('the judgement of sip', () => {
  it('is an exposure whatever the code says, and names the software', () => {
    const judgement = probe.judge([exchangeFrom(kamailio, form.name, request, probe)]);
    assert.ok(judgement.kind === 'exposure');
    assert.equal(judgement.version, 'kamailio (5.6.3 (x86_64/linux))');
    assert.equal(judgement.detail, 'answers 200 OK');
    const refusing = answering((text) =>
      text.replace('200 OK', '403 Forbidden').replace(/Server: .*\r\n/, ''),
    );
    const refused = probe.judge([exchangeFrom(refusing, form.name, request, probe)]);
    assert.ok(refused.kind === 'exposure');
    assert.equal(refused.version, undefined);
    assert.equal(refused.detail, 'answers 403 Forbidden');
  });
});
