import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { portmap } from '../../probes/portmap/portmap.js';
import { Reader } from '../../probes/wire/reader.js';
import {
  encodeRpcCall,
  encodeXdrOpaque,
  readRpcCall,
  readRpcReply,
  readXdrOpaque,
} from '../../probes/wire/rpc.js';
import { exchangeFrom } from './exchanges.js';

const probe = portmap.build(undefined);
const [form] = probe.sweepForms;
const request = form.encode(0x2d58_4d31);
const server = (name: string) =>
  portmap.emulatedServers.find((each) => each.name === name) ?? assert.fail(name);
const words = (...values: readonly number[]): Uint8Array => {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) bytes.writeUInt32BE(value, 4 * i);
  return Uint8Array.from(bytes);
};
const XID = 0x2d58_4d31;

describe('the messages of ONC RPC', () => {
  it('carry any call and any bytes there and back', () => {
    const word = fc.nat(0xffff_ffff);
    const call = fc.record(
      { xid: word, program: word, version: word, procedure: word },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(call, fc.uint8Array({ maxLength: 100 }), (given, bytes) => {
        assert.deepEqual(readRpcCall(new Reader(encodeRpcCall(given))), given);
        const encoded = encodeXdrOpaque(bytes);
        assert.equal(encoded.length % 4, 0);
        const reader = new Reader(encoded);
        assert.deepEqual(readXdrOpaque(reader, 100), bytes);
        assert.equal(reader.remaining, 0);
      }),
    );
  });

  it('are accepted, denied, or no reply; a text longer than allowed or than what is there is none', () => {
    const outcome = (...values: readonly number[]) => readRpcReply(new Reader(words(...values)))?.outcome;
    assert.equal(outcome(XID, 1, 0, 0, 0, 0), 'success');
    assert.equal(outcome(XID, 1, 0, 1, 4, 0xaaaa_aaaa, 3), 'procedure unavailable');
    assert.equal(outcome(XID, 1, 1, 1), 'denied');
    for (const none of [
      [XID, 0, 0, 0, 0, 0],
      [XID, 1, 2, 0, 0, 0],
      [XID, 1, 0, 0, 0, 6],
      [XID, 1, 0, 0, 401, 0],
      [XID, 1, 0, 0, 0],
      [XID, 1, 1],
    ])
      assert.equal(outcome(...none), undefined, none.join());
    assert.equal(readXdrOpaque(new Reader(words(5, 0)), 100), undefined);
    assert.equal(readXdrOpaque(new Reader(words(101)), 100), undefined);
  });
});

describe('the requests of portmap', () => {
  it('are DUMP of version 2 for all, and of version 3 for who has answered, in 40 bytes', () => {
    const done = [exchangeFrom(server('rpcbind-1.2.6'), form.name, request, probe)];
    const next = probe.next(done);
    assert.equal(
      Buffer.from(request).toString('hex'),
      '2d584d310000000000000002000186a00000000200000004' + '0'.repeat(32),
    );
    assert.deepEqual(readRpcCall(new Reader(next?.form.encode(1) ?? assert.fail())), {
      xid: 1,
      program: 100_000,
      version: 3,
      procedure: 4,
    });
  });
});

describe('the reader of portmap', () => {
  const head = [XID, 1, 0, 0, 0, 0];
  const read = (...values: readonly number[]) => probe.read(words(...values), request);

  it('reads a list whole or not at all, an empty one too', () => {
    assert.deepEqual(read(...head, 0), {
      kind: 'answer',
      facts: { programs: '', entries: 0, nfs: false },
    });
    assert.deepEqual(read(...head, 1, 100_005, 3, 17, 20_048, 1, 100_003, 3, 6, 2049, 0), {
      kind: 'answer',
      facts: {
        programs: '100005 3 20048/udp; 100003 3 2049/tcp',
        entries: 2,
        nfs: true,
        mountd_port: 20_048,
      },
    });
    assert.equal(read(...head).kind, 'unrecognised');
    assert.equal(read(...head, 1, 100_005, 3, 17, 20_048).kind, 'unrecognised');
    assert.equal(read(...head, 2, 100_005, 3, 17, 20_048, 0).kind, 'unrecognised');
    assert.equal(read(XID + 1, 1, 0, 0, 0, 0, 0).kind, 'unrecognised');
  });

  it('tells a refusal from a failure that may pass', () => {
    assert.deepEqual(read(...head.slice(0, 5), 3), { kind: 'refusal', reason: 'procedure unavailable' });
    assert.deepEqual(read(XID, 1, 1, 1, 5), { kind: 'refusal', reason: 'denied' });
    assert.deepEqual(read(...head.slice(0, 5), 5), {
      kind: 'refusal',
      reason: 'system error',
      transient: true,
    });
  });

  it('reads the addresses of version 3 for their ports, of which a local socket has none', () => {
    const asked = probe.next([])?.form.encode(7) ?? assert.fail();
    const [payload] = server('rpcbind-1.2.6').reply(asked);
    const reading = probe.read(payload ?? assert.fail(), asked);
    assert.ok(reading.kind === 'answer');
    assert.equal(reading.facts['entries'], 12);
    assert.match(String(reading.facts['programs']), /^100000 4 111\/tcp6; .*; 100000 3 \/local$/);
  });
});

describe('the judgement of portmap', () => {
  it('has the columns of scan_portmapper, and says where NFS is', () => {
    const judged = (name: string) => probe.judge([exchangeFrom(server(name), form.name, request, probe)]);
    const [own, nfs] = [judged('rpcbind-1.2.6'), judged('rpcbind-nfs')];
    assert.ok(own.kind === 'exposure' && nfs.kind === 'exposure');
    assert.deepEqual([own.tags, own.facts?.['mountd_port']], [['portmapper'], undefined]);
    assert.deepEqual([nfs.tags, nfs.facts?.['mountd_port']], [['portmapper', 'nfs'], 161 * 256 + 37]);
    assert.match(String(own.facts?.['programs']), /^100000 4 111\/tcp; /);
  });
});
