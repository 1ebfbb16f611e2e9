import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { netbios } from '../../probes/netbios/netbios.js';
import { exchangeFrom } from './exchanges.js';

const probe = netbios.build(undefined);
const [form] = probe.sweepForms;
const request = form.encode(0x4d3a);
const server = netbios.emulatedServers[0] ?? assert.fail();
const answer = Uint8Array.from(server.reply(request)[0] ?? assert.fail());

describe('the request of netbios', () => {
  it('is a node status of any name, in 50 bytes', () => {
    assert.equal(
      Buffer.from(request).toString('hex'),
      `4d3a0000000100000000000020434b${'41'.repeat(30)}0000210001`,
    );
    assert.equal(probe.next([exchangeFrom(server, form.name, request, probe)]), undefined);
  });
});

describe('the reader of netbios', () => {
  const kindOf = (payload: Uint8Array): string => probe.read(payload, request).kind;

  it('knows a node status with the id of the request, whole', () => {
    assert.equal(kindOf(answer), 'answer');
    assert.equal(kindOf(answer.with(0, 0)), 'unrecognised', 'another id');
    assert.equal(kindOf(answer.with(2, 0)), 'unrecognised', 'a query');
    assert.equal(kindOf(answer.with(2, 0xa8)), 'unrecognised', 'a registration');
    assert.equal(kindOf(answer.with(47, 0x20)), 'unrecognised', 'an address record');
    assert.equal(kindOf(answer.with(56, 20)), 'unrecognised', 'more names than there are');
    assert.equal(kindOf(answer.subarray(0, -1)), 'unrecognised', 'cut short');
  });

  it('takes an error code for a refusal', () => {
    assert.deepEqual(probe.read(answer.with(3, 3), request), { kind: 'refusal', reason: 'error 3' });
  });

  it('tells a computer from its workgroup, and a user from both', () => {
    const withUser = Uint8Array.from(answer);
    withUser.set(Buffer.from('ALICE'.padEnd(15)), 57 + 18);
    const macAt = 57 + 5 * 18;
    withUser.set([0x02, 0, 0x5e, 0x10, 0, 1], macAt);
    const reading = probe.read(withUser, request);
    assert.ok(reading.kind === 'answer');
    assert.deepEqual(reading.facts, {
      names: 5,
      machine_name: 'LABHOST',
      workgroup: 'WORKGROUP',
      username: 'ALICE',
      mac_address: '02-00-5e-10-00-01',
    });
  });
});

describe('the judgement of netbios', () => {
  it('names no user where the name is that of the computer, and no MAC address of zeros', () => {
    const judgement = probe.judge([exchangeFrom(server, form.name, request, probe)]);
    assert.ok(judgement.kind === 'exposure');
    assert.deepEqual(judgement.facts, { names: 5, machine_name: 'LABHOST', workgroup: 'WORKGROUP' });
  });
});
