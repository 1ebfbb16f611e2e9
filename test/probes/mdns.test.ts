import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import dnsPacket from 'dns-packet';
import { mdns } from '../../probes/mdns/mdns.js';
import { exchangeFrom } from './exchanges.js';

const probe = mdns.build(undefined);
const [form] = probe.sweepForms;
const request = form.encode(0x4a5b);
const [avahi = assert.fail(), withoutQuestion = assert.fail()] = mdns.emulatedServers;
const NAME = '_services._dns-sd._udp.local';

const reply = (change: dnsPacket.Packet, flags = dnsPacket.AUTHORITATIVE_ANSWER): Uint8Array =>
  dnsPacket.encode({
    type: 'response',
    id: 0x4a5b,
    flags,
    questions: [{ type: 'PTR', name: NAME }],
    ...change,
  });

describe('the request of mdns', () => {
  it('is one question for the kinds of service, without any flag, as another encoder writes it', () => {
    assert.equal(request.length, 46);
    assert.deepEqual(
      Buffer.from(request),
      dnsPacket.encode({ type: 'query', id: 0x4a5b, flags: 0, questions: [{ type: 'PTR', name: NAME }] }),
    );
  });
});

describe('the reader of mdns', () => {
  it('reads the same from an answer with the question and from one without it', () => {
    const readings = [avahi, withoutQuestion].map((server) =>
      probe.read(server.reply(request)[0] ?? request, request),
    );
    assert.deepEqual(readings[1], readings[0]);
    assert.deepEqual(readings[0], {
      kind: 'answer',
      facts: {
        services:
          '_workstation._tcp.local.; _smb._tcp.local.; _ipp._tcp.local.; _ssh._tcp.local.; _http._tcp.local.;',
      },
    });
  });

  it('is emulated in messages that another decoder reads alike', () => {
    for (const server of [avahi, withoutQuestion])
      assert.deepEqual(
        dnsPacket
          .decode(Buffer.from(server.reply(request)[0] ?? request))
          .answers?.map((record) => 'data' in record && record.data),
        ['_workstation', '_smb', '_ipp', '_ssh', '_http'].map((name) => `${name}._tcp.local`),
      );
  });

  it('knows no answer with another id or question, nor one without a record that names a service', () => {
    const answers = [{ type: 'PTR', name: NAME, data: '_http._tcp.local' }] as const;
    const kindOf = (payload: Uint8Array): string => probe.read(payload, request).kind;
    assert.equal(kindOf(reply({ answers: [...answers] })), 'answer');
    assert.equal(kindOf(reply({ answers: [...answers], id: 1 })), 'unrecognised');
    assert.equal(
      kindOf(reply({ answers: [...answers], questions: [{ type: 'PTR', name: '_http._tcp.local' }] })),
      'unrecognised',
    );
    assert.deepEqual(probe.read(reply({ answers: [{ type: 'TXT', name: NAME, data: 'x' }] }), request), {
      kind: 'refusal',
      reason: 'no service',
      transient: true,
    });
  });

  it('takes the errors of a DNS server that listens there for a refusal', () => {
    const NXDOMAIN = 3;
    const reading = probe.read(reply({}, NXDOMAIN), request);
    assert.deepEqual(reading, { kind: 'refusal', reason: 'nxdomain', transient: true });
    assert.deepEqual(
      probe.judge([exchangeFrom({ reply: () => [reply({}, NXDOMAIN)] }, form.name, request, probe)]),
      reading,
    );
  });

  it('names fifty kinds at most', () => {
    const answers = Array.from({ length: 60 }, (_, i) => ({
      type: 'PTR' as const,
      name: NAME,
      data: `_s${i}._tcp.local`,
    }));
    const reading = probe.read(reply({ answers }), request);
    assert.ok(reading.kind === 'answer');
    assert.equal(String(reading.facts['services']).split('; ').length, 50);
  });
});
