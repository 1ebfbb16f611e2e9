import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import bencode from 'bencode';
import fc from 'fast-check';
import {
  readBencoded,
  writeBencoded,
  type Bencoded,
  type Plain,
} from '../../probes/bittorrent-dht/bencode.js';
import { bittorrentDht } from '../../probes/bittorrent-dht/bittorrent-dht.js';
import { captures } from './captures.js';
import { exchangeFrom, exchangeWith } from './exchanges.js';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

/** Keys in their order, each once: as what is written is read again. */
const key = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'r', 't', 'y'), maxLength: 5 });
const { plain } = fc.letrec<{ plain: Plain }>((tie) => ({
  plain: fc.oneof(
    { maxDepth: 4 },
    fc.integer({ min: -(10 ** 14), max: 10 ** 14 }),
    fc.uint8Array({ maxLength: 40 }),
    fc.array(tie('plain'), { maxLength: 5 }),
    fc
      .dictionary(key, tie('plain'), { maxKeys: 5 })
      .map((dictionary) =>
        Object.fromEntries(Object.entries(dictionary).sort(([a], [b]) => (a < b ? -1 : 1))),
      ),
  ),
}));

/** What was read, as it was written. */
function plainOf(payload: Uint8Array, read: Bencoded): Plain {
  switch (read.kind) {
    case 'number':
      return read.value;
    case 'text':
      return Uint8Array.from(payload.subarray(read.from, read.end));
    case 'list':
      return read.items.map((item) => plainOf(payload, item));
    case 'dictionary':
      return Object.fromEntries(read.entries.map(({ name, value }) => [name, plainOf(payload, value)]));
  }
}

describe('bencoding', () => {
  it('is read as it was written, and written as the package bencode writes it', () => {
    fc.assert(
      fc.property(plain, (value) => {
        const written = writeBencoded(value);
        assert.deepEqual(Buffer.from(written), Buffer.from(bencode.encode(value)));
        const read = readBencoded(written);
        assert.ok(read);
        assert.deepEqual(plainOf(written, read), value);
      }),
    );
  });

  it('is nothing where any byte is missing, or one too many', () => {
    fc.assert(
      fc.property(plain, fc.nat(), (value, at) => {
        const written = writeBencoded(value);
        assert.equal(readBencoded(written.subarray(0, at % written.length)), undefined);
        assert.equal(readBencoded(Buffer.concat([written, Buffer.from('e')])), undefined);
      }),
    );
  });

  it('has one way to write a number, and no level or value without end', () => {
    for (const wrong of [
      '',
      'i-0e',
      'i01e',
      'ie',
      'i-e',
      'i1',
      '01:a',
      ':',
      '-1:a',
      '2:a',
      'di1e1:ae',
      'd1:ae',
      '999999:',
    ])
      assert.equal(readBencoded(bytes(wrong)), undefined, wrong);
    for (const right of ['i0e', 'i-1e', '0:', 'le', 'de', 'd1:bi1e1:ai2ee'])
      assert.equal(readBencoded(bytes(right))?.end, right.length, right);
    assert.equal(readBencoded(bytes(`${'l'.repeat(20)}${'e'.repeat(20)}`)), undefined);
    assert.equal(readBencoded(bytes(`l${'le'.repeat(2000)}e`)), undefined);
  });
});

const probe = bittorrentDht.build(undefined);
const [form] = probe.sweepForms;
const request = form.encode(0x2345_6789);
const [aria2, transmission] = bittorrentDht.emulatedServers;
assert.ok(aria2 && transmission);
const answer = aria2.reply(request)[0] ?? assert.fail();

describe('the questions of bittorrent-dht', () => {
  it('are find_node and, of a node that answers, get_peers, both from a read-only node; nothing is announced', () => {
    const asked = [exchangeFrom(aria2, form.name, request, probe)];
    const next = probe.next(asked);
    assert.equal(next?.form.name, 'get_peers');
    assert.equal(probe.next([...asked, exchangeFrom(aria2, 'get_peers', request, probe)]), undefined);
    for (const one of [form, next.form]) {
      const text = Buffer.from(one.encode(7)).toString('latin1');
      assert.match(text, /^d1:ad2:id20:ampscope-measurement.*2:roi1e1:t4:.{4}1:y1:qe$/s);
      assert.doesNotMatch(text, /announce/);
      // The package writes keys in their order.
      assert.deepEqual(
        Buffer.from(bencode.encode(bencode.decode(one.encode(7)))),
        Buffer.from(one.encode(7)),
      );
    }
  });
});

describe('the reader of bittorrent-dht', () => {
  const kindOf = (payload: Uint8Array): string => probe.read(payload, request).kind;
  const t = Uint8Array.from([0x23, 0x45, 0x67, 0x89]);

  it('knows an answer by its transaction and the id of a node', () => {
    assert.equal(kindOf(answer), 'answer');
    const r = { id: 'x'.repeat(20) };
    assert.equal(kindOf(writeBencoded({ r, t, y: 'r' })), 'answer');
    for (const other of [
      writeBencoded({ r, t: 'abcd', y: 'r' }),
      writeBencoded({ r, y: 'r' }),
      writeBencoded({ r: { id: 'x' }, t, y: 'r' }),
      writeBencoded({ r, t, y: 'x' }),
      Buffer.concat([answer, Buffer.from('\n')]),
      bytes('i1e'),
    ])
      assert.equal(kindOf(other), 'unrecognised', Buffer.from(other).toString('latin1'));
  });

  it('takes an error for a refusal, by its number', () => {
    const reading = probe.read(writeBencoded({ e: [203, 'Protocol Error'], t, y: 'e' }), request);
    assert.deepEqual(reading, { kind: 'refusal', reason: 'error 203' });
    const judged = probe.judge([
      exchangeWith({ form: form.name, request, replies: [{ payloadBytes: 30, reading }] }),
    ]);
    assert.deepEqual(judged, reading);
  });

  it('takes what a node asks back for no answer', () => {
    const question = writeBencoded({ a: { id: 'x'.repeat(20) }, q: 'ping', t, y: 'q' });
    assert.equal(probe.asksBack?.(question), true);
    assert.equal(kindOf(question), 'unrecognised');
    assert.equal(probe.asksBack(answer), false);
  });

  it('counts nodes of both families, and names the client', () => {
    const judged = probe.judge([exchangeFrom(aria2, form.name, request, probe)]);
    assert.ok(judged.kind === 'exposure');
    assert.deepEqual([judged.version, judged.facts], ['aria2', { nodes: 8 }]);
    const both = { id: 'x'.repeat(20), nodes: 'n'.repeat(52), nodes6: 'm'.repeat(38) };
    const reading = probe.read(writeBencoded({ r: both, t, y: 'r' }), request);
    assert.deepEqual(reading, { kind: 'answer', facts: { nodes: 3, token: false } });
  });

  it('shows the keys of a message, and no address of a node', () => {
    const [capture] = captures.filter(
      ({ file, label }) => file === 'bittorrent-dht-aria2.json' && label === 'main',
    );
    const fields = probe.dissect(capture?.responses[0] ?? assert.fail());
    assert.deepEqual(
      fields
        .map(({ name, value, masked }) => (masked === true ? `${name} masked` : `${name} ${value}`))
        .slice(0, 8),
      [
        'message: a dictionary d',
        'key 1:r',
        'answer: a dictionary d',
        'key 2:id',
        `id ${fields[4]?.value ?? ''}`,
        'key 5:nodes',
        'nodes masked',
        'end e',
      ],
    );
  });
});
