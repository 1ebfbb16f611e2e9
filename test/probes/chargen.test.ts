import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { chargen } from '../../probes/small-services/chargen.js';
import { captures } from './captures.js';
import { exchangeFrom, exchangeOf, exchangeWith } from './exchanges.js';

const probe = chargen.build(undefined);
const [form] = probe.sweepForms;
const REQUEST = form.encode(0);

describe('the rotating pattern', () => {
  it('is known from any first character, with 95, 94 or 93 of them, in lines or without', () => {
    fc.assert(
      fc.property(
        fc.nat(94),
        fc.constantFrom([0x20, 0x7e], [0x21, 0x7e], [0x21, 0x7d]),
        fc.integer({ min: 8, max: 1024 }),
        fc.constantFrom('\r\n', '\n', ''),
        (start, [first = 0, last = 0], bytes, lineEnd) => {
          const payload = generated({ start, first, last, bytes, lineEnd });
          assert.equal(probe.read(payload, REQUEST).kind, 'answer');
        },
      ),
    );
  });

  it('is not seen in random bytes, random printable text, or one character over and over', () => {
    const letters = fc.array(fc.integer({ min: 0x20, max: 0x7e }), { minLength: 8, maxLength: 512 });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ minLength: 8, maxLength: 512 }), letters), (bytes) => {
        assert.equal(probe.read(Uint8Array.from(bytes), REQUEST).kind, 'unrecognised');
      }),
    );
    assert.equal(probe.read(new Uint8Array(74).fill(0x41), REQUEST).kind, 'unrecognised');
  });

  it('is not seen in fewer than eight characters, nor in an empty datagram', () => {
    const alphabet = new TextEncoder().encode('ABCDEFGH');
    assert.equal(probe.read(alphabet, REQUEST).kind, 'answer');
    for (let length = 0; length < 8; length++)
      assert.equal(probe.read(alphabet.subarray(0, length), REQUEST).kind, 'unrecognised');
  });

  it('is not seen in bytes that count up through the unprintable', () => {
    const counting = Uint8Array.from({ length: 256 }, (_, i) => i);
    assert.equal(probe.read(counting, REQUEST).kind, 'unrecognised');
  });
});

describe('the request', () => {
  it('is one byte, for RFC 864 ignores it and an empty one has no factor', () => {
    assert.deepEqual(REQUEST, Uint8Array.of(1));
    assert.equal(probe.next([exchangeWith({ form: form.name, request: REQUEST, replies: [] })]), undefined);
  });
});

describe('the judgement', () => {
  it('says when a datagram is longer than RFC 864 allows', () => {
    const [large, small] = ['chargen-xinetd', 'chargen-openbsd-inetd'].map((name) =>
      probe.judge([exchangeFrom(emulated(name), form.name, REQUEST, probe)]),
    );
    assert.ok(large?.kind === 'exposure' && small?.kind === 'exposure');
    assert.equal(large.detail, 'a datagram of 1024 bytes, more than the 512 that RFC 864 allows');
    assert.equal(small.detail, 'a datagram of 74 bytes');
  });

  it('counts only what was asked to measure', () => {
    const answer = exchangeFrom(emulated('chargen-xinetd'), form.name, REQUEST, probe);
    assert.equal(probe.judge([answer]).kind, 'exposure');
    assert.equal(probe.judge([{ ...answer, purpose: 'rate-check' }]).kind, 'nothing');
  });
});

describe('the fields of a datagram', () => {
  it('are its lines, each with its line end, and the last also without one', () => {
    const [datagram] = emulated('chargen-xinetd').reply(REQUEST);
    const fields = probe.dissect(datagram ?? new Uint8Array());
    assert.deepEqual([...new Set(fields.slice(0, -1).map(({ bytes }) => bytes))], [74]);
    assert.equal(fields.length, Math.ceil(1024 / 74));
    assert.equal(fields[0]?.value.length, 72);
  });
});

describe('the emulated servers', () => {
  it('answer the request with the very bytes of the real servers', () => {
    for (const [file, name] of [
      ['chargen-xinetd.json', 'chargen-xinetd'],
      ['chargen-openbsd-inetd.json', 'chargen-openbsd-inetd'],
    ] as const) {
      const capture = captures.find((each) => each.file === file && each.label === 'main');
      assert.ok(capture);
      assert.equal(exchangeOf(capture, probe).received.datagrams, 1);
      assert.deepEqual(emulated(name).reply(capture.request), capture.responses);
    }
  });
});

function emulated(name: string) {
  const found = chargen.emulatedServers.find((each) => each.name === name);
  assert.ok(found, name);
  return found;
}

/** RFC 864's pattern as servers vary it. */
function generated(how: {
  readonly start: number;
  readonly first: number;
  readonly last: number;
  readonly bytes: number;
  readonly lineEnd: string;
}): Uint8Array {
  const ring = how.last - how.first + 1;
  let text = '';
  for (let line = how.start; text.length < how.bytes; line++) {
    for (let i = 0; i < 72; i++) text += String.fromCharCode(how.first + ((line + i) % ring));
    text += how.lineEnd;
  }
  return new TextEncoder().encode(text.slice(0, how.bytes));
}
