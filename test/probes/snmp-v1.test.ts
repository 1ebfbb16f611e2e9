import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import snmp from 'net-snmp';
import { readSnmpMessage } from '../../probes/snmp/message.js';
import { snmpV1GetNext } from '../../probes/snmp/v1-getnext.js';
import type { Exchange } from '../../src/domain/exchange.js';
import { exchangeFrom, exchangeWith } from './exchanges.js';
import { Wire, furtherForms, serverNamed } from './snmp-wire.js';

const probe = snmpV1GetNext.build(undefined);
const [getNext] = probe.sweepForms;
const request = getNext.encode(1);
const NET_SNMP = { vendor_id: 8072 };

describe('what snmp-v1-getnext asks', () => {
  it('is GetNext, one name and ten, and a Get of what the device is, all of version 1', () => {
    const names = furtherForms(probe).map(({ name }) => name);
    assert.equal(getNext.name, 'v1-getnext public');
    assert.deepEqual(names, ['v1-get-system public', 'v1-getnext-10 public']);
    for (const form of [getNext, ...furtherForms(probe, NET_SNMP)])
      assert.equal(readSnmpMessage(form.encode(1))?.version, 0, form.name);
  });

  it('is GetBulk too where the agent says that it is net-snmp, never with more than 100 repetitions', () => {
    const bulk = furtherForms(probe, NET_SNMP).slice(2);
    assert.deepEqual(
      bulk.map((form) => [form.name, readSnmpMessage(form.encode(1))?.fourth]),
      [10, 50, 100].map((n) => [`v1-getbulk-${n} public`, n]),
    );
    assert.deepEqual(furtherForms(probe, { vendor_id: 2021 }).length, 5);
    assert.deepEqual(furtherForms(probe, { vendor_id: 9 }).length, 2);
  });

  it('is enough after 24 exchanges for four communities', () => {
    const four = snmpV1GetNext.build({ communities: ['a', 'b', 'c', 'd'] });
    assert.equal(four.sweepForms.length + furtherForms(four, NET_SNMP).length, 24);
  });

  it('gives no factor by the Get: that only proves what the device is', () => {
    const done = [exchangeWith({ form: getNext.name, request, replies: [] })];
    const ask = probe.next(done);
    assert.deepEqual([ask?.form.name, ask?.purpose], ['v1-get-system public', 'prove']);
  });
});

describe('what snmp-v1-getnext judges', () => {
  const all = (name: string): readonly Exchange[] => {
    const done = [exchangeFrom(serverNamed(name), getNext.name, request, probe)];
    for (let ask = probe.next(done); ask !== undefined; ask = probe.next(done))
      done.push({
        ...exchangeFrom(serverNamed(name), ask.form.name, ask.form.encode(done.length), probe),
        purpose: ask.purpose,
      });
    return done;
  };

  it('is an old printer, by what the Get told and by the strongest of what was measured', () => {
    const judgement = probe.judge(all('printer-v1-only'));
    assert.ok(judgement.kind === 'exposure');
    assert.deepEqual(judgement.tags, ['snmp-v1', 'default-community']);
    assert.equal(
      judgement.detail,
      'sysDescr: Laser printer with Ethernet, firmware V.28.22, 08/09/2006; sysName: printer; sysUpTime: 28 d 17:18:59; vendor: enterprise 32473; community: public; strongest: v1-getnext-10 public',
    );
    assert.deepEqual([judgement.facts?.['version'], judgement.facts?.['varbinds']], [1, 10]);
    assert.equal(judgement.atLeast?.level, 'medium');
  });

  it('is as strong a reflector as in v2c where net-snmp takes a GetBulk inside version 1', () => {
    const judgement = probe.judge(all('snmpd-stock'));
    assert.match(
      judgement.kind === 'exposure' ? (judgement.detail ?? '') : '',
      /strongest: v1-getbulk-100 public$/,
    );
  });

  it('is a refusal of the one that would reach the end of the view, and larger ones are not asked', () => {
    const done = all('snmpd-system-only');
    const readings = done.map(({ form, replies }) => [form, replies[0]?.reading.kind]);
    assert.deepEqual(readings.slice(-2), [
      ['v1-getbulk-10 public', 'answer'],
      ['v1-getbulk-50 public', 'refusal'],
    ]);
    const judgement = probe.judge(done);
    assert.match(judgement.kind === 'exposure' ? (judgement.detail ?? '') : '', /strongest: v1-/);
  });

  it('is nothing where version 1 is not spoken, or in the name of another community', () => {
    for (const name of ['router-v3-only', 'snmpd-own-community'])
      assert.deepEqual(probe.judge([exchangeFrom(serverNamed(name), getNext.name, request, probe)]), {
        kind: 'nothing',
      });
  });

  it('does not take an answer of v2c for one of v1', () => {
    const answer = serverNamed('printer-v1-only').reply(request)[0] ?? new Uint8Array();
    assert.equal(probe.read(answer, request).kind, 'answer');
    const other = answer.slice();
    other[4] = 1;
    assert.equal(probe.read(other, request).kind, 'unrecognised');
  });
});

describe('the old printer of the lab', () => {
  it('is walked by net-snmp from name to name, to the noSuchName at the end', async () => {
    const session = snmp.createSession('127.0.0.1', 'public', {
      version: snmp.Version1,
      retries: 0,
      timeout: 1000,
      dgramModule: new Wire(serverNamed('printer-v1-only')),
    });
    const walked: string[] = [];
    const next = (oid: string): Promise<string> =>
      new Promise((resolve, reject) => {
        session.getNext([oid], (error, varBinds) => {
          if (error) reject(error);
          else resolve(varBinds?.[0]?.oid ?? '');
        });
      });
    await assert.rejects(async () => {
      for (let oid = '1.3.6.1.2.1'; ; walked.push(oid)) oid = await next(oid);
    }, /NoSuchName/);
    session.close();
    assert.deepEqual(
      walked,
      [1, 2, 3, 4, 5, 6, 7].map((n) => `1.3.6.1.2.1.1.${n}.0`),
    );
  });
});
