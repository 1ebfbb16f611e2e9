import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { minetest } from '../../probes/minetest/minetest.js';
import { found } from '../reports/lab-findings.js';
import { captures } from './captures.js';
import { exchangeFrom, exchangeOf, exchangeWith } from './exchanges.js';

const probe = minetest.build(undefined);
const [form] = probe.sweepForms;
const request = form.encode(0);
const server = minetest.emulatedServers[0] ?? assert.fail();
const bytes = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const WELCOME = bytes('4f457403 0001 00 03 ffdc 00 01 0002');
const PING = bytes('4f457403 0001 00 03 ffdd 00 02');

describe('the request of minetest', () => {
  it('is what the public server list sends: a player without a number, and no word of a login', () => {
    assert.deepEqual(Buffer.from(request), bytes('4f457403 0000 00 01'));
    assert.equal(probe.next([exchangeFrom(server, form.name, request, probe)]), undefined);
  });

  it('is taken back by a DISCO of the player that the answer made, which no reader takes for an answer', () => {
    const farewell = probe.farewell?.(WELCOME, request);
    assert.deepEqual(farewell && Buffer.from(farewell), bytes('4f457403 0002 00 00 03'));
    assert.equal(probe.farewell?.(bytes('4f457403 0001 00 03 ffdc 00 01 beef'), request)?.[5], 0xef);
    for (const other of [PING, WELCOME.subarray(0, 13), request])
      assert.equal(probe.farewell(other, request), undefined);
    assert.deepEqual(farewell && server.reply(farewell), []);
  });
});

describe('the reader of minetest', () => {
  const kindOf = (payload: Uint8Array): string => probe.read(payload, request).kind;

  it('knows the control messages of a server, RELIABLE or not, each of exactly its length', () => {
    for (const answer of [
      WELCOME,
      PING,
      bytes('4f457403 0001 00 00 00 ffdc'),
      bytes('4f457403 0001 02 00 02'),
    ])
      assert.equal(kindOf(answer), 'answer', Buffer.from(answer).toString('hex'));
    for (const other of [
      bytes('4f457404 0001 00 03 ffdc 00 01 0002'),
      bytes('4f457403 0002 00 03 ffdc 00 01 0002'),
      bytes('4f457403 0001 03 03 ffdc 00 01 0002'),
      bytes('4f457403 0001 00 03 ffdc 01 01 0002'),
      bytes('4f457403 0001 00 03 ffdc 00 04 0002'),
      bytes('4f457403 0001 00 03 ffdc 00 01 0002 00'),
      bytes('4f457403 0001 00 03 ffdc 00 02 00'),
    ])
      assert.equal(kindOf(other), 'unrecognised', Buffer.from(other).toString('hex'));
  });

  it('takes a server that disconnects for a refusal', () => {
    const reading = probe.read(bytes('4f457403 0001 00 00 03'), request);
    assert.deepEqual(reading, { kind: 'refusal', reason: 'disconnects' });
    const exchange = exchangeWith({ form: form.name, request, replies: [{ payloadBytes: 9, reading }] });
    assert.deepEqual(probe.judge([exchange]), reading);
  });
});

describe('the judgement of minetest', () => {
  it('counts what came again, and says otherwise where it came once', () => {
    const [repeating, once] = captures
      .filter(({ protocol }) => protocol === 'minetest')
      .map((capture) => probe.judge([exchangeOf(capture, probe)]));
    assert.ok(repeating?.kind === 'exposure' && once?.kind === 'exposure');
    assert.deepEqual(repeating.facts, { welcomes: 60, pings: 150 });
    assert.deepEqual(once.facts, { welcomes: 1, pings: 0 });
    const { record } = found.find((one) => one.record.probe === 'minetest') ?? assert.fail();
    const titleOf = (judgement: typeof once): string | undefined =>
      minetest.textsFor?.({ ...record, facts: judgement.facts ?? {} }).title?.en;
    assert.equal(titleOf(repeating), undefined);
    assert.equal(titleOf(once), 'Minetest (Luanti) server answers anyone');
  });
});

it('a Minetest packet is taken apart by the names of its protocol', () => {
  const names = (payload: Uint8Array): readonly string[] =>
    probe.dissect(payload).map(({ name, value }) => `${name}: ${value}`);
  assert.deepEqual(names(WELCOME), [
    'protocol id: 4f 45 74 03',
    'peer id of the sender: the server',
    'channel: 0',
    'type: 3 (RELIABLE)',
    'sequence number: 65500',
    'type: 0 (CONTROL)',
    'control: 1 (SET_PEER_ID)',
    'peer id of the player: 2',
  ]);
  assert.deepEqual(names(request).slice(1), [
    'peer id of the sender: none yet',
    'channel: 0',
    'type: 1 (ORIGINAL)',
  ]);
});
