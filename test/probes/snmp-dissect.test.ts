import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Field } from '../../probes/probe.js';
import { dissectSnmp } from '../../probes/snmp/dissect.js';
import { snmpGetBulk } from '../../probes/snmp/getbulk.js';
import { snmpV1GetNext } from '../../probes/snmp/v1-getnext.js';
import { snmpV3Discovery } from '../../probes/snmp/v3-discovery.js';
import { captures } from './captures.js';
import { furtherForms, serverNamed } from './snmp-wire.js';

const own = captures.filter(({ protocol }) => protocol === 'snmp');
const payloads = own.flatMap(({ request, responses }) => [request, ...responses]);
const UNREAD = 'cut short, or not of this message';

describe('a message of SNMP, field by field', () => {
  it('is a GetBulk of v2c with its community and its numbers', () => {
    const [getBulk] = snmpGetBulk.build(undefined).sweepForms;
    assert.deepEqual(linesOf(dissectSnmp(getBulk.encode(1))), [
      '0+2 Message: 38 bytes',
      '2+3 version: 1 (v2c)',
      '5+8 community: "public"',
      '13+2 GetBulkRequest-PDU: 25 bytes',
      '15+6 request-id: 1073741825',
      '21+3 non-repeaters: 0',
      '24+3 max-repetitions: 10',
      '27+2 variable-bindings: 11 bytes',
      '29+2 VarBind: 9 bytes',
      '31+7 name: 1.3.6.1.2.1',
      '38+2 value: NULL',
    ]);
  });

  it('is a refusal of v1 by its error', () => {
    const form = furtherForms(snmpV1GetNext.build(undefined), { vendor_id: 8072 }).at(-1);
    const [refusal = new Uint8Array()] = serverNamed('snmpd-system-only').reply(
      form?.encode(1) ?? new Uint8Array(),
    );
    const lines = linesOf(dissectSnmp(refusal));
    assert.ok(lines.includes('2+3 version: 0 (v1)'), lines.join('\n'));
    assert.ok(lines.includes('21+3 error-status: 2 (nosuchname)'), lines.join('\n'));
  });

  it('is a discovery of v3 and its report, the address in the engine id masked', () => {
    const [discovery] = snmpV3Discovery.build(undefined).sweepForms;
    const [report = new Uint8Array()] = serverNamed('router-v3-only').reply(discovery.encode(1));
    assert.deepEqual(linesOf(dissectSnmp(discovery.encode(1))).slice(0, 9), [
      '0+2 Message: 62 bytes',
      '2+3 msgVersion: 3 (v3)',
      '5+2 msgGlobalData: 17 bytes',
      '7+6 msgID: 1073741825',
      '13+5 msgMaxSize: 65507',
      '18+3 msgFlags: 04',
      '21+3 msgSecurityModel: 3',
      '24+2 msgSecurityParameters: 16 bytes',
      '26+2 UsmSecurityParameters: 14 bytes',
    ]);
    assert.deepEqual(linesOf(dissectSnmp(report)).slice(9), [
      '28+13 msgAuthoritativeEngineID: masked',
      '41+3 msgAuthoritativeEngineBoots: 12',
      '44+5 msgAuthoritativeEngineTime: 2591999',
      '49+2 msgUserName: ""',
      '51+2 msgAuthenticationParameters: ""',
      '53+2 msgPrivacyParameters: ""',
      '55+2 ScopedPDU: 48 bytes',
      '57+13 contextEngineID: masked',
      '70+2 contextName: ""',
      '72+2 Report-PDU: 31 bytes',
      '74+6 request-id: 1073741825',
      '80+3 error-status: 0 (noerror)',
      '83+3 error-index: 0',
      '86+2 variable-bindings: 17 bytes',
      '88+2 VarBind: 15 bytes',
      '90+12 name: 1.3.6.1.6.3.15.1.1.4.0',
      '102+3 value: 1',
    ]);
  });

  it('shows what a device is, and masks the neighbours in its tables', () => {
    const capture = own.find(({ label }) => label === 'GetBulk maxrep 100 1.3.6.1.2.1');
    const fields = dissectSnmp(capture?.responses[0] ?? new Uint8Array());
    const names = fields.filter(({ name }) => name === 'name');
    assert.equal(names.length, 100);
    // at(3): three columns of one neighbour.
    assert.equal(names.filter(({ masked }) => masked).length, 3);
    assert.equal(fields.filter(({ masked }) => masked).length, 6);
    assert.ok(fields.some(({ value }) => value.startsWith('"Linux vm ')));
    for (const { masked, value } of fields) if (masked) assert.equal(value, '');
    assert.doesNotMatch(JSON.stringify(fields), /10\.99\.0\.2/);
  });

  it('masks what is cut short among the bindings, and shows it before them', () => {
    const payload = own.find(({ label }) => label === 'GetBulk maxrep 100 1.3.6.1.2.1')?.responses[0];
    const cutAt = (length: number) => dissectSnmp(payload?.subarray(0, length) ?? new Uint8Array()).at(-1);
    assert.deepEqual(cutAt(1000)?.masked, true);
    assert.deepEqual(cutAt(12), { at: 7, bytes: 5, name: 'community', value: UNREAD });
  });

  it('covers every captured message from the first byte to the last, without a gap and nothing unread', () => {
    assert.ok(payloads.length > 60);
    for (const payload of payloads) {
      const fields = dissectSnmp(payload);
      assertCovers(fields, payload);
      assert.ok(!fields.some(({ value }) => value === UNREAD));
    }
  });

  it('covers any bytes: what cannot be read is one field to the end', () => {
    const mutated = fc
      .tuple(
        fc.constantFrom(...payloads.filter(({ length }) => length < 400)),
        fc.nat(),
        fc.nat(255),
        fc.nat(),
      )
      .map(([payload, at, octet, cut]) => {
        const copy = payload.slice(0, payload.length - (cut % payload.length));
        copy[at % Math.max(1, copy.length)] = octet;
        return copy;
      });
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 300 })), (payload) => {
        assertCovers(dissectSnmp(payload), payload);
      }),
      { numRuns: 3000 },
    );
    assertCovers(dissectSnmp(new Uint8Array(65_507).fill(0x30)), new Uint8Array(65_507));
    assert.deepEqual(dissectSnmp(Uint8Array.of(1, 2)), [{ at: 0, bytes: 2, name: 'unread', value: UNREAD }]);
  });
});

function assertCovers(fields: readonly Field[], payload: Uint8Array): void {
  let at = 0;
  for (const field of fields) {
    assert.equal(field.at, at);
    assert.ok(field.bytes > 0);
    at += field.bytes;
  }
  assert.equal(at, payload.length);
}

function linesOf(fields: readonly Field[]): readonly string[] {
  return fields.map(
    ({ at, bytes, name, value, masked }) => `${at}+${bytes} ${name}: ${masked ? 'masked' : value}`,
  );
}
