import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isakmp } from '../../probes/isakmp/isakmp.js';
import type { Exchange } from '../../src/domain/exchange.js';
import type { FindingRecord } from '../../src/domain/finding-record.js';
import { exchangeFrom } from './exchanges.js';

const probe = isakmp.build(undefined);
const [saInit, mainMode = assert.fail()] = probe.sweepForms;
const request = saInit.encode(0x2f00_0001);
const byName = (name: string) =>
  isakmp.emulatedServers.find((server) => server.name === name) ?? assert.fail(name);
const open = byName('strongswan-5.9.8');
const cookie = byName('strongswan-5.9.8-cookie');

const asked = (form: typeof saInit, server = open): Exchange =>
  exchangeFrom(server, form.name, form.encode(7), probe);

describe('the requests of isakmp', () => {
  it('are the first message of IKEv2 and of IKEv1, whole by their own length, with the nonce in the SPI', () => {
    for (const [form, bytes, start] of [
      [saInit, 360, '616d70732f0000010000000000000000212022080000000000000168'],
      [mainMode, 84, '616d70732f0000010000000000000000011002000000000000000054'],
    ] as const) {
      const hex = Buffer.from(form.encode(0x2f00_0001)).toString('hex');
      assert.equal(hex.length, 2 * bytes);
      assert.ok(hex.startsWith(start), hex);
    }
    assert.equal(probe.next([asked(saInit), asked(mainMode)]), undefined);
  });
});

describe('the reader of isakmp', () => {
  const answer = Buffer.from(open.reply(request)[0] ?? assert.fail());
  const changed = (at: number, value: number): Buffer => {
    const copy = Buffer.from(answer);
    copy[at] = value;
    return copy;
  };
  const kindOf = (payload: Uint8Array, to = request): string => probe.read(payload, to).kind;

  it('knows a response by SPI, version, flags and length', () => {
    assert.equal(kindOf(answer), 'answer');
    assert.equal(kindOf(changed(17, 0x21)), 'answer', 'a minor version changes nothing (RFC 7296 §2.5)');
    for (const [at, value] of [
      [7, 2], // another SPI
      [16, 46], // encrypted
      [17, 0x30], // a version that is not known yet
      [19, 0x08], // a request
      [19, 0x28], // of whom began
      [27, 0], // another length
    ] as const)
      assert.equal(kindOf(changed(at, value)), 'unrecognised', `byte ${at} = ${value}`);
    assert.equal(kindOf(answer, saInit.encode(9)), 'unrecognised');
  });

  it('takes a cookie for a refusal: nothing begins until it comes back', () => {
    const [first = assert.fail()] = cookie.reply(request);
    assert.deepEqual(probe.read(first, request), { kind: 'refusal', reason: 'cookie', transient: true });
  });

  it('reads INVALID_MAJOR_VERSION of a host without IKEv1, which keeps the exchange type of main mode', () => {
    const main = mainMode.encode(3);
    const refusal = Buffer.alloc(36);
    refusal.set(main.subarray(0, 8));
    refusal.set([41, 0x20, 2, 0x20], 16);
    refusal.writeUInt32BE(36, 24);
    refusal.set([0, 0, 0, 8, 0, 0, 0, 5], 28);
    const reading = probe.read(refusal, main);
    assert.ok(reading.kind === 'answer');
    assert.equal(reading.facts['says'], 'invalid-major-version');
  });
});

describe('the judgement of isakmp', () => {
  it('names both versions, and has the columns of scan_isakmp from the stronger answer', () => {
    const judgement = probe.judge([asked(saInit), asked(mainMode)]);
    assert.ok(judgement.kind === 'exposure');
    assert.deepEqual(judgement.tags, ['isakmp', 'ikev2', 'ikev1']);
    assert.equal(judgement.detail, 'IKEv2 takes up the exchange; IKEv1 takes up the exchange');
    // Of 84 bytes 116 are 1.25 on the wire; of 360 bytes 392 are 1.08.
    assert.equal(judgement.facts?.['exchange_type'], 2);
    assert.equal(judgement.facts['domain_of_interpretation'], 1);
    assert.deepEqual(
      ['initiator_spi', 'responder_spi', 'next_payload', 'flags', 'message_id', 'next_payload2'].filter(
        (column) => judgement.facts?.[column] === undefined,
      ),
      [],
    );
  });

  it('keeps the exchange that was taken up where a later one brought a cookie, and says so', () => {
    for (const done of [
      [asked(saInit), asked(saInit, cookie)],
      [asked(saInit, cookie), asked(saInit)],
    ]) {
      const judgement = probe.judge(done);
      assert.ok(judgement.kind === 'exposure');
      assert.deepEqual(judgement.tags, ['isakmp', 'ikev2']);
      assert.equal(
        judgement.detail,
        'IKEv2 takes up the exchange and asks for a cookie once a few exchanges are half-open',
      );
    }
    assert.deepEqual(probe.judge([asked(saInit, cookie)]), { kind: 'refusal', reason: 'cookie' });
  });

  it('tells a host that only refuses from one that begins, in both languages', () => {
    const refusing = byName('strongswan-5.9.8-no-connection');
    const judgement = probe.judge([asked(saInit, refusing), asked(mainMode, refusing)]);
    assert.ok(judgement.kind === 'exposure');
    assert.deepEqual(judgement.tags, ['isakmp', 'notification-only']);
    const finding = { facts: judgement.facts, tag: 'isakmp;notification-only' } as unknown as FindingRecord;
    const texts = probe.textsFor?.(finding);
    assert.equal(texts?.detail?.en, judgement.detail);
    assert.equal(texts?.detail?.ja, 'IKEv2：提案を拒否する応答を返す、IKEv1：提案を拒否する応答を返す');
    assert.match(texts.title?.en ?? '', /if only to refuse/);
    assert.equal(probe.textsFor?.({ ...finding, tag: 'isakmp;ikev2' }).title, undefined);
  });
});

describe('the fields of isakmp', () => {
  it('are the header and every payload with its length', () => {
    const names = probe.dissect(open.reply(request)[0] ?? assert.fail()).map(({ name }) => name);
    assert.deepEqual(names.slice(0, 3), ['SPI of the initiator', 'SPI of the responder', 'next payload']);
    assert.deepEqual(
      names.filter((name) => name.startsWith('length of')),
      ['security association', 'key exchange', 'nonce', 'notification', 'notification'].map(
        (name) => `length of ${name}`,
      ),
    );
  });
});
