import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { answerAs } from '../../probes/ntp/classic-ntpd.js';
import { readMode6, writeMode6, type Mode6Packet } from '../../probes/ntp/mode6.js';
import { ntpReadvar } from '../../probes/ntp/readvar.js';
import {
  holdsAddress,
  parseVariables,
  splitVariables,
  withoutAddresses,
} from '../../probes/ntp/variables.js';
import { dissectNtp } from '../../probes/ntp/dissect.js';
import { captures } from './captures.js';
import { exchangeFrom } from './exchanges.js';

const probe = ntpReadvar.build(undefined);
const [form] = probe.sweepForms;
const REQUEST = form.encode(0x4d3a);

/** 70 variables: four fragments. */
const MANY = `version="ntpd 4.2.8p15, built", system="Linux/5", stratum=2, refid=203.0.113.77, ${Array.from(
  { length: 70 },
  (_, i) => `variable_${i}=${i}.125`,
).join(', ')}, leap=0`;
const FRAGMENTS = answerAs({ clients: [], variables: MANY }, REQUEST);

describe('the mode 6 codec', () => {
  it('puts every field where RFC 9327 has it, with values that all differ', () => {
    assert.deepEqual(
      writeMode6(
        packetWith({
          version: 4,
          response: true,
          error: true,
          more: true,
          opcode: 0x0a,
          sequence: 0x1234,
          status: 0x5678,
          association: 0x9abc,
          offset: 0xdef0,
          data: Uint8Array.of(1, 2, 3, 4, 5),
        }),
        3,
      ),
      Uint8Array.from(Buffer.from('e6ea123456789abcdef000050102030405000000', 'hex')),
    );
  });

  it('reads back whatever it wrote, and nothing that is cut short or longer than its padding', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(0xffff), fc.boolean(), (data, number, bit) => {
        const packet = packetWith({ sequence: number, offset: number, more: bit, data });
        const bytes = writeMode6(packet);
        assert.deepEqual(readMode6(bytes), packet);
        assert.equal(readMode6(bytes.subarray(0, 11 + data.length)), undefined);
        assert.equal(readMode6(Uint8Array.from([...bytes, 0])), undefined);
      }),
    );
  });

  it('reads every captured mode 6 packet, and knows no packet of another mode', () => {
    const packets = captures
      .filter(({ protocol }) => protocol === 'ntp')
      .flatMap(({ request, responses }) => [request, ...responses]);
    for (const bytes of packets)
      assert.equal(readMode6(bytes) !== undefined, ((bytes[0] ?? 0) & 7) === 6 && bytes.length >= 12);
  });

  it('refuses a number that does not fit its field', () => {
    for (const wrong of [{ version: 8 }, { opcode: 32 }, { sequence: 65_536 }, { association: -1 }])
      assert.throws(() => writeMode6(packetWith(wrong)), RangeError);
  });
});

describe('the request', () => {
  it('is the twelve bytes of ntpq, with the nonce as sequence number', () => {
    assert.equal(Buffer.from(REQUEST).toString('hex'), '16024d3a0000000000000000');
  });
});

describe('what one datagram says', () => {
  it('another sequence number, opcode or association is unrecognised', () => {
    const [answer] = answerAs({ clients: [], variables: 'stratum=1' }, REQUEST);
    assert.ok(answer);
    assert.equal(probe.read(answer, REQUEST).kind, 'answer');
    assert.equal(probe.nonce?.echoed(answer), 0x4d3a);
    for (const [at, value] of [
      [3, 0],
      [1, 0x81],
      [7, 9],
      [1, 0x02],
      [12, 0x80],
    ] as const) {
      const other = Uint8Array.from(answer);
      other[at] = value;
      const reading = probe.read(other, REQUEST);
      assert.equal(reading.kind, value === 0x80 ? 'answer' : 'unrecognised', `${at}`);
    }
    answer[12] = 0x01;
    assert.equal(probe.read(answer, REQUEST).kind, 'unrecognised', 'a control character is no text');
  });

  it('an error is a refusal with its reason, an undefined one with its number', () => {
    const reasons = [1, 5, 7, 9].map((code) => {
      const packet = packetWith({ response: true, error: true, sequence: 0x4d3a, status: code << 8 });
      const reading = probe.read(writeMode6(packet), REQUEST);
      return reading.kind === 'refusal' ? reading.reason : reading.kind;
    });
    assert.deepEqual(reasons, [
      'authentication failure',
      'unknown variable',
      'administratively prohibited',
      'error 9',
    ]);
  });

  it("holds no address of the server's source, wherever a fragment ends", () => {
    const text = 'stratum=2, refid=203.0.113.77, srcadr=2001:db8::77, leap=0';
    for (let cut = 1; cut < text.length; cut++) {
      const fragments = [text.slice(0, cut), text.slice(cut)].map((part, i) => {
        const data = new TextEncoder().encode(part);
        const offset = i * cut;
        return writeMode6(packetWith({ response: true, sequence: 0x4d3a, more: i === 0, offset, data }));
      });
      const readings = fragments.map((fragment) => probe.read(fragment, REQUEST));
      assert.doesNotMatch(JSON.stringify(readings), /203\.0\.113|0\.113\.77|2001:db8::77/);
      const joined = judgeOf(fragments);
      assert.ok(joined.kind === 'exposure');
      assert.equal(joined.facts?.['refid'], undefined, `${cut}`);
      assert.doesNotMatch(joined.detail ?? '', /source/);
      const shown = fragments.flatMap((fragment) => probe.dissect(fragment).map(({ value }) => value));
      assert.doesNotMatch(shown.join(''), /203\.0\.113|0\.113\.77/);
    }
    const whole = judgeOf([...answerAs({ clients: [], variables: text }, REQUEST)]);
    assert.ok(whole.kind === 'exposure');
    assert.deepEqual(whole.facts, { datagrams: 1, sequence_complete: true, stratum: 2, leap: 0 });
  });
});

describe('the judgement', () => {
  it('tells version, system, stratum and source, under the names of the published report', () => {
    const ntpsec = ntpReadvar.emulatedServers.find(({ name }) => name === 'ntpsec');
    assert.ok(ntpsec);
    const judgement = judgeOf(ntpsec.reply(REQUEST));
    assert.ok(judgement.kind === 'exposure');
    assert.equal(judgement.version, 'ntpd ntpsec-1.2.2');
    assert.equal(judgement.detail, 'Linux/6.18.44-fc-v669, stratum 16, source INIT');
    assert.equal(judgement.facts?.['rootdispersion'], 0.03);
    assert.equal(judgement.facts['precision'], -24);
    assert.equal(judgement.facts['clock'], '0xeeab3a5e.0acaaab8');
  });

  it('joins fragments by their offsets, in whatever order they come, repeated or not', () => {
    assert.equal(FRAGMENTS.length, 4);
    for (const fragments of [FRAGMENTS, [...FRAGMENTS].reverse(), [...FRAGMENTS, ...FRAGMENTS]]) {
      const judgement = judgeOf(fragments);
      assert.ok(judgement.kind === 'exposure');
      assert.equal(judgement.version, 'ntpd 4.2.8p15, built');
      assert.equal(judgement.facts?.['leap'], 0, 'the last variable of all');
      assert.equal(judgement.facts['sequence_complete'], true);
      assert.equal(judgement.facts['repeated_datagrams'], fragments.length > 4 ? 4 : undefined);
      assert.equal(judgement.incomplete, undefined);
    }
  });

  it('a lost fragment makes a lower bound, whichever it was, and what follows the gap is not read', () => {
    for (const lost of [0, 1, 2, 3]) {
      const judgement = judgeOf(FRAGMENTS.filter((_, i) => i !== lost));
      assert.ok(judgement.kind === 'exposure');
      assert.equal(judgement.incomplete, true, `fragment ${lost}`);
      assert.equal(judgement.facts?.['sequence_complete'], false);
      assert.equal(judgement.facts['leap'], undefined);
      assert.equal(judgement.version, lost === 0 ? undefined : 'ntpd 4.2.8p15, built');
      assert.match(judgement.detail ?? '', /a part of the answer is missing/);
    }
  });

  it('a sighting, of which only the first fragment was read, claims nothing of the others', () => {
    const whole = exchangeFrom({ reply: () => FRAGMENTS }, form.name, REQUEST, probe);
    const judgement = probe.judge([{ ...whole, seenIn: 'sweep', replies: whole.replies.slice(0, 1) }]);
    assert.ok(judgement.kind === 'exposure');
    assert.equal(judgement.incomplete, undefined);
    assert.equal(judgement.facts?.['sequence_complete'], undefined);
    assert.equal(judgement.facts?.['datagrams'], 4);
  });
});

describe('the text of variables', () => {
  it('has commas and spaces inside quotes, and pieces that together are the text', () => {
    const text = 'version="a, b",\r\nleap=3, flag, x = 1 ,empty="", a=2, a=3';
    assert.deepEqual(
      [...parseVariables(text)],
      [
        ['version', 'a, b'],
        ['leap', '3'],
        ['x', '1'],
        ['empty', ''],
        ['a', '2'],
      ],
    );
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'b', '=', '"', '\r', '\n', ' ', ',', '1', '.') }),
        (any) => {
          assert.equal([...splitVariables(any)].map(({ piece }) => piece).join(''), any);
        },
      ),
    );
  });

  it('holds an address where masking would change it', () => {
    const pieces = [
      'refid',
      'srcadr',
      ' = ',
      '=',
      '"',
      '203.0.113.7',
      '127.127.',
      '1.',
      '.',
      '::',
      'fe80:',
      '1',
    ];
    let held = 0;
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...pieces, 'a', ':', ',', '0', '-', ' ', '\n') }),
        (any) => {
          const isHeld = holdsAddress(any);
          if (isHeld) held++;
          assert.equal(isHeld, withoutAddresses(any) !== any);
        },
      ),
    );
    assert.ok(held > 0);
  });

  it('is taken apart into more pieces than any server has, and what is left is said and masked', () => {
    const data = Buffer.from('a=1,'.repeat(1000));
    const fields = dissectNtp(writeMode6(packetWith({ response: true, data })));
    const last = fields.at(-1);
    assert.equal(fields.filter(({ value }) => value === 'a=1').length, 159);
    assert.deepEqual([last?.name, last?.masked], ['more fields than are taken apart', true]);
    assert.equal(last?.bytes, data.length - 159 * 4);
  });
});

function judgeOf(fragments: readonly Uint8Array[]) {
  return probe.judge([exchangeFrom({ reply: () => fragments }, form.name, REQUEST, probe)]);
}

function packetWith(fields: Partial<Mode6Packet>): Mode6Packet {
  const packet = readMode6(REQUEST);
  assert.ok(packet);
  return {
    ...packet,
    sequence: 0,
    data: new Uint8Array(0),
    ...fields,
    ...(fields.opcode === undefined ? { opcode: 2 } : {}),
  };
}
