import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Field, Probe } from '../../probes/probe.js';
import { describeExchange as partsOf } from '../../src/commands/inspection/describe-inspection.js';
import { inspectionRecord, outcomeOf } from '../../src/commands/inspection/inspection.js';
import { jsonChunks, lazily } from '../../src/commands/inspection/json-chunks.js';
import { ipv4 } from '../../src/domain/address.js';
import type { ObservedExchange } from '../../src/measure/measure-responder.js';
import { exchangeWith } from '../probes/exchanges.js';
import { probeDouble } from '../probe-double.js';

function describeExchange(...given: Parameters<typeof partsOf>): string {
  return [...partsOf(...given)].join('');
}

const HOST = ipv4(0x7f00_0005);
/** A kind, a third party's address and a text behind them. */
const PROBE: Probe = {
  ...probeDouble({ id: 'double-shown', hasNonce: false, forms: 1 }),
  dissect: (payload): readonly Field[] => [
    { at: 0, bytes: 1, name: 'kind', value: String.fromCharCode(payload[0] ?? 0) },
    ...(payload.length < 5
      ? []
      : [
          { at: 1, bytes: 4, name: 'remote address', value: '192.0.2.1', masked: true } as const,
          { at: 5, bytes: payload.length - 5, name: 'text', value: 'seen\u001b[2Jby '.repeat(30) },
        ]),
  ],
};
const SELECTED = { probe: PROBE, port: 4242, options: [] };
const ANSWER = Uint8Array.of(0x41, 192, 0, 2, 1, ...Array.from({ length: 395 }, (_, i) => i));

describe('an inspected exchange', () => {
  it('stands there field by field with its bytes, the first replies in full and the rest in sum', () => {
    const lines = describeExchange(SELECTED, answered(100), { number: 3, all: false }).split('\n');
    assert.match(
      lines[1] ?? '',
      /^ {2}request 3: form 0 \(measure\), 2 bytes, 1970-01-01T00:00:00\.000Z from port 5$/,
    );
    assert.match(lines[2] ?? '', /^ {4}0000 {2}51 +kind +Q$/);
    assert.match(lines[3] ?? '', /^ {2}reply 1 of 100: 400 bytes after 1\.0 ms: answer: length 400$/);
    assert.ok(lines.includes('  replies 3 to 100: 400 bytes each; --all shows them, --json too'));
    assert.ok(
      lines.some((line) =>
        line.startsWith('  in all 100 datagrams, 40000 bytes, the last after 100.0 ms: 20000.00x'),
      ),
      lines.at(-2),
    );
  });

  it('keeps to 100 columns, and no control character of a server reaches the terminal', () => {
    for (const all of [false, true]) {
      const text = describeExchange(SELECTED, answered(3), { number: 1, all });
      for (const line of text.split('\n')) assert.ok(line.length <= 100, line);
      assert.ok(!text.includes('\u001b'));
    }
  });

  it('is cut after sixty lines of one datagram, and its long names too; --all shows the lines', () => {
    const probe: Probe = {
      ...PROBE,
      dissect: (payload) =>
        Array.from(payload, (byte, at) => ({ at, bytes: 1, name: 'a name '.repeat(9), value: `${byte}` })),
    };
    const text = (all: boolean): string =>
      describeExchange({ ...SELECTED, probe }, answered(1), { number: 1, all });
    assert.match(text(false), /^ {4}… 340 lines more; --all shows them$/m);
    assert.equal(text(true).split('\n').length - text(false).split('\n').length, 339);
    for (const line of text(true).split('\n')) assert.ok(line.length <= 100, line);
  });

  it('shows every byte of every reply with --all', () => {
    const text = describeExchange(SELECTED, answered(3), { number: 1, all: true });
    assert.match(text, /reply 3 of 3/);
    assert.doesNotMatch(text, /more of it|--all/);
    // Offsets in steps of eight, from the text's first byte to its last.
    for (const offset of ['0005', '000d', '018d']) assert.match(text, new RegExp(`^ {4}${offset} {2}`, 'm'));
  });

  it("shows no third party's address, neither its value nor its bytes, in the text and in the JSON", () => {
    const shown = describeExchange(SELECTED, answered(1), { number: 1, all: true });
    const outcome = outcomeOf(SELECTED, [answered(1)]);
    const record = inspectionRecord({ selected: SELECTED, exchanges: [answered(1)], outcome }, HOST);
    const json = [...jsonChunks(record)].join('');
    for (const text of [shown, json]) {
      assert.match(text, /remote address/);
      assert.match(text, /xx ?xx ?xx ?xx/);
      assert.doesNotMatch(text, /192\.0\.2\.1|c0 ?00 ?02 ?01/);
    }
  });
});

describe('JSON in parts', () => {
  it('is the text of the whole, whatever lies in its lists', () => {
    const list = (items: readonly object[]): Generator<object> => lazily(items, (item) => item);
    const inner = [
      { a: 1, text: 'line\nfeed "quoted"' },
      { none: undefined, list: [1, [], {}] },
    ];
    const lazy = {
      head: { x: [1, 2] },
      gone: undefined,
      outer: list([{ inner: list(inner), last: null }, {}]),
      none: list([]),
    };
    const whole = { head: { x: [1, 2] }, outer: [{ inner, last: null }, {}], none: [] };
    assert.equal([...jsonChunks(lazy)].join(''), JSON.stringify(whole, undefined, 2));
  });
});

describe('the outcome of an inspection', () => {
  it('is an exposure with its severity where the answers show one', () => {
    const outcome = outcomeOf(SELECTED, [answered(100)]);
    assert.equal(outcome.kind === 'exposure' && outcome.severity.level, 'critical');
  });

  it('is silence, a closed port or nothing sent where nothing came back, each for what it is', () => {
    const silent = answered(0);
    const failed = (sendError: string): ObservedExchange => ({
      ...silent,
      exchange: { ...silent.exchange, end: 'unsent', sendError },
    });
    assert.equal(outcomeOf(SELECTED, [silent]).kind, 'silent');
    const closed: ObservedExchange = { ...silent, exchange: { ...silent.exchange, end: 'closed' } };
    assert.equal(outcomeOf(SELECTED, [silent, closed]).kind, 'closed');
    assert.deepEqual(outcomeOf(SELECTED, [failed('ENETUNREACH')]), {
      kind: 'unsent',
      reason: 'nothing was sent: ENETUNREACH',
    });
    assert.equal(outcomeOf(SELECTED, []).kind, 'unsent');
  });
});

function answered(datagrams: number): ObservedExchange {
  const [form] = PROBE.sweepForms;
  const request = form.encode(0);
  const payloads = Array.from({ length: datagrams }, () => ANSWER);
  const replies = payloads.map((payload) => ({
    payloadBytes: payload.length,
    reading: PROBE.read(payload, request),
  }));
  const exchange = {
    ...exchangeWith({ form: form.name, request, replies }),
    responder: { address: HOST, port: 4242 },
  };
  return { exchange, payloads, localPort: 5 };
}
