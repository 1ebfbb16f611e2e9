import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { wsDiscovery } from '../../probes/ws-discovery/ws-discovery.js';
import { exchangeFrom } from './exchanges.js';

const probe = wsDiscovery.build(undefined);
const [form] = probe.sweepForms;
const request = form.encode(0x4d3a);
const [wsdd2 = assert.fail()] = wsDiscovery.emulatedServers;
const ID = 'urn:uuid:0a6dc791-2be6-4991-9af1-454700004d3a';

const envelope = (...parts: readonly string[]): Uint8Array =>
  Buffer.from(`<S:Envelope>${parts.join('')}</S:Envelope>`);
const related = (id: string): string => `<A:RelatesTo RelationshipType="x">\n ${id} </A:RelatesTo>`;

describe('the request of ws-discovery', () => {
  it('is a whole envelope with a Probe for anything, and nothing malformed', () => {
    const text = Buffer.from(request).toString();
    assert.ok(text.includes(`<wsa:MessageID>${ID}</wsa:MessageID>`));
    assert.ok(text.endsWith('<soap:Body><wsd:Probe/></soap:Body></soap:Envelope>'));
    assert.equal(request.length, 520);
  });
});

describe('the reader of ws-discovery', () => {
  it('knows an envelope that relates to the request, whatever prefix, space or case it has', () => {
    const reading = probe.read(
      envelope(related(ID.toUpperCase()), '<d:Types>dn:NetworkVideoTransmitter</d:Types>'),
      request,
    );
    assert.deepEqual(reading, { kind: 'answer', facts: { types: 'dn:NetworkVideoTransmitter' } });
    assert.equal(probe.nonce?.echoed(envelope(related(ID))), 0x4d3a);
  });

  it('knows an error as an answer, for it amplifies like one', () => {
    const reading = probe.read(
      envelope(related(ID), '<S:Text xml:lang="en">Validation constraint violation</S:Text>'),
      request,
    );
    assert.deepEqual(reading, { kind: 'answer', facts: { error: 'Validation constraint violation' } });
  });

  it('does not know one that relates to another request, or to none', () => {
    for (const other of [
      envelope(related(ID.replace('4d3a', '4d3b'))),
      envelope('<A:MessageID>x</A:MessageID>'),
      request,
    ])
      assert.equal(probe.read(other, request).kind, 'unrecognised');
  });
});

describe('the judgement of ws-discovery', () => {
  it('says what the device says that it is', () => {
    const judgement = probe.judge([exchangeFrom(wsdd2, form.name, request, probe)]);
    assert.ok(judgement.kind === 'exposure');
    assert.equal(judgement.detail, 'says that it is: wsdp:Device pub:Computer');
  });
});
