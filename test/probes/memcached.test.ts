import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { memcached } from '../../probes/memcached/memcached.js';
import { exchangeFrom, exchangeWith } from './exchanges.js';

const probe = memcached.build(undefined);
const [form] = probe.sweepForms;
const request = form.encode(0x4d3a);
const server = memcached.emulatedServers[0] ?? assert.fail();

describe('the request of memcached', () => {
  it('is stats in a frame of one datagram, with the nonce for its id, and nothing else is ever asked', () => {
    assert.equal(Buffer.from(request).toString('latin1'), 'M:\0\0\0\x01\0\0stats\r\n');
    assert.equal(probe.next([exchangeFrom(server, form.name, request, probe)]), undefined);
  });
});

describe('the reader of memcached', () => {
  const framed = (text: string, { id = 0x4d3a, sequence = 0, total = 1, reserved = 0 } = {}): Uint8Array => {
    const datagram = Buffer.alloc(8);
    for (const [i, value] of [id, sequence, total, reserved].entries()) datagram.writeUInt16BE(value, 2 * i);
    return Buffer.concat([datagram, Buffer.from(text, 'latin1')]);
  };
  const kindOf = (payload: Uint8Array): string => probe.read(payload, request).kind;

  it('knows statistics in a frame with the id of the request, and their end in a further one', () => {
    assert.equal(kindOf(framed('STAT pid 1\r\nEND\r\n')), 'answer');
    assert.equal(kindOf(framed('ups_dropped 0\r\nEND\r\n', { sequence: 1, total: 2 })), 'answer');
    for (const other of [
      framed('STAT pid 1\r\n', { id: 0x4d3b }),
      framed('STAT pid 1\r\n', { sequence: 1, total: 1 }),
      framed('STAT pid 1\r\n', { reserved: 1 }),
      framed('VERSION 1.6.18\r\n'),
      framed('STAT pid \x01\r\n'),
      framed(''),
    ])
      assert.equal(kindOf(other), 'unrecognised', Buffer.from(other).toString('latin1'));
  });

  it('takes an error for a refusal, and says which', () => {
    const reading = probe.read(framed('SERVER_ERROR out of memory\r\n'), request);
    assert.deepEqual(reading, { kind: 'refusal', reason: 'server error' });
    assert.equal(
      probe.judge([exchangeWith({ form: form.name, request, replies: [{ payloadBytes: 36, reading }] })])
        .kind,
      'refusal',
    );
  });
});

describe('the judgement of memcached', () => {
  it('names the version and the columns of scan_memcached', () => {
    const judgement = probe.judge([exchangeFrom(server, form.name, request, probe)]);
    assert.ok(judgement.kind === 'exposure');
    assert.equal(judgement.version, 'memcached 1.6.18');
    assert.equal(judgement.incomplete, false);
    assert.deepEqual(Object.keys(judgement.facts ?? {}).sort(), [
      'curr_connections',
      'datagrams',
      'pid',
      'pointer_size',
      'time',
      'total_connections',
      'uptime',
      'version',
    ]);
  });

  it('is incomplete where a datagram of the answer is missing, and nothing without the first', () => {
    const without = (missing: number): ReturnType<typeof probe.judge> =>
      probe.judge([
        exchangeFrom(
          { reply: (asked) => server.reply(asked).filter((_, i) => i !== missing) },
          form.name,
          request,
          probe,
        ),
      ]);
    const last = without(1);
    assert.ok(last.kind === 'exposure');
    assert.equal(last.incomplete, true);
    assert.equal(without(0).kind, 'nothing');
  });
});
