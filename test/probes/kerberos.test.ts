import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { kerberos } from '../../probes/kerberos/kerberos.js';
import { exchangeFrom } from './exchanges.js';

const probe = kerberos.build(undefined);
const [form] = probe.sweepForms;
const request = form.encode(0x4d3a);
const [mit = assert.fail(), heimdal = assert.fail()] = kerberos.emulatedServers;
const [error = assert.fail()] = mit.reply(request);

describe('the request of kerberos', () => {
  it('names a realm that nobody has and no client, so that no account is touched', () => {
    const text = Buffer.from(request).toString('latin1');
    assert.ok(text.includes('krbtgt\x1b\x0800004D3A'));
    const fields = probe.dissect(request).map(({ name }) => name);
    assert.deepEqual(
      fields,
      'message,sequence,pvno,msg-type,req-body,kdc-options,realm,sname,till,nonce,etype'.split(','),
    );
  });
});

describe('the reader of kerberos', () => {
  const kindOf = (payload: Uint8Array): string => probe.read(payload, request).kind;
  const changed = (from: string, to: string): Uint8Array =>
    Buffer.from(Buffer.from(error).toString('latin1').replaceAll(from, to), 'latin1');

  it('knows an error that names the realm of the request as its service', () => {
    assert.deepEqual(probe.read(error, request), {
      kind: 'answer',
      facts: { error_code: 6, realm: '00004D3A', text: 'NULL_CLIENT' },
    });
    assert.equal(probe.nonce?.echoed(error), 0x4d3a);
  });

  it('does not know an error about another realm, another message, or one that is cut short', () => {
    for (const other of [
      changed('00004D3A', '00004D3B'),
      changed('\x7e', '\x6b'),
      changed('\x02\x01\x1e', '\x02\x01\x1f'),
      error.subarray(0, -1),
    ])
      assert.equal(kindOf(other), 'unrecognised', Buffer.from(other).toString('hex'));
  });

  it('knows the error of a server that names its own realm beside the one that was asked for', () => {
    // Only the first of the two names: [9] realm.
    const named = Buffer.from(
      Buffer.from(error).toString('latin1').replace('00004D3A', 'AD.LOCAL'),
      'latin1',
    );
    const reading = probe.read(named, request);
    assert.ok(reading.kind === 'answer');
    assert.equal(reading.facts['realm'], 'AD.LOCAL');
  });
});

describe('the judgement of kerberos', () => {
  it('is an exposure with the error and its text, which differs by software', () => {
    for (const [server, text] of [
      [mit, 'NULL_CLIENT'],
      [heimdal, 'No client in request'],
    ] as const) {
      const judgement = probe.judge([exchangeFrom(server, form.name, request, probe)]);
      assert.ok(judgement.kind === 'exposure');
      assert.equal(judgement.facts?.['text'], text);
      assert.equal(judgement.detail, 'error 6 to a request for an unknown realm');
    }
  });
});
