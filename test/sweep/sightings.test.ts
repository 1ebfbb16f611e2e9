import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Address } from '../../src/domain/address.js';
import { ipv4, ipv6 } from '../../src/domain/address.js';
import type { Reading } from '../../src/domain/exchange.js';
import { addTraffic, trafficOf } from '../../src/domain/exchange.js';
import { isLowerBound } from '../../src/domain/factors.js';
import { standIn, standInNumber } from '../../src/domain/stand-in.js';
import type { AttributedReply, Sighting } from '../../src/sweep/sightings.js';
import { exchangeOfSighting, nextGeneration, sightingAfter } from '../../src/sweep/sightings.js';

const HOST = ipv4(0x0a00_0005);
const OTHER = ipv4(0x0a00_0006);
const THIRD = ipv4(0x0a00_0007);
const ANSWER: Reading = { kind: 'answer', facts: {} };
const REFUSAL: Reading = { kind: 'refusal', reason: 'refused' };
const UNRECOGNISED: Reading = { kind: 'unrecognised', why: 'noise' };
const REQUEST = Uint8Array.of(1, 2);

describe('the first reply to a request', () => {
  it('makes a sighting: what was asked, which host answered, what it says, and the sums of one datagram', () => {
    assert.deepEqual(after(reply({ form: 1, bytes: 100, port: 4242, at: 5030, agoMs: [30], probe: 3 })), {
      probed: HOST,
      probe: 3,
      generation: 0,
      forms: new Set([1]),
      form: 1,
      request: REQUEST,
      tookMs: 30,
      firstReading: ANSWER,
      firstPayloadBytes: 100,
      responder: HOST,
      responderPort: 4242,
      firstSeenAt: 5030,
      firstReplyMs: 30,
      ...trafficOf(100, 4),
      offPathDatagrams: 0,
      offPathBytes: 0,
    });
  });

  it('proves nothing where another address than the asked one sends what no reader knows', () => {
    for (const [from, reading, isSeen] of [
      [HOST, UNRECOGNISED, true],
      [OTHER, ANSWER, true],
      [OTHER, REFUSAL, true],
      [OTHER, UNRECOGNISED, false],
    ] as const)
      assert.equal(sightingAfter(undefined, reply({ from, reading })) !== undefined, isSeen);
  });
});

describe('a further reply', () => {
  const first = reply({ bytes: 100 });

  it('of the responder to the same request is in the sums', () => {
    const seen = after(first, reply({ bytes: 50 }), reply({ bytes: 2000 }));
    assert.deepEqual(
      sumsOf(seen),
      [trafficOf(100, 4), trafficOf(50, 4), trafficOf(2000, 4)].reduce(addTraffic),
    );
    assert.equal(seen.firstPayloadBytes, 100);
  });

  it('to another form is noted, and to another request of the same form as well, and neither is in the sums', () => {
    for (const [other, forms] of [
      [{ form: 1 }, [0, 1]],
      [{ request: Uint8Array.of(1, 3) }, [0]],
    ] as const) {
      const seen = after(first, reply({ bytes: 50, ...other }));
      assert.deepEqual(sumsOf(seen), trafficOf(100, 4));
      assert.deepEqual([[...seen.forms], seen.form], [forms, 0]);
    }
  });

  it('of another address is counted apart, whatever it says', () => {
    for (const reading of [ANSWER, UNRECOGNISED]) {
      const seen = after(
        first,
        reply({ bytes: 50, from: OTHER, reading }),
        reply({ bytes: 7, from: THIRD, form: 1 }),
      );
      assert.deepEqual(sumsOf(seen), trafficOf(100, 4));
      assert.deepEqual([seen.offPathDatagrams, seen.offPathBytes, seen.responder], [2, 57, HOST]);
      assert.deepEqual([...seen.forms], [0, 1]);
    }
  });

  it('is not read where what it says decides nothing', () => {
    const unread = {
      ...reply({ bytes: 50 }),
      read: () => assert.fail('it was read'),
    };
    assert.equal(after(first, unread).datagrams, 2);
  });
});

describe('a better reply takes the place of the first', () => {
  type Seen = readonly [generation: number, responder: Address, payloadBytes: number, offPathBytes: number];
  const cases: readonly (readonly [claim: string, replies: readonly AttributedReply[], expected: Seen])[] = [
    [
      'where that was of no protocol: of the same host it keeps the sums',
      [reply({ bytes: 100, reading: UNRECOGNISED }), reply({ bytes: 60 })],
      [1, HOST, 160, 0],
    ],
    [
      'where that was of no protocol and answered another request: its sums begin anew, and nothing is off-path',
      [reply({ bytes: 100, reading: UNRECOGNISED }), reply({ bytes: 60, form: 1 })],
      [1, HOST, 60, 0],
    ],
    [
      'where that was of no protocol: of another host it leaves the first off-path',
      [reply({ bytes: 100, reading: UNRECOGNISED }), reply({ bytes: 60, from: OTHER })],
      [1, OTHER, 60, 100],
    ],
    [
      'where another host was quicker than the asked one, with an answer or a refusal',
      [
        reply({ bytes: 100, from: OTHER }),
        reply({ bytes: 7, from: THIRD }),
        reply({ bytes: 60, reading: REFUSAL }),
      ],
      [1, HOST, 60, 107],
    ],
    [
      'but not where the asked host then sends what no reader knows',
      [reply({ bytes: 100, from: OTHER }), reply({ bytes: 60, reading: UNRECOGNISED })],
      [0, OTHER, 100, 60],
    ],
    [
      'but not a refusal of the same host: an answer after it is in its sums',
      [reply({ bytes: 100, reading: REFUSAL }), reply({ bytes: 60 })],
      [0, HOST, 160, 0],
    ],
    [
      'but not where more of no protocol comes',
      [reply({ bytes: 100, reading: UNRECOGNISED }), reply({ bytes: 60, reading: UNRECOGNISED })],
      [0, HOST, 160, 0],
    ],
  ];
  for (const [claim, replies, expected] of cases)
    it(claim, () => {
      const { generation, responder, payloadBytes, offPathBytes } = after(...replies);
      assert.deepEqual([generation, responder, payloadBytes, offPathBytes], expected);
    });

  it('and keeps the forms that were answered and the slowest reply', () => {
    const seen = after(
      reply({ form: 0, from: OTHER, agoMs: [700] }),
      reply({ form: 1, agoMs: [20], bytes: 60, reading: REFUSAL, at: 9 }),
    );
    assert.deepEqual([[...seen.forms], seen.form, seen.tookMs], [[0, 1], 1, 700]);
    assert.deepEqual([seen.firstReading, seen.firstPayloadBytes, seen.firstSeenAt], [REFUSAL, 60, 9]);
    assert.deepEqual([seen.firstReplyMs, seen.offPathDatagrams], [20, 1]);
    assert.equal(nextGeneration(seen), 2);
    assert.equal(nextGeneration(undefined), 0);
  });
});

describe('how long the slowest reply took', () => {
  for (const [claim, ago, tookMs, firstReplyMs] of [
    ['is the time since its request', [[40]], 40, 40],
    ['is that of the slowest form', [[40], [90], [60]], 90, 40],
    [
      'is the longest that is waited for, where it may answer several requests',
      [[40, 15_000, 15_001]],
      15_000,
      undefined,
    ],
    ['is no more than is waited for', [[15_001]], 15_000, 15_001],
    ['is that, too, where it is not known when the request left', [[]], 15_000, undefined],
  ] as const)
    it(claim, () => {
      const passes = [...(ago[0].length > 1 ? [0, 1, 2] : [0])];
      const seen = after(...ago.map((agoMs, form) => reply({ form, agoMs, passes })));
      assert.deepEqual([seen.tookMs, seen.firstReplyMs], [tookMs, firstReplyMs]);
    });

  it('is told by the first reply to each form, and no other is asked for it', () => {
    const again = { ...reply({}), agoMs: () => assert.fail('it was asked for') };
    assert.equal(after(reply({ agoMs: [40] }), again).tookMs, 40);
    const ofOther = { ...reply({ from: OTHER, form: 1, agoMs: [90] }) };
    assert.equal(after(reply({ agoMs: [40] }), ofOther).tookMs, 90);
  });
});

describe('replies that may answer the requests of several passes', () => {
  const passes = [0, 1];

  it('stay undivided, and the largest is known', () => {
    const sizes = [40, 100, 60];
    const seen = after(...sizes.map((bytes) => reply({ bytes, passes })));
    assert.deepEqual(seen.undivided, { requests: 2, largestPayloadBytes: 100 });
    assert.equal(seen.payloadBytes, 200);
  });

  it('stay undivided where an answer takes the place of what was of no protocol', () => {
    const noise = reply({ bytes: 100, passes, reading: UNRECOGNISED });
    assert.deepEqual(after(noise, reply({ bytes: 60, passes })).undivided, {
      requests: 2,
      largestPayloadBytes: 100,
    });
    const fromOther = after(noise, reply({ bytes: 60, from: OTHER, passes: [1] }));
    assert.equal(fromOther.undivided, undefined, 'but not with those of another host');
  });

  it('are those of the first pass where the host was known before the second: no further pass asks it', () => {
    assert.equal(after(reply({ passes: [0] }), reply({ passes })).undivided, undefined);
  });
});

describe('a responder outside the scope, of which an earlier session kept a stand-in,', () => {
  it('is known again, and another address is told from it', () => {
    const outside = ipv4(0x0b00_0001);
    const [same, another] = [0, 1].map((more) => standIn((standInNumber(outside, HOST) + more) % 16, 4));
    assert.ok(same !== undefined && another !== undefined);
    for (const [responder, datagrams] of [
      [same, 2],
      [another, 1],
    ] as const) {
      const kept = { ...after(reply({ from: outside })), responder };
      assert.equal(sightingAfter(kept, reply({ from: outside }))?.datagrams, datagrams);
    }
  });
});

describe('a sighting as an exchange', () => {
  const how = { formName: 'form 0', sent: trafficOf(2, 4) };

  it('has the sums of all datagrams, the first reply only, and what came from elsewhere', () => {
    const seen = after(
      reply({ bytes: 100, at: 5030, agoMs: [30], port: 77 }),
      reply({}),
      reply({ bytes: 9, from: OTHER }),
    );
    assert.deepEqual(exchangeOfSighting(seen, how), {
      form: 'form 0',
      purpose: 'measure',
      seenIn: 'sweep',
      request: REQUEST,
      requestedAt: 5000,
      end: 'quiet',
      sent: trafficOf(2, 4),
      received: sumsOf(seen),
      replies: [{ payloadBytes: 100, reading: ANSWER }],
      responder: { address: HOST, port: 77 },
      offPath: { datagrams: 1, payloadBytes: 9 },
      caveats: [],
    });
  });

  it('has no time of its request where that is not known, and the AS of a responder that is only a stand-in', () => {
    const seen = after(reply({ agoMs: [] }));
    assert.equal('requestedAt' in exchangeOfSighting(seen, how), false);
    const { responder } = exchangeOfSighting({ ...seen, responderOrigin: { asn: 64496 } }, how);
    assert.deepEqual(responder?.origin, { asn: 64496 });
  });

  it('says what stands between its figure and the truth', () => {
    const seen = after(reply({}));
    for (const [sighting, more, caveats, isLower] of [
      [seen, {}, [], false],
      [{ ...seen, responder: OTHER }, {}, ['off-address'], false],
      [seen, { isLate: true }, ['late'], false],
      [seen, { lostReplies: true }, ['lossy'], true],
      [after(reply({ passes: [0, 1] })), {}, ['undivided'], true],
    ] as const) {
      const exchange = exchangeOfSighting(sighting, { ...how, ...more });
      assert.deepEqual(exchange.caveats, caveats);
      assert.equal(isLowerBound(exchange), isLower);
    }
  });

  it('where nothing tells the replies of several requests apart has the largest datagram, or an equal share', () => {
    for (const [probed, sizes, received] of [
      [HOST, [100, 40], trafficOf(100, 4)],
      [HOST, [100, 40, 101], { datagrams: 2, payloadBytes: 121, ipPackets: 2, wireBytes: 190 }],
      [ipv6(1n), [2000, 1], trafficOf(2000, 6)],
    ] as const) {
      const seen = after(...sizes.map((bytes) => reply({ probed, from: probed, bytes, passes: [0, 1] })));
      assert.deepEqual(exchangeOfSighting(seen, how).received, received);
    }
  });
});

/** A reply of 60 bytes of the asked host to its only request, after 30 ms, unless said otherwise. */
function reply({
  probe = 0,
  probed = HOST,
  form = 0,
  request = REQUEST,
  from = HOST,
  port = 4242,
  bytes = 60,
  at = 1000,
  passes = [0],
  agoMs = [30],
  reading = ANSWER,
}: Partial<Omit<AttributedReply, 'agoMs' | 'read' | 'traffic'>> & {
  readonly bytes?: number;
  readonly agoMs?: readonly number[];
  readonly reading?: Reading;
}): AttributedReply {
  const traffic = trafficOf(bytes, typeof probed === 'number' ? 4 : 6);
  return {
    probe,
    probed,
    form,
    request,
    from,
    port,
    traffic,
    at,
    passes,
    agoMs: () => agoMs,
    read: () => reading,
  };
}

/** What is known after these replies. */
function after(...replies: readonly AttributedReply[]): Sighting {
  const seen = replies.reduce<Sighting | undefined>(sightingAfter, undefined);
  assert.ok(seen !== undefined);
  return seen;
}

function sumsOf({ datagrams, payloadBytes, ipPackets, wireBytes }: Sighting): object {
  return { datagrams, payloadBytes, ipPackets, wireBytes };
}
