import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Family } from '../../src/domain/address.js';
import type { Exchange, Reply, Traffic } from '../../src/domain/exchange.js';
import {
  addPayloads,
  addTraffic,
  answersIn,
  lastReplyMs,
  NO_PAYLOADS,
  NO_TRAFFIC,
  receivedWithin,
  refusalsIn,
  trafficOf,
  wasStillSending,
} from '../../src/domain/exchange.js';
import { repositoryRoot } from '../repository.js';
import { address, exchange } from '../reports/sample-run.js';

interface Figures {
  readonly request_bytes: number;
  readonly response_bytes: number;
  readonly response_datagrams: number;
  readonly sizes: readonly number[];
  readonly wire_request: number;
  readonly wire_response: number;
  /** IP packets that came back; older captures do not have it. */
  readonly ip_frames?: number;
  /** False where the frames were not captured but computed, or nothing came back. */
  readonly wire_measured?: boolean;
}

describe('the traffic of a datagram', () => {
  it('has the frames that every capture of a real server shows, request and responses', () => {
    let compared = 0;
    let fragmented = 0;
    for (const { name, figures } of capturedFigures()) {
      if (figures.wire_measured === false) continue;
      // Two variants were asked over IPv6.
      const family = name.includes('::1') ? 6 : 4;
      const received = sumOf(figures.sizes, family);
      assert.equal(
        trafficOf(figures.request_bytes, family).wireBytes,
        figures.wire_request,
        `${name}: request`,
      );
      assert.equal(received.wireBytes, figures.wire_response, `${name}: responses`);
      assert.equal(received.payloadBytes, figures.response_bytes, `${name}: payload`);
      assert.equal(received.datagrams, figures.response_datagrams, `${name}: datagrams`);
      if (figures.ip_frames !== undefined)
        assert.equal(received.ipPackets, figures.ip_frames, `${name}: IP packets`);
      compared++;
      if (received.ipPackets > received.datagrams) fragmented++;
    }
    assert.ok(compared >= 600, `only ${compared} captures compared`);
    assert.ok(fragmented >= 10, `only ${fragmented} of them fragmented`);
  });

  const table: readonly (readonly [
    family: 4 | 6,
    payload: number,
    packets: number,
    wire: number,
    why: string,
  ])[] = [
    [4, 0, 1, 64, 'an empty datagram is a smallest frame'],
    [4, 18, 1, 64, '46 bytes of IP packet and 18 of Ethernet are just 64'],
    [4, 19, 1, 65, 'one more byte is one more'],
    [4, 1472, 1, 1518, 'the largest datagram of one packet'],
    [4, 1473, 2, 1518 + 64, 'one byte more is a second fragment, padded'],
    [4, 2952, 2, 1518 + 1518, 'two full fragments of 1,480 bytes'],
    [4, 2953, 3, 1518 + 1518 + 64, 'and a third'],
    [4, 65_507, 45, 44 * 1518 + 20 + 395 + 18, 'the largest datagram there is'],
    [6, 0, 1, 66, '48 bytes of IP packet'],
    [6, 1452, 1, 1518, 'the largest datagram of one packet'],
    [6, 1453, 2, 1514 + 48 + 13 + 18, 'pieces of 1,448 bytes behind 48 bytes of headers'],
    [6, 2888, 2, 1514 + 1514, 'two full pieces'],
    [
      6,
      2892,
      3,
      1514 + 1514 + 48 + 4 + 18,
      'a last piece of 1,452 is cut at 1,448 too, as seen on a veth link',
    ],
  ];
  for (const [family, payload, packets, wire, why] of table) {
    it(`of ${payload} bytes over IPv${family} is ${packets} packets, ${wire} bytes: ${why}`, () => {
      assert.deepEqual(trafficOf(payload, family), {
        datagrams: 1,
        payloadBytes: payload,
        ipPackets: packets,
        wireBytes: wire,
      });
    });
  }

  it('never shrinks when the payload grows, and no frame is longer than 1,518 bytes or shorter than 64', () => {
    for (const family of [4, 6] as const) {
      let before = NO_TRAFFIC;
      for (let payload = 0; payload <= 9000; payload++) {
        const traffic = trafficOf(payload, family);
        assert.ok(
          traffic.wireBytes >= before.wireBytes && traffic.ipPackets >= before.ipPackets,
          `${payload}`,
        );
        assert.ok(
          traffic.wireBytes <= traffic.ipPackets * 1518 && traffic.wireBytes >= traffic.ipPackets * 64,
        );
        before = traffic;
      }
    }
  });

  it('adds up in any order', () => {
    const traffic = fc.integer({ min: 0, max: 65_507 }).map((bytes) => trafficOf(bytes, 4));
    fc.assert(
      fc.property(traffic, traffic, traffic, (a, b, c) => {
        assert.deepEqual(addTraffic(addTraffic(a, b), c), addTraffic(c, addTraffic(b, a)));
        assert.deepEqual(addTraffic(a, NO_TRAFFIC), a);
      }),
    );
  });
});

describe('what an exchange keeps', () => {
  const answers = (...afterMs: readonly (number | undefined)[]): readonly Reply[] =>
    afterMs.map((ms) => ({
      ...(ms !== undefined && { afterMs: ms }),
      payloadBytes: 1500,
      reading: { kind: 'answer', facts: { ms: ms ?? -1 } },
    }));
  const of = (more: Partial<Exchange>): Exchange => exchange('192.0.2.1', 53, Uint8Array.of(1), [1500], more);

  it('are answers and refusals apart, each in order, and of what no reader knows neither', () => {
    const replies: readonly Reply[] = [
      { payloadBytes: 1, reading: { kind: 'refusal', reason: 'refused' } },
      { payloadBytes: 1, reading: { kind: 'answer', facts: { first: true } } },
      { payloadBytes: 1, reading: { kind: 'unrecognised', why: 'short' } },
      { payloadBytes: 1, reading: { kind: 'refusal', reason: 'servfail', transient: true } },
      { payloadBytes: 1, reading: { kind: 'answer', facts: { first: false } } },
    ];
    assert.deepEqual(answersIn(of({ replies })), [{ first: true }, { first: false }]);
    assert.deepEqual(refusalsIn(of({ replies })), ['refused', 'servfail']);
  });

  it('tells what had come by a time, that millisecond included, in the frames of its family', () => {
    const replies = answers(1, 2000, 2001);
    const four = { datagrams: 2, payloadBytes: 3000, ipPackets: 4, wireBytes: 2 * (1518 + 66) };
    assert.deepEqual(receivedWithin(of({ replies }), 2000), four);
    assert.deepEqual(receivedWithin(of({ replies }), 0), NO_TRAFFIC);
    const responder = { address: address('2001:db8::1'), port: 53 };
    const six = { ...four, wireBytes: 2 * (1514 + 48 + 60 + 18) };
    assert.deepEqual(receivedWithin(of({ replies, responder }), 2000), six);
    assert.deepEqual(receivedWithin(of({ replies: answers(undefined) }), 2000), NO_TRAFFIC);
    const silent = exchange('2001:db8::1', 53, Uint8Array.of(1), []);
    assert.deepEqual(receivedWithin(silent, 2000), NO_TRAFFIC);
  });

  it('tells nothing of times where it was seen in the sweep, which keeps none', () => {
    assert.equal(receivedWithin(of({ seenIn: 'sweep', replies: answers(undefined) }), 2000), undefined);
    assert.equal(lastReplyMs(of({ replies: answers(undefined) })), undefined);
    assert.equal(lastReplyMs(of({ replies: [] })), undefined);
    assert.equal(lastReplyMs(of({ replies: answers(1, 5, 7.5) })), 7.5);
    assert.equal(wasStillSending(of({ end: 'capped', replies: answers(undefined), listenedMs: 0 })), false);
  });

  it('was still sending where the cap left it no longer than its longest interval', () => {
    for (const [end, times, listenedMs, expected] of [
      ['capped', [0, 3000, 4000], 7000, true],
      ['capped', [0, 3000, 4000], 7001, false],
      ['quiet', [0, 3000, 4000], 4500, false],
      ['capped', [4000], 4000, true],
      ['capped', [4000], 4001, false],
      ['capped', [], 4000, false],
      ['capped', [0, 3000], undefined, false],
    ] as const) {
      const whole = of({ end, replies: answers(...times), ...(listenedMs !== undefined && { listenedMs }) });
      assert.equal(wasStillSending(whole), expected, `${end} ${times.join()} ${String(listenedMs)}`);
    }
  });

  it('adds what is part of no figure, datagrams and bytes apart', () => {
    const sum = addPayloads({ datagrams: 1, payloadBytes: 20 }, { datagrams: 3, payloadBytes: 400 });
    assert.deepEqual(sum, { datagrams: 4, payloadBytes: 420 });
    assert.deepEqual(addPayloads(sum, NO_PAYLOADS), sum);
  });
});

function sumOf(sizes: readonly number[], family: Family): Traffic {
  return sizes.map((size) => trafficOf(size, family)).reduce(addTraffic, NO_TRAFFIC);
}

function capturedFigures(): readonly { readonly name: string; readonly figures: Figures }[] {
  const folder = join(repositoryRoot, 'test', 'captures');
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .flatMap((file) => {
      const capture = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
        readonly metrics?: Figures;
        readonly variants?: readonly (Figures & { readonly label: string })[];
      };
      if (capture.metrics === undefined) return [];
      return [
        { name: file, figures: capture.metrics },
        ...(capture.variants ?? []).map((figures) => ({ name: `${file} ${figures.label}`, figures })),
      ];
    });
}
