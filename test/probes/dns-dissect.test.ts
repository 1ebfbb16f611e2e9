import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { dnsAny } from '../../probes/dns/any.js';
import { dnsResolver } from '../../probes/dns/resolver.js';
import { dissectDns } from '../../probes/dns/dissect.js';
import { captures } from './captures.js';

const ofDns = captures.filter(({ protocol }) => protocol === 'dns');

describe('the fields of a DNS message', () => {
  it('cover every octet of every captured message once, in order, and leave nothing unread', () => {
    let records = 0;
    for (const payload of ofDns.flatMap(({ request, responses }) => [request, ...responses])) {
      const fields = dissectDns(payload);
      assertCovers(payload);
      records += fields.filter(({ name }) => name === 'RDATA').length;
      assert.ok(!fields.some(({ name }) => name === 'unread' || name === 'trailing bytes'));
    }
    assert.ok(records > 2000);
  });

  it('cover any other bytes too', () => {
    const anyCapture = fc.constantFrom(...ofDns.flatMap(({ responses }) => responses));
    const mutated = fc
      .tuple(anyCapture, fc.nat(), fc.integer({ min: 0, max: 255 }), fc.nat())
      .map(([payload, at, octet, cut]) => {
        const copy = payload.slice(0, payload.length - (cut % payload.length));
        copy[at % copy.length] = octet;
        return copy;
      });
    fc.assert(fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 300 })), assertCovers), {
      numRuns: 1000,
    });
    for (let length = 0; length < 40; length++)
      assertCovers(captureOf('dns-bind9-open.json', 'main').subarray(0, length));
  });

  it('stand under the names of the standards, each with its value', () => {
    const refused = captureOf('dns-bind9-refused.json', 'main');
    assert.deepEqual(
      dissectDns(refused).map(({ at, bytes, name, value }) => [at, bytes, name, value]),
      [
        [0, 2, 'ID', '0x4a5b'],
        [2, 2, 'flags', 'QR RD opcode 0 refused'],
        [4, 2, 'QDCOUNT', '1'],
        [6, 2, 'ANCOUNT', '0'],
        [8, 2, 'NSCOUNT', '0'],
        [10, 2, 'ARCOUNT', '1'],
        [12, 10, 'QNAME', 'fat.test'],
        [22, 2, 'QTYPE', 'ANY'],
        [24, 2, 'QCLASS', 'IN'],
        [26, 1, 'additional NAME', '.'],
        [27, 2, 'TYPE', 'OPT'],
        [29, 2, 'CLASS: UDP payload size', '4096 bytes'],
        [31, 4, 'TTL: extended RCODE and flags', 'extended RCODE 0, version 0'],
        [35, 2, 'RDLENGTH', '6'],
        [37, 6, 'RDATA', 'EDE 18 Prohibited'],
      ],
    );
    const version = dissectDns(captureOf('dns-bind9-open.json', 'CH TXT version.bind'));
    assert.ok(version.some(({ name, value }) => name === 'RDATA' && value === '"9.18.49-1~deb12u3-Debian"'));
    assert.ok(version.some(({ name, value }) => name === 'QCLASS' && value === 'CH'));
  });

  it('never show an address', () => {
    const answer = dissectDns(captureOf('dns-bind9-open.json', 'ANY fat.test EDNS4096 DO'));
    const masked = answer.filter(({ masked }) => masked === true);
    assert.equal(masked.length, 48, '24 A and 24 AAAA records');
    assert.ok(masked.every(({ value }) => value === 'an address'));
    assert.ok(answer.some(({ value }) => value === 'mx5.mail.fat.test'));
  });

  it('are told by both probes', () => {
    const payload = captureOf('dns-bind9-open.json', 'main');
    for (const definition of [dnsAny, dnsResolver])
      assert.deepEqual(definition.build({ names: [] }).dissect(payload), dissectDns(payload));
  });
});

function assertCovers(payload: Uint8Array): void {
  let end = 0;
  for (const { at, bytes, value } of dissectDns(payload)) {
    assert.equal(at, end);
    assert.ok(bytes > 0);
    assert.equal(typeof value, 'string');
    end = at + bytes;
  }
  assert.equal(end, payload.length);
}

/** The first captured response. */
function captureOf(file: string, label: string): Uint8Array {
  const payload = captures.find((each) => each.file === file && each.label === label)?.responses[0];
  assert.ok(payload);
  return payload;
}
