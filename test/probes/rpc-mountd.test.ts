import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { probes } from '../../probes/list.js';
import { rpcMountd } from '../../probes/rpc-mountd/rpc-mountd.js';
import { Reader } from '../../probes/wire/reader.js';
import { encodeXdrOpaque, encodeXdrWords, readRpcCall } from '../../probes/wire/rpc.js';
import { interview } from '../../src/measure/interview.js';

const probe = rpcMountd.build(undefined);
const [form] = probe.sweepForms;
const XID = 0x2d58_4d31;
const server = (name: string) =>
  rpcMountd.emulatedServers.find((each) => each.name === name) ?? assert.fail(name);
const bytes = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));
const text = (value: string): Uint8Array => encodeXdrOpaque(Buffer.from(value));
const words = encodeXdrWords;
const HEAD = words(XID, 1, 0, 0, 0, 0);
const silentAtItsPort = {
  reply(request: Uint8Array) {
    const { program, xid } = readRpcCall(new Reader(request)) ?? assert.fail();
    return program === 100_000 ? [words(xid, 1, 0, 0, 0, 0, 2049)] : [];
  },
};

describe('a probe that names another one as the source of its port', () => {
  it('names one of the list, and begins at its port', () => {
    const named = probes.filter(({ portFrom }) => portFrom !== undefined);
    assert.ok(named.length > 0);
    for (const { id, port, portFrom } of named)
      assert.equal(probes.find((other) => other.id === portFrom)?.port, port, id);
  });
});

describe('the requests of rpc-mountd', () => {
  it('are GETPORT to the portmapper, then EXPORT and DUMP to the port that it names, and mount nothing', () => {
    assert.equal(
      Buffer.from(form.encode(XID)).toString('hex'),
      '2d584d310000000000000002000186a00000000200000003' +
        '0'.repeat(32) +
        '000186a5000000030000001100000000',
    );
    const { asks } = interview(probe, server('mountd-2.6.2-eight-exports'));
    assert.deepEqual(
      asks.map(({ form: { name }, purpose, port }) => [name, purpose, port]),
      [
        ['getport-mountd', 'prime', undefined],
        ['export-v3', 'measure', 20_048],
        ['dump-v3', 'measure', 20_048],
      ],
    );
    assert.equal(interview(probe, server('rpcbind-without-mountd')).asks.length, 1);
    assert.equal(interview(probe, { reply: () => [] }).asks.length, 1);
  });
});

describe('the reader of rpc-mountd', () => {
  const asked = (index: number): Uint8Array =>
    interview(probe, server('mountd-2.6.2-eight-exports')).asks[index]?.form.encode(XID) ?? assert.fail();
  const [getPort, exports, mounts] = [asked(0), asked(1), asked(2)];

  it('takes a port that can be one, and 0 for none registered', () => {
    const port = (value: number) => probe.read(bytes(HEAD, words(value)), getPort);
    assert.deepEqual(port(20_048), { kind: 'answer', facts: { port: 20_048 } });
    assert.deepEqual(port(0), { kind: 'refusal', reason: 'mountd is not registered' });
    assert.equal(port(65_536).kind, 'unrecognised');
    assert.equal(probe.read(HEAD, getPort).kind, 'unrecognised');
  });

  it('counts exports and their clients, and keeps the paths alone', () => {
    const list = [words(1), text('/srv/a'), words(1), text('192.0.2.9'), words(0)];
    const open = [words(1), text('/srv/b'), words(0)];
    assert.deepEqual(probe.read(bytes(HEAD, ...list, ...open, words(0)), exports), {
      kind: 'answer',
      facts: { exports: 2, export_clients: 1, exports_for_all: 1, export_paths: '/srv/a; /srv/b' },
    });
    for (const cut of [list, [words(1)], [words(2)], [...list, words(1), text('/srv/b')]])
      assert.equal(probe.read(bytes(HEAD, ...cut), exports).kind, 'unrecognised');
  });

  it('counts mounts, and keeps nothing of who has made them', () => {
    const entry = [words(1), text('client.example.net'), text('/srv/a')];
    assert.deepEqual(probe.read(bytes(HEAD, ...entry, ...entry, words(0)), mounts), {
      kind: 'answer',
      facts: { mounts: 2 },
    });
    assert.equal(probe.read(bytes(HEAD, ...entry), mounts).kind, 'unrecognised');
    const shown = probe.dissect(bytes(HEAD, ...entry, words(0)));
    assert.deepEqual(
      shown.slice(5).map(({ name, value, masked }) => [name, value, masked]),
      [
        ['entry follows', '1', undefined],
        ['client', '', true],
        ['path', '/srv/a', undefined],
        ['no entry follows', '0', undefined],
      ],
    );
  });

  it('hides the clients of exports too', () => {
    const [payload = assert.fail()] = server('mountd-2.6.2-eight-exports').reply(exports);
    const clients = probe.dissect(payload).filter(({ name }) => name === 'client');
    assert.equal(clients.length, 24);
    assert.ok(clients.every(({ masked }) => masked === true));
  });
});

describe('the judgement of rpc-mountd', () => {
  const judged = (asking: Parameters<typeof interview>[1]) => probe.judge(interview(probe, asking).exchanges);

  it('says how much is in the lists', () => {
    const judgement = judged(server('mountd-2.6.2-eight-exports'));
    assert.ok(judgement.kind === 'exposure');
    assert.equal(judgement.detail, '8 exports, 0 of them for everybody; 0 mounts');
  });

  it('is no exposure of the portmapper alone', () => {
    assert.deepEqual(judged(server('rpcbind-without-mountd')), {
      kind: 'refusal',
      reason: 'mountd is not registered',
    });
    assert.deepEqual(judged(silentAtItsPort), {
      kind: 'refusal',
      reason: 'silent at the port that is registered',
    });
  });
});
