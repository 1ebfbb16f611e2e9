import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { answerAs, XNTPD, XNTPD_OLD } from '../../probes/ntp/classic-ntpd.js';
import { dissectNtp } from '../../probes/ntp/dissect.js';
import { ntpMonlist } from '../../probes/ntp/monlist.js';
import { captures } from './captures.js';

const payloads = captures
  .filter(({ protocol }) => protocol === 'ntp')
  .flatMap(({ request, responses }) => [request, ...responses.slice(0, 3), ...responses.slice(-1)]);

describe('an NTP packet, field by field', () => {
  it('is covered without a gap or an overlap, whatever the bytes', () => {
    const covers = (payload: Uint8Array): void => {
      let end = 0;
      for (const { at, bytes, name } of dissectNtp(payload)) {
        assert.equal(at, end, name);
        assert.ok(bytes > 0, name);
        end += bytes;
      }
      assert.equal(end, payload.length);
    };
    for (const payload of payloads) {
      covers(payload);
      for (let length = 0; length < payload.length; length += 7) covers(payload.subarray(0, length));
    }
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), covers));
    fc.assert(
      fc.property(fc.constantFrom(...payloads), fc.nat(), fc.nat(255), (payload, at, value) => {
        const changed = Uint8Array.from(payload);
        changed[at % Math.max(1, payload.length)] = value;
        covers(changed);
      }),
    );
  });

  it('names what a monlist answer says', () => {
    const payload = Uint8Array.from(Buffer.from(`d705032a00010048${'00'.repeat(72)}`, 'hex'));
    assert.deepEqual(
      dissectNtp(payload)
        .slice(0, 7)
        .map(({ name, value }) => [name, value]),
      [
        ['R, M, version, mode', 'R, M, version 2, mode 7 (private)'],
        ['A, sequence', '5'],
        ['implementation', '3'],
        ['request code', '42 (MON_GETLIST_1)'],
        ['error, number of items', '1 items'],
        ['size of an item', '72 bytes'],
        ['item 1: average interval', '0 s'],
      ],
    );
    const error = dissectNtp(Uint8Array.from(Buffer.from('9700032a40000000', 'hex')));
    assert.equal(error[4]?.value, 'error 4 (noData), 0 items');
  });

  it('names what a mode 6 answer and a time answer say', () => {
    const ntpsec = ntpMonlist.emulatedServers.find(({ name }) => name === 'ntpsec');
    const [answer] = ntpsec?.reply(Uint8Array.from(Buffer.from('160200070000000000000000', 'hex'))) ?? [];
    assert.ok(answer);
    const fields = new Map(dissectNtp(answer).map(({ name, value }) => [name, value]));
    assert.equal(fields.get('R, E, M, opcode'), 'R, opcode 2');
    assert.equal(fields.get('sequence'), '7');
    assert.equal(fields.get('count'), '345 bytes');
    assert.match(fields.get('refid') ?? '', /refid=INIT/);
    const time = captures.find(({ label, file }) => label.startsWith('mode3') && file === 'ntp-chrony.json');
    const [reply] = time?.responses ?? [];
    assert.ok(reply);
    const said = new Map(dissectNtp(reply).map(({ name, value }) => [name, value]));
    assert.equal(said.get('leap, version, mode'), 'leap 0, version 4, mode 4 (server)');
    assert.equal(said.get('stratum'), '10');
    assert.equal(said.get('reference ID'), '127.127.1.1');
  });

  it('masks the four addresses of every item, used or stale, in every layout of the list', () => {
    const addressBytes: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
      '42 72': [
        [16, 24],
        [40, 72],
      ],
      '42 32': [[16, 24]],
      '20 48': [
        [16, 20],
        [32, 48],
      ],
      '20 24': [[16, 20]],
    };
    for (const [key, ranges] of Object.entries(addressBytes)) {
      const [code = 0, itemBytes = 0] = key.split(' ').map(Number);
      const payload = new Uint8Array(8 + 2 * itemBytes).fill(0xaa);
      payload.set([0x97, 0, 3, code, 0, 2, 0, itemBytes]);
      const masked = maskedBytes(payload);
      for (const item of [0, 1])
        for (const [from, to] of ranges)
          for (let at = from; at < to; at++)
            assert.ok(masked.has(8 + item * itemBytes + at), `${key}, byte ${at}`);
      assert.ok(!masked.has(8), 'the counters are shown');
    }
  });

  it('masks what lies in items of unknown layout, or behind the items', () => {
    const peers = captures.find(({ label }) => label === 'mode7 peer_list 8B')?.responses[0];
    const unknown = peers ?? Uint8Array.of(0x97, 0, 3, 0, 0, 1, 0, 4, 10, 99, 0, 2);
    const masked = maskedBytes(unknown);
    for (let at = 8; at < unknown.length; at++) assert.ok(masked.has(at));
    const longer = Uint8Array.of(0x97, 0, 3, 42, 0, 0, 0, 0, 203, 0, 113, 77);
    assert.deepEqual([...maskedBytes(longer)], [8, 9, 10, 11]);
  });

  it('shows no client of any list, neither as text nor as bytes that are not masked', () => {
    const client = [203, 0, 113, 77];
    const client6 = [0x20, 0x01, 0x0d, 0xb8, 0xec, 0xc5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x77];
    const clients = [client, client6].map((address) => ({ address, asked: client.map((byte) => byte ^ 1) }));
    for (const implementation of [XNTPD, XNTPD_OLD]) {
      const request = Uint8Array.of(0x17, 0, implementation, 42, 0, 0, 0, 0);
      for (const payload of answerAs({ clients, mode7: [XNTPD, XNTPD_OLD] }, request)) {
        const masked = maskedBytes(payload);
        const shown = Buffer.from(payload.map((byte, at) => (masked.has(at) ? 0 : byte)));
        assert.ok(Buffer.from(payload).includes(Buffer.from(client)), 'the datagram itself holds it');
        for (const address of [client, client6]) assert.ok(!shown.includes(Buffer.from(address)));
        assert.ok(
          dissectNtp(payload).every(({ masked: isMasked, value }) => isMasked !== true || value === ''),
        );
      }
    }
  });

  it("masks the address of the server's source, in modes 4 and 6, but not a clock's name", () => {
    const time = new Uint8Array(48);
    time.set([0x24, 2]);
    time.set([203, 0, 113, 77], 12);
    assert.deepEqual([...maskedBytes(time)], [12, 13, 14, 15]);
    time.set([0x24, 1]);
    time.set(new TextEncoder().encode('GPS'), 12);
    assert.equal(maskedBytes(time).size, 0);
    const request = Uint8Array.from(Buffer.from('160200070000000000000000', 'hex'));
    const [control] = answerAs({ clients: [], variables: 'stratum=2, refid=203.0.113.77, leap=0' }, request);
    assert.ok(control);
    const text = dissectNtp(control)
      .map(({ value }) => value)
      .join(' ');
    assert.doesNotMatch(text, /203|113/);
    assert.match(text, /leap=0/);
  });
});

function maskedBytes(payload: Uint8Array): ReadonlySet<number> {
  return new Set(
    dissectNtp(payload)
      .filter(({ masked }) => masked === true)
      .flatMap(({ at, bytes }) => Array.from({ length: bytes }, (_, i) => at + i)),
  );
}
