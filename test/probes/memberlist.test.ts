import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { memberlist } from '../../probes/memberlist/memberlist.js';
import { readAck, readFields } from '../../probes/memberlist/messages.js';
import { decodeLzw, encodeLzw } from '../../probes/wire/lzw.js';
import { Reader } from '../../probes/wire/reader.js';
import { captures } from './captures.js';
import { exchangeFrom } from './exchanges.js';

const probe = memberlist.build(undefined);
const [form] = probe.sweepForms;
const [NONCE, SEQUENCE] = [0x1234_5678, 0x5234_5678];
const request = form.encode(NONCE);
const [busy = assert.fail(), calm = assert.fail()] = memberlist.emulatedServers;
const ownCaptures = captures.filter(({ protocol }) => protocol === 'memberlist');
const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const SEQ_NO = '53 65 71 4e 6f';

describe('LZW', () => {
  it('carries any bytes there and back, also many of a kind', () => {
    const any = fc.uint8Array({ maxLength: 2000 });
    const alike = fc.array(fc.nat(2), { maxLength: 3000 }).map((list) => Uint8Array.from(list));
    fc.assert(
      fc.property(fc.oneof(any, alike), (bytes) => {
        assert.deepEqual(decodeLzw(encodeLzw(bytes), 3000), bytes);
      }),
    );
  });

  it('packs the bytes of a captured answer as Go does', () => {
    const packed = ownCaptures.flatMap(({ responses }) =>
      responses.flatMap((response) => {
        const value = readFields(new Reader(response, 1))?.find(({ name }) => name === 'Buf')?.value;
        return typeof value === 'object' ? [value] : [];
      }),
    );
    assert.ok(packed.length > 2);
    for (const bytes of packed)
      assert.deepEqual(encodeLzw(decodeLzw(bytes, 1500) ?? assert.fail()), Uint8Array.from(bytes));
  });

  it('brings no more than is allowed, and ends whatever it is given', () => {
    const zeros = encodeLzw(new Uint8Array(1000));
    assert.ok((decodeLzw(zeros, 100) ?? assert.fail()).length <= 100);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        assert.ok((decodeLzw(bytes, 300)?.length ?? 0) <= 300);
      }),
    );
  });

  it('refuses a code that is not in the table yet', () => {
    // 256 begins the table, and 300 is none of it.
    assert.equal(decodeLzw(hex('00 59 02'), 10), undefined);
    assert.equal(decodeLzw(hex('00 05 02'), 10), undefined);
  });
});

describe('the probe of memberlist', () => {
  it('pings with a number alone: it names no node, and no address for the answer', () => {
    assert.deepEqual(request, hex(`00 81 a5 ${SEQ_NO} ce 52345678`));
    assert.equal(probe.next([exchangeFrom(busy, form.name, request, probe)]), undefined);
  });

  it('knows the acknowledgement in every wrapping', () => {
    const ack = `02 81 a5 ${SEQ_NO} ce 52345678`;
    for (const whole of [
      ack,
      `0c 00000000 ${ack}`,
      `07 01 000d ${ack}`,
      `0c 00000000 07 02 000d 0001 ${ack} 08`,
    ])
      assert.equal(readAck(hex(whole))?.sequence, SEQUENCE, whole);
    const packed = encodeLzw(hex(ack));
    const compressed = Buffer.concat([hex('09 81 a3 427566 c4'), Uint8Array.of(packed.length), packed]);
    assert.equal(readAck(compressed)?.sequence, SEQUENCE);
    for (const none of [
      `0b 81 a5 ${SEQ_NO} ce 52345678`,
      `02 81 a5 ${SEQ_NO} a1 00`,
      `02 80`,
      `02`,
      `07 01 00ff ${ack}`,
      `0c 00 0c 00 0c 00 0c 00 0c 00`,
    ])
      assert.equal(readAck(hex(none)), undefined, none);
  });

  it('is no answer where the number is another one', () => {
    const [answer = assert.fail()] = busy.reply(request);
    assert.equal(probe.read(answer, request).kind, 'answer');
    assert.equal(probe.read(answer, form.encode(NONCE + 1)).kind, 'unrecognised');
    assert.equal(probe.nonce?.echoed(answer), NONCE);
    assert.equal(probe.nonce.echoed(hex(`02 81 a5 ${SEQ_NO} 07`)), undefined);
  });

  it('says that gossip came along, and nothing of what it says', () => {
    const details = [busy, calm].map((server) => {
      const judgement = probe.judge([exchangeFrom(server, form.name, request, probe)]);
      assert.ok(judgement.kind === 'exposure');
      assert.doesNotMatch(JSON.stringify(judgement), /labnode/);
      return judgement.detail;
    });
    assert.deepEqual(details, ['an acknowledgement with gossip (alive)', 'an acknowledgement alone']);
  });

  it('hides what is compressed, and what an application adds', () => {
    const [answer = assert.fail()] = busy.reply(request);
    assert.deepEqual(
      probe.dissect(answer).map(({ name, masked }) => [name, masked]),
      [
        ['message', undefined],
        ['map', undefined],
        ['Algo', undefined],
        ['Buf', true],
      ],
    );
    const plain = probe.dissect(hex(`02 82 a7 5061796c6f6164 a2 0101 a5 ${SEQ_NO} 07`));
    const odd = probe.dissect(hex(`02 83 a0 05 b1 ${'41'.repeat(17)} 05 a1 00 05`));
    assert.deepEqual(
      odd.slice(2).map(({ name, bytes }) => [name, bytes]),
      [2, 19, 3].map((bytes) => ['field of another name', bytes]),
    );
    assert.deepEqual(
      plain.slice(2).map(({ name, value, masked }) => [name, value, masked]),
      [
        ['Payload', '', true],
        ['SeqNo', '7', undefined],
      ],
    );
  });
});
