import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cldap } from '../../probes/cldap/cldap.js';
import { BER, berElement, berInteger } from '../../probes/wire/ber.js';
import { exchangeFrom } from './exchanges.js';

const probe = cldap.build(undefined);
const [form] = probe.sweepForms;
const request = form.encode(0x4d3a);
const [samba = assert.fail(), hidden = assert.fail()] = cldap.emulatedServers;
const ID = 0x4000_4d3a;

const text = (value: string): Uint8Array => berElement(BER.octetString, Buffer.from(value, 'latin1'));
const message = (id: number, operation: number, ...contents: readonly Uint8Array[]): Uint8Array =>
  berElement(BER.sequence, berInteger(id), berElement(operation, ...contents));
const attribute = (type: string, ...values: readonly string[]): Uint8Array =>
  berElement(BER.sequence, text(type), berElement(0x31, ...values.map(text)));
const entry = (...attributes: readonly Uint8Array[]): Uint8Array =>
  message(ID, 0x64, text(''), berElement(BER.sequence, ...attributes));

describe('the request of cldap', () => {
  it('is a search for the root DSE that reads and nothing else', () => {
    assert.equal(
      Buffer.from(request).toString('hex'),
      '3028020440004d3a632004000a01000a0100020100020100010100870b6f626a656374436c6173733000',
    );
  });
});

describe('the reader of cldap', () => {
  it('gives attributes the names of the published columns, and several values a line between them', () => {
    const reading = probe.read(
      entry(
        attribute('supportedLDAPVersion', '3', '2'),
        attribute('dnsHostName', 'dc1.lab.test'),
        attribute('unheardOf', 'x'),
      ),
      request,
    );
    assert.deepEqual(reading, {
      kind: 'answer',
      facts: { attributes: 3, supported_ldap_version: '3|2', dns_host_name: 'dc1.lab.test' },
    });
  });

  it('reads what came before an attribute that is cut short', () => {
    const broken = berElement(BER.sequence, text('serverName'), Uint8Array.of(0x31, 0x20, 0x04));
    const reading = probe.read(entry(attribute('dnsHostName', 'dc1'), broken), request);
    assert.ok(reading.kind === 'answer');
    assert.deepEqual(reading.facts, { attributes: 1, dns_host_name: 'dc1' });
  });

  it('reads the long lengths in which Windows writes', () => {
    const [answer = assert.fail()] = samba.reply(request);
    const short = Buffer.from(answer);
    // The outermost header alone: 30 82 hh hh becomes 30 84 00 00 hh hh.
    const long = Buffer.concat([Buffer.from([0x30, 0x84, 0, 0]), short.subarray(2)]);
    assert.deepEqual(probe.read(long, request), probe.read(short, request));
  });

  it('takes the end of a search without an entry for a refusal, and says why', () => {
    const end = (code: number): Uint8Array => message(ID, 0x65, berInteger(code, 0x0a), text(''), text(''));
    assert.deepEqual(probe.read(end(50), request), { kind: 'refusal', reason: 'result code 50' });
    assert.deepEqual(probe.read(end(0), request), { kind: 'refusal', reason: 'no entry' });
  });

  it('does not know an answer with another message id', () => {
    const [other = assert.fail()] = samba.reply(form.encode(0x4d3b));
    assert.equal(probe.read(other, request).kind, 'unrecognised');
  });
});

describe('the judgement of cldap', () => {
  it('names the software and the host, and how short a request may be', () => {
    const judgement = probe.judge([exchangeFrom(samba, form.name, request, probe)]);
    assert.ok(judgement.kind === 'exposure');
    assert.equal(judgement.version, 'Samba Team (https://www.samba.org)');
    assert.equal(judgement.detail, 'root DSE with 21 attributes of dc1.lab.test');
    assert.deepEqual(judgement.equivalentRequests, [{ name: 'message id of one octet', bytes: 39 }]);
  });

  it('is a refusal where the root DSE is hidden', () => {
    assert.deepEqual(probe.judge([exchangeFrom(hidden, form.name, request, probe)]), {
      kind: 'refusal',
      reason: 'result code 50',
    });
  });
});
