import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { armagetron } from '../../probes/armagetron/armagetron.js';
import { readMessage, writeMessage } from '../../probes/armagetron/message.js';
import { captures } from './captures.js';
import { exchangeFrom, exchangeWith } from './exchanges.js';

const probe = armagetron.build(undefined);
const [small] = probe.sweepForms;
const server = armagetron.emulatedServers[0] ?? assert.fail();
const first = exchangeFrom(server, small.name, small.encode(0), probe);
const big = probe.next([first])?.form ?? assert.fail();

it('a message of Armagetron comes back as it was written, and not where a byte is missing or one too many', () => {
  fc.assert(
    fc.property(fc.nat(0xffff), fc.uint8Array({ maxLength: 100 }), (descriptor, bytes) => {
      const data = bytes.subarray(0, bytes.length - (bytes.length % 2));
      const message = writeMessage(descriptor, data);
      assert.deepEqual(readMessage(message), { descriptor, data });
      assert.equal(readMessage(message.subarray(0, -1)), undefined);
      assert.equal(readMessage(Buffer.concat([message, Buffer.from([0])])), undefined);
    }),
  );
});

describe('the probe of armagetron', () => {
  it('asks for the small information first, for without it an idle server is silent to the big one', () => {
    assert.equal(Buffer.from(small.encode(0)).toString('hex'), '0034000000000000');
    assert.equal(Buffer.from(big.encode(0)).toString('hex'), '0035000000000000');
    assert.equal(probe.next([first, exchangeFrom(server, big.name, big.encode(0), probe)]), undefined);
  });

  it('takes each information for the answer to its own question alone', () => {
    const answers = [small, big].map((form) => server.reply(form.encode(0))[0] ?? assert.fail());
    const kinds = [small, big].map((form) =>
      answers.map((answer) => probe.read(answer, form.encode(0)).kind),
    );
    assert.deepEqual(kinds, [
      ['answer', 'unrecognised'],
      ['unrecognised', 'answer'],
    ]);
  });

  it('reports users, name and release of the big information, in letters that stand the right way round', () => {
    const judged = probe.judge([first, exchangeFrom(server, big.name, big.encode(0), probe)]);
    assert.ok(judged.kind === 'exposure');
    assert.equal(judged.version, 'Armagetron 0.2.9.1_alpha20230222 unix dedicated');
    assert.deepEqual(judged.facts, { name: 'lab', users: 0, most_users: 16 });
  });

  it('has a finding too where the big information stays away', () => {
    const silent = exchangeWith({ form: big.name, request: big.encode(0), replies: [] });
    const judged = probe.judge([first, silent]);
    assert.ok(judged.kind === 'exposure');
    assert.equal(judged.detail, 'the small server information alone');
  });

  it('shows the fields of both, and none in which players or an address may stand', () => {
    const shown = captures
      .filter(({ protocol }) => protocol === 'armagetron')
      .flatMap(({ responses }) => responses)
      .map((payload) =>
        probe
          .dissect(payload)
          .map(({ name, value, masked }) => `${name}: ${masked === undefined ? value : 'masked'}`),
      );
    assert.ok(shown[0]?.includes('port: 4534'));
    assert.deepEqual(
      shown[1]?.filter((line) => !line.startsWith('length')),
      [
        'descriptor: 51 (big server information)',
        'message id: 0',
        'words of data: 85',
        'port: 4534',
        'name: lab',
        'users: 0',
        'lowest version: 0',
        'highest version: 17',
        'release: 0.2.9.1_alpha20230222 unix dedicated',
        'most users: 16',
        'players, options and web page: masked',
        'sender: 0',
      ],
    );
  });
});
