import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mssql } from '../../probes/mssql/mssql.js';
import { exchangeFrom } from './exchanges.js';

const probe = mssql.build(undefined);
const [form] = probe.sweepForms;
const request = form.encode(0);
const [two = assert.fail(), eight = assert.fail()] = mssql.emulatedServers;

describe('the probe of SQL Server Browser', () => {
  it('asks for the instances of one machine in a byte, and nothing else', () => {
    assert.deepEqual([...request], [3]);
    assert.equal(probe.next([exchangeFrom(two, form.name, request, probe)]), undefined);
  });

  it('has the columns of scan_mssql from the first instance, and counts them all', () => {
    const judgement = probe.judge([exchangeFrom(two, form.name, request, probe)]);
    assert.ok(judgement.kind === 'exposure');
    assert.equal(judgement.version, 'SQL Server 10.50.4000.0');
    assert.equal(judgement.detail, 'server "DB01"; 2 instances');
    assert.deepEqual(judgement.facts, {
      server_name: 'DB01',
      instance_name: 'MSSQLSERVER',
      version: '10.50.4000.0',
      named_pipe: String.raw`\\DB01\pipe\sql\query`,
      tcp_port: 1433,
      instances: 2,
    });
  });

  it('has as many bytes as were published where a server has eight instances', () => {
    const { received } = exchangeFrom(eight, form.name, request, probe);
    // Akamai, 2015: 719 bytes with the headers of IP and UDP.
    assert.equal(received.payloadBytes + 28, 719);
  });

  it('knows nothing of another message, of another length than it says, or without an instance', () => {
    const [answer = assert.fail()] = two.reply(request);
    for (const other of [
      Uint8Array.from([4, ...answer.subarray(1)]),
      answer.subarray(0, -1),
      Uint8Array.from([...answer, 0x3b]),
      // The answer about the port of the administrators, MC-SQLR §2.2.6.
      Uint8Array.from([5, 6, 0, 1, 0x9a, 0x05]),
      Uint8Array.from([5, 0, 0]),
    ])
      assert.equal(probe.read(other, request).kind, 'unrecognised');
  });
});
