import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { db2 } from '../../probes/db2/db2.js';
import { exchangeFrom } from './exchanges.js';

const probe = db2.build(undefined);
const [form] = probe.sweepForms;
const request = form.encode(0);
const [server = assert.fail(), short = assert.fail()] = db2.emulatedServers;

describe('the probe of DB2 discovery', () => {
  it('asks with the 20 bytes that an old server survives, and nothing else', () => {
    assert.equal(Buffer.from(request).toString('latin1'), 'DB2GETADDR\0SQL08020\0');
    assert.equal(request.length, 20);
    assert.equal(probe.next([exchangeFrom(server, form.name, request, probe)]), undefined);
  });

  it('has the name and the version of the server', () => {
    const judgement = probe.judge([exchangeFrom(server, form.name, request, probe)]);
    assert.ok(judgement.kind === 'exposure');
    assert.deepEqual(judgement.facts, { servername: 'db01', version: '9.7.0' });
    assert.equal(judgement.version, 'IBM DB2 9.7.0');
    assert.equal(judgement.detail, 'server "db01"');
  });

  it('knows no question, and nothing without a version, a name or its end', () => {
    const [answer = assert.fail()] = short.reply(request);
    for (const other of [
      request,
      answer.subarray(0, -1),
      Buffer.from('DB2RETADDR\0SQL09070\0\0', 'latin1'),
      Buffer.from('DB2RETADDR\0SQL0907X\0db01\0', 'latin1'),
      Buffer.from(`DB2RETADDR\0SQL09070\0${'x'.repeat(256)}\0`, 'latin1'),
    ])
      assert.equal(probe.read(other, request).kind, 'unrecognised');
  });
});
