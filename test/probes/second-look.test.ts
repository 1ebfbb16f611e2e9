/**
 * What a reader refuses is worth a second look: each short field of a captured answer is set to every value, and the
 * reader may take for another protocol only what the standard forbids or what is not the answer to this request.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { definitionOf } from '../../src/engine/selected-probe.js';
import { expectationsOf } from './captures.js';

/** Longer ones are names, texts and addresses. */
const LONGEST_BYTES = 3;

const NOT_ITS_ANSWER = 'not what was asked';
/** Fields of BER begin with a tag and a length, which are not theirs to choose. */
const [TAG_AND_LENGTH_BYTES, IN_BER] = [2, ['snmp-getbulk', 'snmp-v3-discovery']];

/** By probe, and by field and octet: the values that are unrecognised, and why. In all others every value is read. */
const REFUSED: Readonly<Record<string, Readonly<Record<string, readonly [values: string, why: string]>>>> = {
  'dns-any': {
    'ID 0': ['0-73 75-255', NOT_ITS_ANSWER],
    'ID 1': ['0-90 92-255', NOT_ITS_ANSWER],
    'flags 0': ['0-127 136-255', 'QR is 1 in an answer, and OPCODE that of the query: 0 (RFC 1035 §4.1.1)'],
    'QDCOUNT 0': ['1-255', 'one question was asked; none may come back'],
    'QDCOUNT 1': ['2-255', 'one question was asked; none may come back'],
    'QTYPE 0': ['1-255', NOT_ITS_ANSWER],
    'QTYPE 1': ['0-254', NOT_ITS_ANSWER],
    'QCLASS 0': ['1-255', NOT_ITS_ANSWER],
    'QCLASS 1': ['0 2-255', NOT_ITS_ANSWER],
  },
  mdns: {
    'ID 0': ['1-255', NOT_ITS_ANSWER],
    'ID 1': ['1-255', NOT_ITS_ANSWER],
    'flags 0': ['0-127 136-255', 'QR is 1 in an answer, and OPCODE that of the query: 0 (RFC 6762 §18)'],
    'QDCOUNT 0': ['1-255', 'one question was asked; none may come back'],
    'QDCOUNT 1': ['2-255', 'one question was asked; none may come back'],
    'QTYPE 0': ['1-255', NOT_ITS_ANSWER],
    'QTYPE 1': ['0-11 13-255', NOT_ITS_ANSWER],
    'QCLASS 0': ['1-255', NOT_ITS_ANSWER],
    'QCLASS 1': ['0 2-255', NOT_ITS_ANSWER],
  },
  memcached: {
    'request id 0': ['0-170 172-255', NOT_ITS_ANSWER],
    'request id 1': ['0-204 206-255', NOT_ITS_ANSWER],
    'sequence number 0': ['1-255', 'the answer has two datagrams (protocol.txt, UDP protocol)'],
    'sequence number 1': ['2-255', 'the answer has two datagrams (protocol.txt, UDP protocol)'],
    'datagrams in all 1': ['0', 'a datagram is one of at least one'],
    'reserved 0': ['1-255', 'must be 0'],
    'reserved 1': ['1-255', 'must be 0'],
  },
  mssql: {
    'message 0': ['0-4 6-255', 'SVR_RESP is 5 (MC-SQLR §2.2.5)'],
    'length 0': ['0-197 199-255', 'the length of what follows (MC-SQLR §2.2.5)'],
    'length 1': ['1-255', 'the length of what follows (MC-SQLR §2.2.5)'],
  },
  'ntp-readvar': {
    'leap, version, mode 0': [allBut((value) => (value & 7) === 6), 'mode 6 (RFC 9327 §2)'],
    'R, E, M, opcode 0': [
      allBut((value) => (value & 0b1001_1111) === 0b1000_0010),
      'a response to opcode 2 (RFC 9327 §2)',
    ],
    'sequence 0': ['1-255', NOT_ITS_ANSWER],
    'sequence 1': ['0 2-255', NOT_ITS_ANSWER],
    'association ID 0': ['1-255', NOT_ITS_ANSWER],
    'association ID 1': ['1-255', NOT_ITS_ANSWER],
    'count 0': ['0 2-255', 'the length of the data, which a multiple of 4 may follow'],
    'count 1': ['0-104 109-255', 'the length of the data, which a multiple of 4 may follow'],
  },
  'snmp-getbulk': {
    'version 2': ['2-255', 'v2c is 1; 0 is what some agents put into an answer to it'],
  },
  'snmp-v3-discovery': {
    'msgVersion 2': ['0-2 4-255', 'version 3 (RFC 3412 §6)'],
    'msgSecurityModel 2': ['0-2 4-255', 'the user-based security model (RFC 3414 §2.4)'],
    'msgAuthoritativeEngineBoots 2': ['128-255', 'negative (RFC 3414 §2.4: 0 to 2147483647)'],
    'msgAuthoritativeEngineTime 2': ['128-255', 'negative (RFC 3414 §2.4: 0 to 2147483647)'],
  },
  ubiquiti: {
    'version 0': ['0 2-255', 'version 1 was asked'],
    'command 0': ['1-255', 'an answer of version 1 has command 0'],
    'length 0': ['1-255', 'the length of what follows'],
    'length 1': ['0-141 143-255', 'the length of what follows'],
  },
};

describe('an answer with one field at each of its values', () => {
  for (const [id, refused] of Object.entries(REFUSED))
    it(`is read by ${id} wherever the standard allows the value`, () => {
      assert.deepEqual(
        refusedBy(id),
        Object.fromEntries(Object.entries(refused).map(([field, [values]]) => [field, values])),
      );
    });
});

/** By field and octet, the values with which the first captured answer to a probe is unrecognised. */
function refusedBy(id: string): Readonly<Record<string, string>> {
  const definition = definitionOf(id, 'the table');
  const probe = definition.build(definition.settings?.schema.parse(undefined));
  const shown = expectationsOf(definition.protocol).find(
    (expected) => expected.probe === id && expected.kind === 'exposure',
  );
  const [payload = Buffer.alloc(0)] = shown?.capture.responses ?? [];
  const request = shown?.capture.request ?? Buffer.alloc(0);
  assert.equal(probe.read(payload, request).kind, 'answer');
  const seen = new Map<string, string>();
  for (const { name, at, bytes } of probe.dissect(payload)) {
    const first = IN_BER.includes(id) ? TAG_AND_LENGTH_BYTES : 0;
    for (
      let octet = first;
      octet < bytes && bytes <= LONGEST_BYTES && !seen.has(`${name} ${octet}`);
      octet++
    ) {
      const values = rangesOf((value) => {
        const changed = Uint8Array.from(payload);
        changed[at + octet] = value;
        return probe.read(changed, request).kind === 'unrecognised';
      });
      seen.set(`${name} ${octet}`, values);
    }
  }
  return Object.fromEntries([...seen].filter(([, values]) => values !== ''));
}

function allBut(isRead: (value: number) => boolean): string {
  return rangesOf((value) => !isRead(value));
}

/** `0-127 136-255`: those of the 256 values of an octet for which it holds. */
function rangesOf(holds: (value: number) => boolean): string {
  const ranges: string[] = [];
  for (let first = 0; first < 256; first++) {
    if (!holds(first)) continue;
    let last = first;
    while (last < 255 && holds(last + 1)) last++;
    ranges.push(first === last ? String(first) : `${first}-${last}`);
    first = last;
  }
  return ranges.join(' ');
}
