import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { natPmp } from '../../probes/nat-pmp/nat-pmp.js';
import { exchangeFrom } from './exchanges.js';

const probe = natPmp.build(undefined);
const [form] = probe.sweepForms;
const request = form.encode(0);
const [without = assert.fail(), router = assert.fail()] = natPmp.emulatedServers;

describe('the probe of nat-pmp', () => {
  it('asks for the public address in two bytes, and never for a mapping', () => {
    assert.equal(Buffer.from(request).toString('hex'), '0000');
    assert.equal(probe.next([exchangeFrom(router, form.name, request, probe)]), undefined);
  });

  it('has the columns of scan_nat_pmp, and the address only where the router says that it has one', () => {
    const factsOf = (server: typeof router) => {
      const judgement = probe.judge([exchangeFrom(server, form.name, request, probe)]);
      assert.ok(judgement.kind === 'exposure');
      return judgement.facts;
    };
    const common = { version: 0, opcode: 128 };
    assert.deepEqual(factsOf(router), {
      ...common,
      uptime: 86_400,
      result: 'success',
      external_ip: '192.0.2.7',
    });
    assert.deepEqual(factsOf(without), { ...common, uptime: 252, result: 'network failure' });
  });

  it('knows no answer to a mapping, of PCP, of another length or with a result that does not exist', () => {
    for (const hex of [
      '0081000000015180c0000207',
      '0280000000015180c0000207',
      '0080000000015180c000020700',
      '0080000600015180c0000207',
      '0000',
    ])
      assert.equal(probe.read(Buffer.from(hex, 'hex'), request).kind, 'unrecognised', hex);
  });
});
