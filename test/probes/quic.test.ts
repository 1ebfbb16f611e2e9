import assert from 'node:assert/strict';
import { createDecipheriv } from 'node:crypto';
import { describe, it } from 'node:test';
import { CONNECTION_CLOSE, clientKeys, initialPacket } from '../../probes/quic/initial.js';
import { quic } from '../../probes/quic/quic.js';
import { exchangeFrom } from './exchanges.js';

const probe = quic.build(undefined);
const [negotiation] = probe.sweepForms;
const NONCE = 0x2f000001;
const request = negotiation.encode(NONCE);
const [ngtcp2 = assert.fail(), retry = assert.fail(), over = assert.fail()] = quic.emulatedServers;
const asked = exchangeFrom(ngtcp2, negotiation.name, request, probe);
const { form: initial } = probe.next([asked]) ?? assert.fail();
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const both = (server: typeof ngtcp2) => [
  asked,
  exchangeFrom(server, initial.name, initial.encode(NONCE), probe),
];

describe('the packets of quic', () => {
  it('have the keys of RFC 9001, appendix A.1', () => {
    const { key, iv, headerKey } = clientKeys(Buffer.from('8394c8f03e515708', 'hex'));
    assert.deepEqual([key, iv, headerKey].map(hex), [
      '1f369613dd76d5467730efcbe3b1a22d',
      'fa044b2f42a3fd3b46fb255c',
      '9f50449e04a0e810283a1e9933adedd2',
    ]);
  });

  it('are those of RFC 9001, appendix A.2, byte for byte', () => {
    const destination = Buffer.from('8394c8f03e515708', 'hex');
    const frames = Buffer.from(
      '060040f1010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e86804fe3a47f06a2b69484c' +
        '00000413011302010000c000000010000e00000b6578616d706c652e636f6dff01000100000a00080006001d00170018' +
        '00100007000504616c706e000500050100000000003300260024001d00209370b2c9caa47fbabaf4559fedba753de171' +
        'fa71f50f1ce15d43e994ec74d748002b0003020304000d0010000e0403050306030203080408050806002d0002010100' +
        '1c00024001003900320408ffffffffffffffff05048000ffff07048000ffff0801100104800075300901100f088394c8' +
        'f03e51570806048000ffff',
      'hex',
    );
    const packet = initialPacket(clientKeys(destination), {
      destination,
      source: new Uint8Array(),
      number: 2,
      frames,
      bytes: 1200,
    });
    assert.equal(
      hex(packet.subarray(0, 38)),
      'c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11d242b123dc9b'.slice(0, 76),
    );
    assert.equal(hex(packet.subarray(1184)), 'e221af44860018ab0856972e194cd934');
  });
});

describe('the probe of quic', () => {
  it('asks for a reserved version first, in 1,200 bytes, and sends a ClientHello only where version 1 is named', () => {
    assert.equal(request.length, 1200);
    assert.equal(hex(request.subarray(0, 23)), 'c01a2a3a4a08616d70532f00000108616d70432f000001');
    const none = exchangeFrom({ reply: () => [] }, negotiation.name, request, probe);
    assert.equal(probe.next([none]), undefined);
    assert.equal(initial.encode(NONCE).length, 1200);
    assert.equal(probe.next(both(ngtcp2)), undefined);
  });

  it('reports a server that keeps to three times the request, that asks for a token, and that sends more', () => {
    const said = [ngtcp2, retry, over].map((server) => {
      const judgement = probe.judge(both(server));
      assert.ok(judgement.kind === 'exposure');
      return [judgement.tags, judgement.detail, judgement.atLeast?.level];
    });
    assert.deepEqual(said, [
      [
        ['quic'],
        'versions 0x00000001; sent 3600 bytes for an Initial of 1200 that was not acknowledged',
        undefined,
      ],
      [['quic', 'quic-retry'], 'versions 0x00000001; asks for a token first (Retry)', undefined],
      [
        ['quic', 'quic-limit'],
        'versions 0x00000001; sent 7200 bytes for an Initial of 1200 that was not acknowledged; more than RFC 9000 allows',
        'medium',
      ],
    ]);
  });

  it('closes a connection that has begun, with a packet that the server can open', () => {
    const first = initial.encode(NONCE);
    const [answer = assert.fail()] = ngtcp2.reply(first);
    const end = probe.farewell?.(answer, first) ?? assert.fail();
    assert.equal(end.length, 1200);
    assert.deepEqual(
      opened(end, clientKeys(first.subarray(6, 14))).subarray(0, 4),
      Buffer.from(CONNECTION_CLOSE),
    );
    const [token = assert.fail()] = retry.reply(first);
    for (const [payload, to] of [
      [token, first],
      [ngtcp2.reply(request)[0] ?? assert.fail(), request],
    ] as const)
      assert.equal(probe.farewell?.(payload, to), undefined);
  });

  it('leaves out versions that are reserved, and knows no answer to other ids or of another version', () => {
    const [answer = assert.fail()] = ngtcp2.reply(request);
    assert.deepEqual(probe.read(answer, request), {
      kind: 'answer',
      facts: { packet: 'Version Negotiation', versions: '0x00000001' },
    });
    const changed = (at: number, value: number): Uint8Array => {
      const copy = Uint8Array.from(answer);
      copy[at] = value;
      return copy;
    };
    for (const other of [
      changed(0, 0x40),
      changed(4, 2),
      changed(6, 0),
      changed(15, 0),
      changed(5, 21),
      answer.subarray(0, 23),
      answer.subarray(0, 30),
    ])
      assert.equal(probe.read(other, request).kind, 'unrecognised', hex(other));
    assert.equal(probe.read(answer, initial.encode(NONCE)).kind, 'unrecognised');
  });
});

/** The frames of a client's Initial with a destination id of `lab` and packet number 1. */
function opened(packet: Uint8Array, { key, iv }: ReturnType<typeof clientKeys>): Buffer {
  const numberAt = packet.length - 1200 + 5 + 1 + 3 + 1 + 8 + 1 + 2;
  const header = Buffer.concat([packet.subarray(0, numberAt), Uint8Array.of(0, 0, 0, 1)]);
  header[0] = 0xc3;
  const nonce = Uint8Array.from(iv, (byte, at) => (at === iv.length - 1 ? byte ^ 1 : byte));
  const sealed = Buffer.from(packet.subarray(numberAt + 4));
  const decipher = createDecipheriv('aes-128-gcm', key, nonce)
    .setAAD(header)
    .setAuthTag(sealed.subarray(-16));
  return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
}
