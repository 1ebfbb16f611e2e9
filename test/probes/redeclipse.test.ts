import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { redeclipse } from '../../probes/redeclipse/redeclipse.js';
import { exchangeFrom } from './exchanges.js';

const probe = redeclipse.build(undefined);
const [form] = probe.sweepForms;
const request = form.encode(0x2f00_0001);
const server = redeclipse.emulatedServers[0] ?? assert.fail();
const answer = server.reply(request)[0] ?? assert.fail();

describe('the request of redeclipse', () => {
  it('is one integer of five bytes that no nonce makes 0, which would ask for players', () => {
    assert.equal(Buffer.from(request).toString('hex'), '816f000001');
    assert.equal(Buffer.from(form.encode(0)).toString('hex'), '8140000000');
    assert.equal(probe.next([exchangeFrom(server, form.name, request, probe)]), undefined);
  });
});

describe('the reader of redeclipse', () => {
  const kindOf = (payload: Uint8Array): string => probe.read(payload, request).kind;

  it('knows the request, 15 integers and a map; a signed byte may be negative', () => {
    assert.equal(kindOf(answer), 'answer');
    const negative = Uint8Array.from(answer);
    negative[5] = 0xff; // players: -1, as a byte has it
    const reading = probe.read(negative, request);
    assert.equal(reading.kind === 'answer' && reading.facts['players'], -1);
    const changed = Uint8Array.from(answer);
    changed[6] = 14; // how many integers follow
    for (const other of [changed, answer.subarray(0, 20), answer.subarray(5), request])
      assert.equal(kindOf(other), 'unrecognised');
    assert.equal(probe.read(answer, form.encode(5)).kind, 'unrecognised', 'the answer to another request');
  });

  it('reads the description, and none of the names of players behind it', () => {
    const named = Buffer.concat([answer.subarray(0, -2), Buffer.from('lab\0\0alice\0', 'latin1')]);
    const reading = probe.read(named, request);
    assert.ok(reading.kind === 'answer');
    assert.deepEqual(reading.facts, {
      version: '1.6.0',
      players: 0,
      maxclients: 32,
      mapname: 'depot',
      description: 'lab',
    });
    const fields = probe.dissect(named);
    assert.equal(fields.find(({ name }) => name === 'map')?.value, 'depot');
    assert.equal(fields.at(-1)?.name, 'rest');
  });
});

describe('the judgement of redeclipse', () => {
  it('names version, map and players', () => {
    const judgement = probe.judge([exchangeFrom(server, form.name, request, probe)]);
    assert.ok(judgement.kind === 'exposure');
    assert.equal(judgement.version, 'Red Eclipse 1.6.0');
    assert.equal(judgement.detail, 'map depot; 0 of 32 players');
  });
});
