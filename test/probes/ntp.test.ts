import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { answerAs, XNTPD_OLD } from '../../probes/ntp/classic-ntpd.js';
import { MODE7_ERRORS, readMode7, writeMode7, type Mode7Packet } from '../../probes/ntp/mode7.js';
import { ntpMonlist } from '../../probes/ntp/monlist.js';
import type { Exchange, Reading } from '../../src/domain/exchange.js';
import { reportedExchange } from '../../src/domain/factors.js';
import { captures } from './captures.js';
import { createClassicNtpd } from '../servers/classic-ntpd.js';
import { exchangeFrom, exchangeOf, exchangeWith } from './exchanges.js';

const probe = ntpMonlist.build(undefined);
const [sweepForm] = probe.sweepForms;
const REQUEST = sweepForm.encode(0);
const SILENT = { reply: () => [] };

describe('the mode 7 codec', () => {
  it('puts every field where ntp_request.h has it, with values that all differ', () => {
    assert.deepEqual(
      writeMode7({
        response: true,
        more: true,
        version: 2,
        authenticated: true,
        sequence: 0x63,
        implementation: 3,
        code: 42,
        error: 9,
        items: 0xabc,
        reserved: 5,
        itemBytes: 0x048,
        data: Uint8Array.of(0xde, 0xad),
      }),
      Uint8Array.from(Buffer.from('d7e3032a9abc5048dead', 'hex')),
    );
  });

  it('reads back whatever it wrote', () => {
    fc.assert(
      fc.property(mode7Packets(), (packet) => {
        assert.deepEqual(readMode7(writeMode7(packet)), { ...packet });
      }),
    );
  });

  it('writes back every captured mode 7 packet byte for byte', () => {
    const packets = captures
      .filter(({ protocol }) => protocol === 'ntp')
      .flatMap(({ request, responses }) => [request, ...responses])
      .filter((bytes) => bytes.length >= 8 && ((bytes[0] ?? 0) & 7) === 7);
    assert.ok(packets.length > 500);
    for (const bytes of packets) {
      const packet = readMode7(bytes);
      assert.ok(packet);
      assert.deepEqual(writeMode7(packet), bytes);
    }
  });

  it('refuses a number that does not fit its field', () => {
    const packet = packetWith({});
    for (const wrong of [{ version: 8 }, { sequence: 128 }, { items: 4096 }, { error: 16 }, { code: -1 }])
      assert.throws(() => writeMode7({ ...packet, ...wrong }), RangeError);
  });

  it('knows no packet of another mode', () => {
    for (const mode of [0, 1, 2, 3, 4, 5, 6])
      assert.equal(readMode7(Uint8Array.of(0x90 | mode, 0, 3, 42, 0, 0, 0, 0)), undefined);
  });
});

describe('the requests', () => {
  it('are the eight bytes that every ntpd up to 4.2.6 answers, and nothing that changes a server', () => {
    assert.equal(Buffer.from(REQUEST).toString('hex'), '1700032a00000000');
    const asked = interview(SILENT).map(({ request }) => request);
    assert.deepEqual(
      asked.map((request) => [request.length, request[2]]),
      [
        [8, 3],
        [8, 2],
        [192, 3],
      ],
    );
    for (const request of asked) {
      assert.equal(request[3], 42, 'MON_GETLIST_1, which only reads');
      assert.ok(request.subarray(4).every((byte) => byte === 0));
    }
  });
});

describe('what one datagram says', () => {
  it('a truncated monlist header is unrecognised, at every length from 0 to 7', () => {
    const error4 = writeMode7(packetWith({ response: true, error: MODE7_ERRORS.noData }));
    assert.equal(probe.read(error4, REQUEST).kind, 'answer');
    for (let length = 0; length < 8; length++)
      assert.equal(probe.read(error4.subarray(0, length), REQUEST).kind, 'unrecognised');
  });

  it('errors 1, 2, 3 and 7 are refusals with their reason, an undefined one with its number', () => {
    const reasons = [1, 2, 3, 7, 5].map((error) => {
      const reading = probe.read(writeMode7(packetWith({ response: true, error })), REQUEST);
      return reading.kind === 'refusal' ? reading.reason : reading.kind;
    });
    assert.deepEqual(reasons, [
      'implementation unknown',
      'request unknown',
      'format error',
      'authentication required',
      'error 5',
    ]);
  });

  it('an answer of another implementation, another code or without the response bit is unrecognised', () => {
    const answer = packetWith({ response: true, items: 1, itemBytes: 72, data: new Uint8Array(72) });
    assert.equal(probe.read(writeMode7(answer), REQUEST).kind, 'answer');
    for (const wrong of [{ implementation: 2 }, { code: 20 }, { response: false }])
      assert.equal(probe.read(writeMode7({ ...answer, ...wrong }), REQUEST).kind, 'unrecognised');
  });

  it('an answer whose length is not that of its items is unrecognised', () => {
    for (const bytes of [0, 71, 73, 144])
      assert.equal(
        probe.read(
          writeMode7(packetWith({ response: true, items: 1, itemBytes: 72, data: new Uint8Array(bytes) })),
          REQUEST,
        ).kind,
        'unrecognised',
        `${bytes} bytes`,
      );
  });
});

describe('what to ask next', () => {
  it('one answer is enough', () => {
    assert.deepEqual(formsAsked(emulated('ntpd-4.2.6-600-clients')), ['implementation-3']);
  });

  it('an empty list brings one request for the time, and the same question again', () => {
    for (const name of ['ntpd-4.2.6-nomonitor', 'ntpd-4.2.8-mode7'])
      assert.deepEqual(
        interview(emulated(name)).map(({ form, purpose }) => [form, purpose]),
        [
          ['implementation-3', 'measure'],
          ['client-time', 'prime'],
          ['implementation-3', 'measure'],
        ],
      );
  });

  it('an empty list of implementation 2 is asked for again in its own form', () => {
    const old = { reply: (request: Uint8Array) => answerAs({ clients: [], mode7: [XNTPD_OLD] }, request) };
    assert.deepEqual(formsAsked(old), [
      'implementation-3',
      'implementation-2',
      'client-time',
      'implementation-2',
    ]);
  });

  it('no list is asked for after a request for the time that never left', () => {
    const empty = exchangeFrom(emulated('ntpd-4.2.8-mode7'), sweepForm.name, REQUEST, probe);
    const prime = probe.next([empty]);
    assert.ok(prime);
    const unsent = exchangeWith({
      form: prime.form.name,
      purpose: 'prime',
      request: prime.form.encode(0),
      replies: [],
      end: 'unsent',
    });
    assert.equal(probe.next([empty, unsent]), undefined);
  });

  it('any refusal but error 1 is enough', () => {
    assert.deepEqual(formsAsked(emulated('ntpd-refusing')), ['implementation-3']);
  });

  it('error 1 brings implementation 2, and no longer request after it', () => {
    assert.deepEqual(formsAsked(emulated('xntpd-old-20-clients')), ['implementation-3', 'implementation-2']);
    const knowsNone = { reply: (request: Uint8Array) => [errorTo(request, MODE7_ERRORS.implementation)] };
    assert.deepEqual(formsAsked(knowsNone), ['implementation-3', 'implementation-2']);
  });

  it('silence brings implementation 2, and silence again the 192 bytes', () => {
    assert.deepEqual(formsAsked(SILENT), [
      'implementation-3',
      'implementation-2',
      'implementation-3-192-bytes',
    ]);
  });

  it('a request that never left is no silence', () => {
    const unsent = exchangeWith({ form: sweepForm.name, request: REQUEST, replies: [], end: 'unsent' });
    assert.equal(probe.next([unsent]), undefined);
  });
});

describe('the judgement', () => {
  it('a full list is 600 entries in 100 datagrams, with the two longer requests to compute', () => {
    const judgement = judgeOf(emulated('ntpd-4.2.6-600-clients'));
    assert.ok(judgement.kind === 'exposure');
    assert.deepEqual(judgement.tags, ['monlist']);
    assert.equal(judgement.detail, '600 entries in 100 datagrams');
    assert.deepEqual(judgement.facts, {
      implementation: 3,
      entries: 600,
      datagrams: 100,
      sequence_complete: true,
    });
    assert.deepEqual(
      judgement.equivalentRequests?.map(({ bytes }) => bytes),
      [48, 192],
    );
    assert.equal(judgement.severity, undefined);
  });

  it('a list that only the 192 bytes brought has no longer request to compute', () => {
    const picky = {
      reply: (request: Uint8Array) =>
        request.length < 192 ? [] : emulated('ntpd-4.2.6-7-clients').reply(request),
    };
    const judgement = judgeOf(picky);
    assert.ok(judgement.kind === 'exposure');
    assert.equal(judgement.detail, '7 entries in 2 datagrams');
    assert.equal(judgement.equivalentRequests, undefined);
  });

  it('a list that only implementation 2 knows is an exposure', () => {
    const judgement = judgeOf(emulated('xntpd-old-20-clients'));
    assert.ok(judgement.kind === 'exposure');
    assert.deepEqual(judgement.facts, {
      implementation: 2,
      entries: 20,
      datagrams: 2,
      sequence_complete: true,
    });
  });

  it('error 4, also to one it has served the time, is mode 7 without monlist, of severity info', () => {
    const judgement = judgeOf(emulated('ntpd-4.2.8-mode7'));
    assert.ok(judgement.kind === 'exposure');
    assert.deepEqual(judgement.tags, ['mode7-open-no-monlist']);
    assert.equal(judgement.severity?.level, 'info');
  });

  it('error 4 stays ambiguous where the time was not served, or nothing came after it', () => {
    const mode7 = emulated('ntpd-4.2.8-mode7');
    const withoutTime = {
      reply: (request: Uint8Array) => (request.length === 48 ? [] : mode7.reply(request)),
    };
    const [asked, time] = interview(mode7);
    assert.ok(asked && time);
    for (const done of [interview(withoutTime), [asked], [asked, time]]) {
      const judgement = probe.judge(done);
      assert.ok(judgement.kind === 'exposure');
      assert.deepEqual(judgement.tags, ['mode7-open']);
      assert.equal(judgement.severity?.level, 'info');
    }
  });

  it('a list that has one entry after it was empty is monlist, and at least medium', () => {
    const judgement = judgeOf(idleNtpd());
    assert.ok(judgement.kind === 'exposure');
    assert.deepEqual(judgement.tags, ['monlist']);
    assert.equal(judgement.detail, '1 entry in 1 datagram, where there was none until we asked for the time');
    assert.equal(judgement.atLeast?.level, 'medium');
  });

  it('a refusal is a refusal and silence is nothing', () => {
    assert.deepEqual(judgeOf(emulated('ntpd-refusing')), { kind: 'refusal', reason: 'request unknown' });
    assert.deepEqual(judgeOf(emulated('ntpd-4.2.8')), { kind: 'nothing' });
  });

  it('a lost datagram is said, wherever in the answer it was, and its entries are not made up', () => {
    const all = emulated('ntpd-4.2.6-600-clients').reply(REQUEST);
    for (const [lost, detail, complete] of [
      [0, '594 entries in 99 datagrams, 1 in between is missing', 1],
      [50, '594 entries in 99 datagrams, 1 in between is missing', 1],
      [99, '594 entries in 99 datagrams, the end of the list is missing', undefined],
    ] as const) {
      const judgement = judgeOf({ reply: () => all.filter((_, i) => i !== lost) });
      assert.ok(judgement.kind === 'exposure');
      assert.equal(judgement.detail, detail);
      assert.equal(judgement.facts?.['sequence_complete'], false);
      assert.equal(judgement.facts['lost_datagrams'], complete);
    }
  });

  it('datagrams out of order are a whole list, repeated ones do not add entries', () => {
    const all = emulated('ntpd-4.2.6-600-clients').reply(REQUEST);
    const shuffled = judgeOf({ reply: () => [...all].reverse() });
    assert.ok(shuffled.kind === 'exposure');
    assert.equal(shuffled.detail, '600 entries in 100 datagrams');
    const doubled = judgeOf({ reply: () => [...all, ...all] });
    assert.ok(doubled.kind === 'exposure');
    assert.equal(doubled.detail, '600 entries in 200 datagrams, 100 came more than once');
    assert.equal(doubled.facts?.['entries'], 600);
    assert.equal(doubled.facts['repeated_datagrams'], 100);
  });

  it('a sighting, of which only the first reply was read, claims no number of entries', () => {
    const whole = exchangeFrom(emulated('ntpd-4.2.6-600-clients'), sweepForm.name, REQUEST, probe);
    const judgement = probe.judge([{ ...whole, seenIn: 'sweep', replies: whole.replies.slice(0, 1) }]);
    assert.ok(judgement.kind === 'exposure');
    assert.equal(judgement.detail, 'a list in 100 datagrams, whose entries were not counted');
    assert.deepEqual(judgement.facts, { implementation: 3, datagrams: 100 });
  });

  it('describes the exchange whose figures the reports show', () => {
    const small = exchangeFrom(emulated('ntpd-4.2.6-7-clients'), sweepForm.name, REQUEST, probe);
    const large = exchangeFrom(emulated('ntpd-4.2.6-600-clients'), sweepForm.name, REQUEST, probe);
    assert.equal(reportedExchange([small, large]), large);
    const judgement = probe.judge([small, large]);
    assert.ok(judgement.kind === 'exposure');
    assert.equal(judgement.facts?.['entries'], 600);
  });

  it('holds no address of a list: neither in a reading nor in a judgement', () => {
    const listed = captures.filter(
      ({ protocol, request, responses }) => protocol === 'ntp' && request[3] === 42 && responses.length > 0,
    );
    const exchanges = [
      ...listed.map((capture) => exchangeOf(capture, probe)),
      ...ntpMonlist.emulatedServers.map((server) => exchangeFrom(server, sweepForm.name, REQUEST, probe)),
    ];
    assert.ok(exchanges.some(({ received }) => received.datagrams === 100));
    for (const exchange of exchanges) {
      for (const { reading } of exchange.replies) assertWithoutAddress(reading);
      assertWithoutAddress(probe.judge([exchange]));
    }
  });
});

describe('the emulated servers', () => {
  it('seven entries are a full datagram and one more, and 600 are 100 with the real headers', () => {
    const sizes = emulated('ntpd-4.2.6-7-clients')
      .reply(REQUEST)
      .map(({ length }) => length);
    assert.deepEqual(sizes, [440, 80]);
    const headers = emulated('ntpd-4.2.6-600-clients')
      .reply(REQUEST)
      .map((payload) => Buffer.from(payload.subarray(0, 8)).toString('hex'));
    assert.equal(headers[0], 'd700032a00060048');
    assert.equal(headers[99], '9763032a00060048');
    assert.equal(headers.length, 100);
  });

  it('a list of 600 for implementation 2 is 40 datagrams of 488 bytes', () => {
    const replies = emulated('ntpd-4.2.6-600-clients').reply(Uint8Array.of(0x17, 0, 2, 42, 0, 0, 0, 0));
    assert.deepEqual([...new Set(replies.map(({ length }) => length))], [488]);
    assert.equal(replies.length, 40);
  });

  it('hold 600 clients that all differ, in networks that exist nowhere', () => {
    const clients = emulated('ntpd-4.2.6-600-clients')
      .reply(REQUEST)
      .flatMap((payload) =>
        Array.from({ length: 6 }, (_, i) => payload.subarray(8 + 72 * i, 8 + 72 * (i + 1))),
      )
      .map((item) => [...item.subarray(16, 20)].join('.'));
    assert.equal(new Set(clients).size, 600);
    for (const client of clients) assert.match(client, /^(192\.0\.2|198\.51\.100|203\.0\.113)\.\d+$/);
  });
});

function emulated(name: string) {
  const found = ntpMonlist.emulatedServers.find((each) => each.name === name);
  assert.ok(found, name);
  return found;
}

interface Server {
  reply(request: Uint8Array): readonly Uint8Array[];
}

/** Everything the probe asks such a server, and what comes back. */
function interview(server: Server): readonly Exchange[] {
  const done = [exchangeFrom(server, sweepForm.name, REQUEST, probe)];
  for (let ask = probe.next(done); ask; ask = probe.next(done)) {
    assert.ok(done.length < 40);
    const exchange = exchangeFrom(server, ask.form.name, ask.form.encode(0), probe);
    done.push({ ...exchange, purpose: ask.purpose });
  }
  return done;
}

/** ntpd 4.2.6 with an empty list, which enters each host that asks for the time. */
function idleNtpd(): Server {
  const ntpd = createClassicNtpd({ mode7: [3, 2] });
  return { reply: (request) => ntpd.answer(request, [127, 0, 0, 1]) };
}

function formsAsked(server: Server): readonly string[] {
  return interview(server).map(({ form }) => form);
}

function judgeOf(server: Server) {
  return probe.judge(interview(server));
}

function errorTo(request: Uint8Array, error: number): Uint8Array {
  return writeMode7(packetWith({ response: true, error, implementation: request[2] ?? 0 }));
}

/** The sweep's request, with these fields in place of its own. */
function packetWith(fields: Partial<Mode7Packet>): Mode7Packet {
  const packet = readMode7(REQUEST);
  assert.ok(packet);
  return { ...packet, ...fields };
}

function mode7Packets(): fc.Arbitrary<Mode7Packet> {
  return fc.record({
    response: fc.boolean(),
    more: fc.boolean(),
    version: fc.nat(7),
    authenticated: fc.boolean(),
    sequence: fc.nat(127),
    implementation: fc.nat(255),
    code: fc.nat(255),
    error: fc.nat(15),
    items: fc.nat(4095),
    reserved: fc.nat(15),
    itemBytes: fc.nat(4095),
    data: fc.uint8Array({ maxLength: 20 }),
  });
}

function assertWithoutAddress(said: Reading | object): void {
  const text = JSON.stringify(said);
  assert.doesNotMatch(text, /\d+\.\d+\.\d+\.\d+|[0-9a-f]*::[0-9a-f]*/i);
  for (const number of text.match(/\d+/g) ?? []) assert.ok(Number(number) < 100_000, text);
}
