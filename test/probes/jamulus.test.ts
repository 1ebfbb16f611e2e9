import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { jamulus } from '../../probes/jamulus/jamulus.js';
import { MESSAGE, readMessage, writeMessage } from '../../probes/jamulus/message.js';
import { captures } from './captures.js';
import { exchangeFrom, exchangeWith } from './exchanges.js';

const probe = jamulus.build(undefined);
const [form] = probe.sweepForms;
const request = form.encode(0);
const server = jamulus.emulatedServers[0] ?? assert.fail();
const hex = (text: string): Buffer => Buffer.from(text, 'hex');
/** What a registered server sends to whoever asked its directory. */
const EMPTY = hex('0000f103000000ea00');

describe('a frame of Jamulus', () => {
  it('comes back as it was written, and not where a bit of it was turned', () => {
    fc.assert(
      fc.property(fc.nat(0xffff), fc.uint8Array({ maxLength: 600 }), fc.nat(), (id, data, at) => {
        const frame = writeMessage(id, data);
        assert.deepEqual(readMessage(frame), { id, data });
        const turned = Uint8Array.from(frame);
        const bit = at % (8 * frame.length);
        turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        assert.equal(readMessage(turned), undefined);
      }),
    );
  });

  it('has the CRC of the program, in every captured datagram', () => {
    const frames = captures
      .filter(({ protocol }) => protocol === 'jamulus')
      .flatMap((capture) => [capture.request, ...capture.responses]);
    assert.ok(frames.length >= 6);
    for (const frame of frames) {
      const { id, data } = readMessage(frame) ?? assert.fail();
      assert.deepEqual(writeMessage(id, data), frame);
    }
  });
});

describe('the probe of jamulus', () => {
  it('asks for the list of servers in nine bytes, and nothing else', () => {
    assert.deepEqual(Buffer.from(request), hex('0000ef0300000018cb'));
    assert.equal(probe.next([exchangeFrom(server, form.name, request, probe)]), undefined);
  });

  it('takes what a registered server sends for no answer, whichever address it comes from', () => {
    assert.equal(probe.read(EMPTY, request).kind, 'unrecognised');
    assert.equal(probe.asksBack?.(EMPTY), true);
    for (const reply of server.reply(request)) assert.equal(probe.asksBack(reply), false);
  });

  it('counts the servers of a directory without itself, and the names alone for a part of the answer', () => {
    const judged = (kept: number): ReturnType<typeof probe.judge> =>
      probe.judge([
        exchangeFrom({ reply: (asked) => server.reply(asked).slice(0, kept) }, form.name, request, probe),
      ]);
    const [whole, part] = [judged(2), judged(1)];
    assert.ok(whole.kind === 'exposure' && part.kind === 'exposure');
    assert.deepEqual([whole.facts, whole.incomplete], [{ servers: 4 }, false]);
    assert.deepEqual([part.facts, part.incomplete], [{ servers: 4 }, true]);
    const list = writeMessage(MESSAGE.serverList);
    assert.equal(probe.read(list, request).kind, 'unrecognised', 'a directory is in its own list');
    assert.equal(probe.judge([exchangeWith({ form: form.name, request, replies: [] })]).kind, 'nothing');
  });

  it('shows the names in a list, and no address', () => {
    const [names, whole] = server.reply(request).map((payload) => probe.dissect(payload));
    assert.ok(names && whole);
    for (const fields of [names, whole]) {
      const shown = fields.filter(({ name }) => name === 'name').map(({ value }) => value);
      assert.deepEqual(shown, ['Lab directory', ...[4, 3, 2, 1].map((number) => `Lab server ${number}`)]);
      const addresses = fields.filter(({ name }) => name === 'address of a server');
      assert.ok(addresses.length === 5 && addresses.every(({ masked }) => masked === true));
    }
    assert.ok(whole.some(({ name, value }) => name === 'city' && value === 'Berlin'));
  });
});
