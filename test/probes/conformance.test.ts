/**
 * The laws of probes/probe.ts, for every probe in the list, over every capture of a real server. Nothing here
 * knows a protocol: a new probe is covered by its line in probes/index.ts, its captures, and what is expected
 * of them in test/captures/expected/<protocol>.json.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { probes } from '../../probes/list.js';
import {
  LANGUAGES,
  type Probe,
  type ProbeDefinition,
  type RequestForm,
  type EmulatedServer,
} from '../../probes/probe.js';
import type { Exchange, Reading } from '../../src/domain/exchange.js';
import { NO_TRAFFIC } from '../../src/domain/exchange.js';
import { SEVERITIES, type Judgement } from '../../src/domain/finding.js';
import { captures, expectationsOf, type Capture, type Expected } from './captures.js';
import { interview, requestsOf } from '../../src/measure/interview.js';
import { MOST_ASKS } from '../../src/measure/measure-responder.js';
import { bomb } from '../fuzz/bombs.js';
import { callsOf } from '../fuzz/calls.js';
import { calibrate, timesLimit } from '../fuzz/cost.js';
import { randomFrom } from '../fuzz/random.js';
import { subjects } from '../fuzz/subjects.js';
import { exchangeOf, exchangeWith } from './exchanges.js';

/** A burst is bounded like everything else that is sent. */
const MOST_REPEATS = 100;

const SILENT: Pick<EmulatedServer, 'reply'> = { reply: () => [] };

/** For each probe; `npm run fuzz` tries millions. */
const BOMBS = 400;
const limitOf = calibrate();

/** What hosts say that no probe asks for. */
const NO_PROTOCOL_OF_OURS = [
  'It is a bad plan that admits of no modification.\r\n',
  'unknown command, please try again\n',
  'HTTP/1.1 400 Bad Request\r\nServer: nginx\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n',
  'SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1\r\nAllow: INVITE, ACK, BYE\r\n\r\n',
  '<?xml version="1.0"?><error>no such method</error>',
  '<165>1 2026-11-20T21:26:17Z host0 app 1 - - connection from pts/0 refused',
  '{"error":"method not found","code":-32601}',
  'ERROR\r\n',
  '0123456789abcdef'.repeat(40),
  '\0'.repeat(64),
];

const definitions: readonly ProbeDefinition[] = probes;

describe('the list of probes', () => {
  it('is sorted by id, and no id stands twice', () => {
    const ids = definitions.map(({ id }) => id);
    assert.deepEqual(ids, [...new Set(ids)].sort());
  });

  it('has probes that share a port and differ in what they report, or law 4 would say nothing', () => {
    assert.ok(
      definitions.some((one) =>
        definitions.some((other) => one.port === other.port && one.report !== other.report),
      ),
    );
  });
});

for (const definition of definitions) {
  const probe = build(definition, undefined);
  const withOptions = build(definition, undefined, flagsOf(definition));
  const own = captures.filter(({ protocol }) => protocol === definition.protocol);
  const others = captures.filter(({ protocol }) => protocol !== definition.protocol);
  const expectations = expectationsOf(definition.protocol).filter((each) => each.probe === definition.id);
  const forms = [...formsOf(probe, definition), ...formsOf(withOptions, definition)] as const;
  const payloads = distinct(own.flatMap(({ responses }) => responses));
  const requestOf = requestByResponse(own);

  describe(definition.id, () => {
    it('has an identity that reports can print', () => {
      assert.ok(probe.id === probe.protocol || probe.id.startsWith(`${probe.protocol}-`), probe.id);
      assert.match(probe.id, /^[a-z0-9]+(-[a-z0-9]+)*$/);
      assert.match(probe.report, /^(scan|x)_[a-z0-9_]+$/);
      assert.ok(Number.isInteger(probe.port) && probe.port > 0 && probe.port < 65_536);
      assert.ok(probe.quietGapMs >= 500 && probe.quietGapMs <= 10_000);
      assert.ok((probe.longestExchangeMs ?? 90_000) > probe.quietGapMs);
      assert.ok(SEVERITIES.includes(probe.severity));
      assert.notEqual(probe.standard, '');
      const { published, measuredOn } = probe;
      if (measuredOn !== undefined) assert.equal(probe.inDefault, 'no: unmeasured');
      if (!published) return;
      assert.match(published.factor, /^[\d.,-]+$/);
      assert.notEqual(published.source, '');
    });

    it('has options that a command line can show', () => {
      for (const { flag, describe: help } of definition.options ?? []) {
        assert.match(flag, /^[a-z]+(-[a-z]+)*$/);
        assert.ok(help.en.length > 0 && help.en.length <= 70, help.en);
        assert.match(help.ja, /[\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Han}]/u);
      }
    });

    it('has one sweep form, or a nonce that tells several apart', () => {
      if (!probe.nonce) assert.equal(probe.sweepForms.length, 1);
      else assert.ok(probe.nonce.bits > 0 && probe.nonce.bits <= 30);
    });

    it('law 1: the same nonce gives the same bytes, every nonce the same length, a name one form', () => {
      fc.assert(
        fc.property(fc.constantFrom(...forms), nonceOf(probe), (form, nonce) => {
          assert.deepEqual(form.encode(nonce), form.encode(nonce));
          assert.equal(form.encode(nonce).length, form.encode(0).length);
          assert.ok(form.encode(nonce).length > 0, 'an empty request has no amplification factor');
        }),
      );
      const bytesByName = new Map(forms.map((form) => [form.name, form.encode(0)]));
      for (const form of forms) assert.deepEqual(form.encode(0), bytesByName.get(form.name));
    });

    const { nonce } = probe;
    if (nonce) {
      it('law 2: a captured response echoes the nonce of the captured request', () => {
        const echoed = own.flatMap((capture) =>
          capture.responses.flatMap((response) => {
            const value = nonce.echoed(response);
            return value === undefined ? [] : [{ capture, value }];
          }),
        );
        assert.ok(echoed.length > 0, 'no captured response echoes anything');
        for (const { capture, value } of echoed)
          assert.ok(holdsNumber(capture.request, value, nonce.bits), `${nameOf(capture)} echoes ${value}`);
      });

      it('law 2: whatever an emulated server answers echoes the nonce it was asked with', () => {
        fc.assert(
          fc.property(
            fc.constantFrom(...definition.emulatedServers),
            fc.constantFrom(...forms),
            nonceOf(probe),
            (emulated, form, value) => {
              for (const payload of emulated.reply(form.encode(value)))
                assert.equal(nonce.echoed(payload), value, emulated.name);
            },
          ),
        );
      });
    }

    it('law 3: every truncation of a captured response gives a reading', () => {
      for (const payload of payloads)
        for (const length of truncations(payload.length))
          assertReads(probe, payload.subarray(0, length), requestOf(payload));
    });

    it('law 3: every bit flip in a captured response gives a reading', () => {
      for (const payload of payloads)
        for (const at of flippedBytes(payload.length))
          for (let bit = 0; bit < 8; bit++) assertReads(probe, flipped(payload, at, bit), requestOf(payload));
    });

    it('law 3: bit flips anywhere, random bytes and random ends give a reading', () => {
      fc.assert(
        fc.property(fc.constantFrom(...payloads), fc.nat(), fc.nat(7), (payload, at, bit) => {
          assertReads(probe, flipped(payload, at % payload.length, bit), requestOf(payload));
        }),
        { numRuns: 2000 },
      );
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 600 }), fc.constantFrom(...forms), (payload, form) => {
          assertReads(probe, payload, form.encode(0));
        }),
        { numRuns: 2000 },
      );
      fc.assert(
        fc.property(
          fc.constantFrom(...payloads),
          fc.nat(40),
          fc.uint8Array({ maxLength: 200 }),
          (payload, kept, end) => {
            const mixed = Uint8Array.from([...payload.subarray(0, kept), ...end]);
            assertReads(probe, mixed, requestOf(payload));
          },
        ),
        { numRuns: 2000 },
      );
    });

    const neighbours = definitions.filter(
      ({ port, report }) => port === definition.port && report !== definition.report,
    );
    if (neighbours.length > 0 && probe.strength !== 'weak')
      it('law 4: what the other probes of its port report is unrecognised, even when the nonce happens to fit', () => {
        const reported = neighbours.flatMap((neighbour) =>
          expectationsOf(neighbour.protocol).filter(
            ({ probe: id, kind }) => id === neighbour.id && kind === 'exposure',
          ),
        );
        assert.ok(reported.length > 0);
        for (const form of probe.sweepForms)
          for (const { capture } of reported)
            for (const payload of capture.responses) {
              const request = form.encode(nonce?.echoed(payload) ?? 0);
              assert.equal(
                probe.read(payload, request).kind,
                'unrecognised',
                `${form.name} <- ${nameOf(capture)}`,
              );
            }
      });

    it(`law 4: text of no protocol of ours, and bytes at random, are ${probe.strength === 'weak' ? 'what it may take for an answer, so it is weak' : 'unrecognised'}`, () => {
      const random = randomFrom(4);
      const bytes = Array.from({ length: 4000 }, (_, i) =>
        Uint8Array.from({ length: 1 + (i % 40) }, () => random.below(256)),
      );
      const [request] = forms.map((form) => form.encode(1));
      assert.ok(request);
      const taken = [...NO_PROTOCOL_OF_OURS.map((text) => Buffer.from(text)), ...bytes].filter(
        (payload) => probe.read(payload, request).kind !== 'unrecognised',
      );
      if (probe.strength === 'weak') assert.ok(taken.length > 0, 'nothing passes for its answer');
      else assert.deepEqual(taken, []);
    });

    it('law 4: its own request, sent back by an echo service, is unrecognised to all but the probe of that', () => {
      for (const form of forms) {
        const request = form.encode(1);
        const expected = probe.protocol === 'echo' ? 'answer' : 'unrecognised';
        assert.equal(probe.read(request, request).kind, expected, form.name);
      }
    });

    it('law 5: every capture of its protocol has an expected judgement', () => {
      const files = new Set(own.map(({ file }) => file));
      assert.ok(files.size > 0, 'no captures');
      assert.deepEqual(
        [...new Set(expectations.map(({ capture }) => capture.file))].sort(),
        [...files].sort(),
      );
      assert.ok(expectations.some(({ kind }) => kind === 'exposure'));
    });

    for (const { capture, ...expectation } of expectations) {
      it(`law 5: ${nameOf(capture)}: ${expectation.kind}`, () => {
        const asConfigured = build(definition, expectation.settings);
        const seen = exchangeOf(capture, asConfigured);
        assertJudgement(asConfigured.judge([seen]), expectation);
        // One rate limit may stand before several questions: a later one that fails takes nothing back.
        const failed: Exchange = { ...seen, end: 'silent', received: NO_TRAFFIC, replies: [] };
        assert.equal(asConfigured.judge([seen, failed]).kind, expectation.kind);
      });
    }

    it('law 5: the sums of an exchange are the figures of its capture', () => {
      for (const capture of own) assertSums(exchangeOf(capture, probe), capture);
    });

    it('law 6: title, risk, remedy and check stand there in every language', () => {
      for (const [what, texts] of Object.entries({ ...probe.texts })) {
        assert.deepEqual(Object.keys(texts).sort(), [...LANGUAGES].sort());
        for (const language of LANGUAGES) {
          assert.notEqual(texts[language].trim(), '', `${what}, ${language}`);
          assert.equal(texts[language].trim(), texts[language], `${what}, ${language}`);
        }
        assert.match(
          texts.ja,
          /\p{sc=Hiragana}|\p{sc=Katakana}/u,
          `${what}: Japanese is written in Japanese`,
        );
        assert.doesNotMatch(
          texts.en,
          /\p{sc=Hiragana}|\p{sc=Katakana}|\p{sc=Han}/u,
          `${what}: English is not`,
        );
      }
    });

    it('law 6: a check is a command to copy, the same in every language', () => {
      const commands = LANGUAGES.map((language) => probe.texts.check[language].match(/^ {4}\S.*$/gm));
      assert.ok(commands[0]?.every((command) => command.includes('ADDRESS')));
      for (const other of commands) assert.deepEqual(other, commands[0]);
    });

    it('law 7: it stops asking whatever comes back, and its judgement of it all is whole', () => {
      const readings = [
        ...new Map(own.flatMap(readingsOf(probe)).map((r) => [JSON.stringify(r), r])).values(),
      ];
      const reply = fc.record({
        payloadBytes: fc.nat(5000),
        reading: fc.oneof(
          fc.constantFrom(...readings),
          fc.constant<Reading>({ kind: 'unrecognised', why: 'made up' }),
          fc.constant<Reading>({ kind: 'refusal', reason: 'made up' }),
        ),
      });
      const outcome = fc.record({
        replies: fc.array(reply, { maxLength: 5 }),
        end: fc.constantFrom('quiet', 'capped', 'silent', 'closed', 'unsent'),
      });
      fc.assert(
        fc.property(
          fc.constantFrom(probe, withOptions),
          fc.array(outcome, { minLength: 1, maxLength: MOST_ASKS + 1 }),
          (asking, outcomes) => {
            const answer = (asked: number, form: RequestForm, purpose: Exchange['purpose']): Exchange => {
              const { replies, end } = outcomes[asked % outcomes.length] ?? { replies: [], end: 'silent' };
              const heard = ['silent', 'closed', 'unsent'].includes(end) ? [] : replies;
              return exchangeWith({
                form: form.name,
                purpose,
                request: form.encode(asked),
                replies: heard,
                end,
              });
            };
            const done = asking.sweepForms.map((form, i) => answer(i, form, 'measure'));
            let asks = done.length;
            for (let ask = asking.next(done); ask; ask = asking.next(done), asks++) {
              assert.ok(asks < MOST_ASKS, `still asking after ${MOST_ASKS} requests`);
              assert.ok(!ask.burst || asking === withOptions, 'a burst that was not chosen');
              assert.ok(!ask.burst || ask.purpose === 'rate-check', ask.purpose);
              assert.ok(requestsOf(ask) >= 1 && requestsOf(ask) <= MOST_REPEATS);
              for (let sent = requestsOf(ask); sent > 0; sent--)
                done.push(answer(done.length, ask.form, ask.purpose));
            }
            assertWhole(asking.judge(done));
          },
        ),
        { numRuns: 500 },
      );
    });

    it('law 8: fields stand in wire order, do not overlap and cover the payload, whatever it holds', () => {
      const shown = [
        ...payloads,
        ...distinct(own.map(({ request }) => request)),
        ...definition.emulatedServers.flatMap((emulated) =>
          forms.flatMap((form) => emulated.reply(form.encode(1))),
        ),
        ...others.map(({ request }) => request),
      ];
      for (const payload of shown) assertDissects(probe, payload);
      // Many a server sends a hundred alike.
      for (const payload of spread(shown, 50))
        for (const length of truncations(payload.length)) assertDissects(probe, payload.subarray(0, length));
      fc.assert(
        fc.property(fc.constantFrom(...shown), fc.nat(), fc.nat(7), (payload, at, bit) => {
          assertDissects(probe, flipped(payload, at % Math.max(1, payload.length), bit));
        }),
        { numRuns: 2000 },
      );
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 600 }), (payload) => {
          assertDissects(probe, payload);
        }),
        { numRuns: 2000 },
      );
    });

    it('law 9: nothing takes long, whatever a datagram is full of and whatever it claims to hold', () => {
      const subject = subjects.find((each) => each.probe.id === definition.id);
      assert.ok(subject);
      const random = randomFrom(1);
      for (let i = 0; i < BOMBS; i++) {
        const { payload, request, about } = bomb(subject.own, random);
        for (const { name, run } of callsOf(subject.probe, payload, request)) {
          const times = timesLimit(run, payload.length, limitOf);
          assert.ok(times <= 1, `${name} takes ${times.toFixed(1)} times the limit: ${about}`);
        }
      }
    });

    it('has an emulated server that is an exposure and one that is none, each with its own name', () => {
      const names = definition.emulatedServers.map(({ name }) => name);
      assert.equal(new Set(names).size, names.length);
      for (const { about } of definition.emulatedServers) assert.notEqual(about.trim(), '');
      const kinds = definition.emulatedServers.map(
        (emulated) => probe.judge(interview(probe, emulated).exchanges).kind,
      );
      assert.ok(kinds.includes('exposure'), kinds.join());
      assert.ok(kinds.includes('refusal') || kinds.includes('nothing'), kinds.join());
    });

    it('has emulated servers that any bytes leave standing', () => {
      fc.assert(
        fc.property(
          fc.constantFrom(...definition.emulatedServers),
          fc.oneof(
            fc.uint8Array({ maxLength: 100 }),
            fc
              .tuple(fc.constantFrom(...own.map(({ request }) => request)), fc.nat(), fc.nat(7))
              .map(([request, at, bit]) => flipped(request, at % Math.max(1, request.length), bit)),
          ),
          (emulated, bytes) => {
            for (const payload of emulated.reply(bytes)) assert.ok(payload.length <= 65_507, emulated.name);
          },
        ),
        { numRuns: 2000 },
      );
    });

    it('has emulated servers that answer a captured request with as many datagrams of the same sizes', () => {
      const mirrored = expectations.filter(({ emulated }) => emulated !== undefined);
      assert.ok(mirrored.length > 0, 'no capture names its emulated server');
      for (const { capture, emulated } of mirrored) {
        const server = definition.emulatedServers.find(({ name }) => name === emulated);
        assert.ok(server, `no emulated server ${emulated ?? ''}`);
        const sizes = server.reply(capture.request).map(({ length }) => length);
        assert.deepEqual(sizes, capture.sizes, `${server.name} <- ${nameOf(capture)}`);
      }
    });
  });
}

function build(definition: ProbeDefinition, settings: unknown, chosen?: ReadonlySet<string>): Probe {
  return definition.build(definition.settings?.schema.parse(settings), chosen);
}

function flagsOf({ options = [] }: ProbeDefinition): ReadonlySet<string> {
  return new Set(options.map(({ flag }) => flag));
}

/** The sweep forms and every further form that some server's behaviour makes the probe ask. */
function formsOf(
  probe: Probe,
  { emulatedServers }: ProbeDefinition,
): readonly [RequestForm, ...RequestForm[]] {
  const further = [...emulatedServers, SILENT].flatMap((server) =>
    interview(probe, server).asks.map(({ form }) => form),
  );
  return [...probe.sweepForms, ...further];
}

function nonceOf(probe: Probe): fc.Arbitrary<number> {
  return fc.nat(2 ** (probe.nonce?.bits ?? 30) - 1);
}

function distinct(payloads: readonly Uint8Array[]): readonly Uint8Array[] {
  return [...new Map(payloads.map((payload) => [Buffer.from(payload).toString('latin1'), payload])).values()];
}

/** The request that a captured response answered. */
function requestByResponse(all: readonly Capture[]): (payload: Uint8Array) => Uint8Array {
  const requests = new Map(
    all.flatMap(({ request, responses }) => responses.map((payload) => [payload, request] as const)),
  );
  return (payload) => {
    const request = requests.get(payload);
    assert.ok(request, 'no captured response');
    return request;
  };
}

function readingsOf(probe: Probe) {
  return ({ request, responses }: Capture): readonly Reading[] =>
    responses.map((payload) => probe.read(payload, request));
}

/** Whether these bytes hold the value somewhere, its surplus leading bits aside, or its digits, in a protocol of text. */
function holdsNumber(bytes: Uint8Array, value: number, bits: number): boolean {
  const width = Math.ceil(bits / 8);
  const digits = value.toString(16).padStart(2 * width, '0');
  if (Buffer.from(bytes).toString('latin1').includes(digits)) return true;
  return bytes.some((_, at) => {
    if (at + width > bytes.length) return false;
    return Buffer.from(bytes).readUIntBE(at, width) % 2 ** bits === value;
  });
}

/** All lengths; of long payloads the first 256, the last 16 and every 97th in between. */
function truncations(length: number): readonly number[] {
  const all = Array.from({ length }, (_, i) => i);
  return length <= 1500 ? all : all.filter((i) => i < 256 || i >= length - 16 || i % 97 === 0);
}

/** All bytes; of long payloads the first 64 and the last 16. */
function flippedBytes(length: number): readonly number[] {
  const all = Array.from({ length }, (_, i) => i);
  return length <= 80 ? all : all.filter((i) => i < 64 || i >= length - 16);
}

function flipped(payload: Uint8Array, at: number, bit: number): Uint8Array {
  const copy = Uint8Array.from(payload);
  copy[at] = (copy[at] ?? 0) ^ (1 << bit);
  return copy;
}

function assertReads(probe: Probe, payload: Uint8Array, request: Uint8Array): void {
  const reading = probe.read(payload, request);
  if (reading.kind === 'answer')
    for (const fact of Object.values(reading.facts))
      assert.ok(['string', 'number', 'boolean'].includes(typeof fact));
  else assert.notEqual(reading.kind === 'refusal' ? reading.reason : reading.why, '');
  const value = probe.nonce?.echoed(payload);
  if (value !== undefined)
    assert.ok(
      Number.isInteger(value) && value >= 0 && value < 2 ** (probe.nonce?.bits ?? 0),
      `nonce ${value}`,
    );
}

function assertDissects(probe: Probe, payload: Uint8Array): void {
  let end = 0;
  for (const { at, bytes, name, value } of probe.dissect(payload)) {
    assert.equal(at, end, `${name} at ${at}`);
    assert.ok(Number.isInteger(bytes) && bytes > 0, `${name} of ${bytes} bytes`);
    assert.notEqual(name, '');
    assert.equal(typeof value, 'string');
    end += bytes;
  }
  assert.equal(end, payload.length, Buffer.from(payload).toString('hex'));
}

/** At most so many, evenly from first to last. */
function spread<T>(all: readonly T[], most: number): readonly T[] {
  return all.filter(
    (_, i) => Math.floor((i * most) / all.length) !== Math.floor(((i - 1) * most) / all.length),
  );
}

function assertJudgement(judgement: Judgement, expected: Expected): void {
  assert.equal(judgement.kind, expected.kind, JSON.stringify(judgement));
  assertWhole(judgement);
  if (expected.reason !== undefined)
    assert.equal(judgement.kind === 'refusal' ? judgement.reason : undefined, expected.reason);
  if (expected.tags)
    assert.deepEqual(judgement.kind === 'exposure' ? judgement.tags : undefined, expected.tags);
  for (const [name, fact] of Object.entries(expected.facts ?? {}))
    assert.equal(judgement.kind === 'exposure' ? judgement.facts?.[name] : undefined, fact, name);
}

/** What the reports rely on. */
function assertWhole(judgement: Judgement): void {
  if (judgement.kind === 'refusal') assert.notEqual(judgement.reason, '');
  if (judgement.kind !== 'exposure') return;
  assert.equal(new Set(judgement.tags).size, judgement.tags.length);
  for (const tag of judgement.tags) assert.match(tag, /^[a-z0-9]+(-[a-z0-9]+)*$/);
  for (const [name, fact] of Object.entries(judgement.facts ?? {})) {
    assert.match(name, /^[a-zA-Z][a-zA-Z0-9_]*$/);
    if (typeof fact === 'number') assert.ok(Number.isFinite(fact), name);
  }
}

function assertSums({ sent, received }: Exchange, capture: Capture): void {
  const { figures } = capture;
  assert.equal(sent.payloadBytes, figures.request_bytes, nameOf(capture));
  assert.equal(received.datagrams, figures.response_datagrams, nameOf(capture));
  assert.equal(received.payloadBytes, figures.response_bytes, nameOf(capture));
  if (figures.wire_measured === false) return;
  assert.equal(sent.wireBytes, figures.wire_request, nameOf(capture));
  assert.equal(received.wireBytes, figures.wire_response, nameOf(capture));
  if (figures.ip_frames !== undefined) assert.equal(received.ipPackets, figures.ip_frames, nameOf(capture));
}

function nameOf({ file, label }: Capture): string {
  return `${file}, ${label}`;
}
