import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { knxnetIp } from '../../probes/knxnet-ip/knxnet-ip.js';
import { interview } from '../../src/measure/interview.js';

const probe = knxnetIp.build(undefined);
const [server = assert.fail()] = knxnetIp.emulatedServers;
const { asks, exchanges } = interview(probe, server);
const [search = assert.fail(), description = assert.fail()] = asks.map(({ form }) => form.encode(0));
const answerTo = (request: Uint8Array): Buffer => Buffer.from(server.reply(request)[0] ?? assert.fail());

describe('the probe of knxnet-ip', () => {
  it('asks for a search and for a description, both to be answered to the sender, and opens nothing', () => {
    assert.deepEqual(
      [search, description].map((request) => Buffer.from(request).toString('hex')),
      ['06100201000e0801000000000000', '06100203000e0801000000000000'],
    );
    assert.equal(asks.length, 2);
  });

  it('names the device, its place on the bus and what it serves', () => {
    const judgement = probe.judge(exchanges);
    assert.ok(judgement.kind === 'exposure');
    assert.equal(judgement.detail, '"knxd" at 0.0.1 of the bus; serves core 1; tunnelling 1; routing 1');
    assert.deepEqual(judgement.facts, {
      name: 'knxd',
      medium: 'twisted pair',
      individual_address: '0.0.1',
      serial_number: '010203040506',
      mac_address: 'd2:ff:17:0c:87:90',
      programming_mode: false,
      services: 'core 1; tunnelling 1; routing 1',
    });
  });

  it('knows an answer by header, service and length, and by the device in it', () => {
    assert.equal(probe.read(answerTo(search), search).kind, 'answer');
    assert.equal(probe.read(answerTo(description), description).kind, 'answer');
    assert.equal(probe.read(answerTo(search), description).kind, 'unrecognised');
    for (const [at, value] of [
      [0, 7],
      [1, 0x20],
      [3, 3],
      [5, 75],
      [7, 2],
      [14, 53],
      [15, 3],
      [68, 9],
    ] as const) {
      const changed = answerTo(search);
      changed[at] = value;
      assert.equal(probe.read(changed, search).kind, 'unrecognised', `${at}`);
    }
  });

  it('passes over blocks that it does not know', () => {
    const answer = answerTo(description);
    const more = Buffer.concat([answer, Buffer.from('04fe0000', 'hex')]);
    more.writeUInt16BE(more.length, 4);
    assert.equal(probe.read(more, description).kind, 'answer');
    const without = Buffer.concat([answer, Buffer.from('00fe', 'hex')]);
    without.writeUInt16BE(without.length, 4);
    assert.equal(probe.read(without, description).kind, 'unrecognised');
  });

  it('shows every field of the device', () => {
    const shown = probe.dissect(answerTo(search)).map(({ name, value }) => `${name}: ${value}`);
    for (const line of [
      'individual address: 0.0.1',
      'multicast address: 224.0.23.12',
      'port of endpoint: 3671',
    ])
      assert.ok(shown.includes(line), line);
    assert.equal(shown.at(-1), 'content: core 1; tunnelling 1; routing 1');
  });
});
