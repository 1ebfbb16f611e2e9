import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Address, Family, Range } from '../../src/domain/address.js';
import { familyOf, formatAddress, ipv4, ipv6, subnetOf } from '../../src/domain/address.js';
import { trafficOf } from '../../src/domain/exchange.js';
import { isLowerBound } from '../../src/domain/factors.js';
import type { Key } from '../../src/sweep/keyed-permutation.js';
import type { Sighting } from '../../src/sweep/sightings.js';
import { exchangeOfSighting } from '../../src/sweep/sightings.js';
import type { Order } from '../../src/sweep/order.js';
import { createOrder } from '../../src/sweep/order.js';
import { createPacer, createReplyBudget } from '../../src/sweep/pacer.js';
import type { Discovery, DiscoveryStart } from '../../src/sweep/discovery.js';
import { createDiscovery } from '../../src/sweep/discovery.js';
import { silentIn } from '../../src/sweep/loss-spans.js';
import type { FakeClock } from '../fake-clock.js';
import { FAKE_EPOCH, createFakeClock } from '../fake-clock.js';
import { formOfRequest, probeDouble, replyDouble } from '../probe-double.js';

const KEY: Key = Uint32Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const PLAIN = probeDouble({ id: 'double-plain', hasNonce: false, forms: 1 });
const ECHOING = probeDouble({ id: 'double-echoing', hasNonce: true, forms: 2 });
const HOST = ipv4(0x0a00_0005);
const OFF_PATH = ipv4(0x0b00_0001);
const PORT = 4242;
/** 10.0.0.0/28. */
const SMALL: readonly Range[] = [{ first: ipv4(0x0a00_0000), last: ipv4(0x0a00_000f) }];

describe('a sweep sends', () => {
  it('every form to every address exactly once, each from its probe socket, and says how many', async () => {
    const world = await createWorld({
      ranges: [...SMALL, { first: ipv4(0x0a00_0200), last: ipv4(0x0a00_02ff) }],
    });
    assert.equal(await world.run(), 'finished');
    const asked = world.sends.map(({ to, probe, payload }) => `${to} ${probe} ${formOfRequest(payload)}`);
    assert.equal(asked.length, 272 * 3);
    assert.equal(new Set(asked).size, 272 * 3);
    assert.ok(world.sends.every(({ port }) => port === PORT));
    assert.deepEqual(world.sweep.counts().sent, [272, 544]);
    assert.deepEqual(world.sweep.counts().sentBytes, [272 * 2, 544 * 4]);
    assert.equal(world.sweep.position(), 272 * 3);
    assert.equal(await world.run(), 'finished');
    assert.equal(world.sends.length, 272 * 3);
  });

  it('what the guard refuses is counted apart, and the rest is not disturbed', async () => {
    const world = await createWorld({ refuses: (to) => Number(to) % 4 === 0 });
    await world.run();
    const { guarded, sent } = world.sweep.counts();
    assert.equal(guarded, 4 * 3);
    assert.deepEqual(sent, [12, 24]);
    assert.equal(world.sends.length, 36);
  });

  it('nothing more while so many sends are unfinished that the kernel does not keep up', async () => {
    const world = await createWorld({
      ranges: [{ first: ipv4(0x0a00_0000), last: ipv4(0x0a00_ffff) }],
      stalls: true,
    });
    const abort = new AbortController();
    const run = world.sweep.run({ untilMs: Infinity, signal: abort.signal });
    world.clock.at(60_000, () => {
      assert.equal(world.most(), 128);
      abort.abort();
      world.unstall();
    });
    assert.equal(await run, 'aborted');
    assert.equal(world.most(), 128);
  });
});

describe('what a sweep has asked', () => {
  it('is known since any moment, with what left in the twentieth of a second before', async () => {
    const world = await createWorld({ ranges: SMALL });
    const start = world.clock.monotonicMs();
    assert.deepEqual(world.sweep.askedSince(start), []);
    await world.run();
    const end = world.clock.monotonicMs();
    assert.deepEqual(world.sweep.askedSince(start), [{ from: 0, to: 48 }]);
    assert.deepEqual(world.sweep.askedSince(end + 1), []);
    const middle = world.sends[24]?.atMs ?? NaN;
    const [half] = world.sweep.askedSince(middle);
    assert.ok(half !== undefined && half.from <= 24 && half.to === 48, JSON.stringify(half));
  });
});

describe('a sweep can be stopped', () => {
  it('at a time, and goes on later where it was, without a second request to any host', async () => {
    const world = await createWorld({ ranges: [{ first: ipv4(0x0a00_0000), last: ipv4(0x0a00_00ff) }] });
    const signal = new AbortController().signal;
    const start = world.clock.monotonicMs();
    assert.equal(await world.sweep.run({ untilMs: start + 1000, signal }), 'paused');
    const position = world.sweep.position();
    assert.equal(world.sends.length, position);
    assert.ok(position > 190 && position <= 201, `${position} sent in a second at 200 a second`);
    assert.ok(world.clock.monotonicMs() <= start + 1000.001);
    await world.clock.sleep(3_600_000);
    assert.equal(await world.run(), 'finished');
    assert.equal(world.sends.length, 768);
    assert.equal(
      new Set(world.sends.map(({ to, payload, probe }) => `${to} ${probe} ${formOfRequest(payload)}`)).size,
      768,
    );
    const hour = world.sends.filter(
      ({ atMs }) => atMs > start + 3_600_000 && atMs < start + 3_601_000 + 1000,
    );
    assert.ok(hour.length <= 201, 'nothing is caught up');
  });

  it('at its time even while replies are being paid off', async () => {
    const world = await createWorld({ budgetBps: 1000 });
    const start = world.clock.monotonicMs();
    world.clock.at(start + 10, () => {
      world.deliver(0, new Uint8Array(1400), HOST, PORT);
    });
    assert.equal(
      await world.sweep.run({ untilMs: start + 500, signal: new AbortController().signal }),
      'paused',
    );
    assert.ok(world.clock.monotonicMs() < start + 501);
  });

  it('by a signal, in the middle of a wait, and sends nothing after it', async () => {
    const world = await createWorld({ rate: 1 });
    const abort = new AbortController();
    const start = world.clock.monotonicMs();
    world.clock.at(start + 2500, () => {
      abort.abort();
    });
    assert.equal(await world.sweep.run({ untilMs: Infinity, signal: abort.signal }), 'aborted');
    assert.equal(world.clock.monotonicMs(), start + 2500);
    assert.equal(world.sends.length, 3);
    assert.equal(await world.sweep.run({ untilMs: Infinity, signal: abort.signal }), 'aborted');
    assert.equal(world.sends.length, 3);
  });
});

describe('a reply without a nonce', () => {
  it('belongs to its sender when that was asked, from the port that was asked', async () => {
    const world = await createWorld();
    await world.run();
    world.deliver(0, bytes('A', 100), HOST, PORT);
    world.deliver(0, bytes('A', 50), HOST, PORT);
    const seen = world.sighting(0, HOST);
    assert.deepEqual(pick(seen), { responder: HOST, form: 0, datagrams: 2, payloadBytes: 150, offPath: 0 });
    assert.equal(seen.firstPayloadBytes, 100);
    assert.equal(seen.wireBytes, 146 + 96);
    assert.equal(seen.ipPackets, 2);
    assert.equal(seen.firstReading.kind, 'answer');
    assert.deepEqual(seen.request, PLAIN.sweepForms[0].encode(0));
    assert.equal(seen.firstSeenAt, FAKE_EPOCH + Math.floor(world.clock.monotonicMs()));
  });

  it('is unsolicited unread from another port, from an address outside, and before its sender was asked', async () => {
    const world = await createWorld({ rate: 1 });
    const abort = new AbortController();
    const start = world.clock.monotonicMs();
    world.clock.at(start + 100, () => {
      const [first] = world.sends;
      for (let host = 0; host < 16; host++) world.deliver(0, bytes('A', 20), ipv4(0x0a00_0000 + host), PORT);
      world.deliver(0, bytes('X', 20), first?.to ?? HOST, PORT + 1);
      world.deliver(0, bytes('A', 20), OFF_PATH, PORT);
      abort.abort();
    });
    await world.sweep.run({ untilMs: Infinity, signal: abort.signal });
    assert.equal(world.sends.length, 1);
    assert.equal(world.sweep.counts().unsolicitedDatagrams, 15 + 2);
    assert.equal(world.sweep.counts().receivedDatagrams, 18);
    assert.equal(world.sweep.counts().receivedBytes, 18 * 20);
    assert.equal(world.sweep.ledger.size, 1);
  });
});

describe('a reply with a nonce', () => {
  it('names address and form, from whatever port it comes', async () => {
    const world = await createWorld();
    await world.run();
    const request = world.requestTo(HOST, 1, 1);
    world.deliver(1, replyDouble('answer', request, 60), HOST, 33_000);
    const seen = world.sighting(1, HOST);
    assert.deepEqual(pick(seen), { responder: HOST, form: 1, datagrams: 1, payloadBytes: 60, offPath: 0 });
    assert.equal(seen.responderPort, 33_000);
    assert.deepEqual(seen.request, request);
    assert.deepEqual([...seen.forms], [1]);
  });

  it('from another address is a sighting of the address that was asked', async () => {
    const world = await createWorld();
    await world.run();
    world.deliver(1, replyDouble('answer', world.requestTo(HOST, 1, 0), 60), OFF_PATH, 53);
    const seen = world.sighting(1, HOST);
    assert.deepEqual(pick(seen), {
      responder: OFF_PATH,
      form: 0,
      datagrams: 1,
      payloadBytes: 60,
      offPath: 0,
    });
    assert.equal(seen.responderPort, 53);
    assert.equal(world.sweep.ledger.get(1, OFF_PATH), undefined);
  });

  it('of nonsense from another address proves nothing about the one that was asked', async () => {
    const world = await createWorld();
    await world.run();
    world.deliver(1, replyDouble('unrecognised', world.requestTo(HOST, 1, 0), 60), OFF_PATH, 53);
    assert.equal(world.sweep.ledger.size, 0);
    assert.equal(world.sweep.counts().unrecognisedDatagrams, 1);
  });

  it('is ambiguous a cooldown later where several requests carried it, and attributed to none but its own sender', async () => {
    // 32 requests, 2 a second, so of the 16 nonces each was used twice, and once within the last 8 s.
    const world = await createWorld({ rate: 2, onlyEchoing: true, nonceBits: 4 });
    await world.run();
    assert.equal(world.sockets(), 1);
    const [older, later] = [world.sends[4], world.sends[20]];
    assert.ok(older !== undefined && later !== undefined);
    const payload = replyDouble('answer', older.payload, 30);
    assert.deepEqual(later.payload.subarray(2), older.payload.subarray(2));
    world.deliver(0, payload, OFF_PATH, PORT);
    assert.equal(world.sweep.ledger.get(0, later.to)?.responder, OFF_PATH);
    await world.clock.sleep(8000);
    world.deliver(0, payload, OFF_PATH, PORT);
    assert.deepEqual([world.sweep.counts().ambiguousDatagrams, world.sweep.ledger.size], [1, 1]);
    world.deliver(0, payload, older.to, PORT);
    assert.equal(world.sweep.ledger.get(0, older.to)?.responder, older.to);
  });
});

describe('a sweep over both families', () => {
  const SIX = ipv6((0x2001_0db8n << 96n) + 5n);
  /** 2001:db8::/120, three single addresses in other /64s, and 10.0.0.0/28. */
  const MIXED: readonly Range[] = [
    ...SMALL,
    { first: ipv6(0x2001_0db8n << 96n), last: ipv6((0x2001_0db8n << 96n) + 255n) },
    ...[1n, 2n, 9n].map((subnet) => {
      const host = ipv6((0x2001_0db8n << 96n) + (subnet << 64n) + 0xffffn);
      return { first: host, last: host };
    }),
  ];

  it('asks every address each form exactly once, from a socket of its family', async () => {
    const world = await createWorld({ ranges: MIXED });
    assert.equal(await world.run(), 'finished');
    const asked = new Set(
      world.sends.map(({ to, probe, payload }) => `${formatAddress(to)} ${probe} ${formOfRequest(payload)}`),
    );
    assert.equal(asked.size, (16 + 259) * 3);
    assert.equal(world.sends.length, asked.size);
    assert.equal(world.sockets(), 4);
    for (const socket of [0, 1, 2, 3])
      assert.equal(new Set(world.sends.filter((s) => s.socket === socket).map((s) => typeof s.to)).size, 1);
  });

  it('asks a /64 no faster than the cap for a subnet, while others go on', async () => {
    const world = await createWorld({ ranges: MIXED, perSubnet: 20 });
    await world.run();
    const ofSubnet = world.sends.filter(({ to }) => subnetOf(to).first === subnetOf(SIX).first);
    assert.equal(ofSubnet.length, 256 * 3);
    ofSubnet.forEach(({ atMs }, i) => {
      const before = ofSubnet[i - 21]?.atMs ?? -Infinity;
      assert.ok(atMs - before >= 1000, `22 packets within ${atMs - before} ms`);
    });
  });

  it('knows a reply by address, nonce and form in IPv6 too, with the frames of IPv6', async () => {
    const world = await createWorld({ ranges: MIXED });
    await world.run();
    world.deliver(0, bytes('A', 100), SIX, PORT);
    world.deliver(1, replyDouble('answer', world.requestTo(SIX, 1, 1), 2000), SIX, 999);
    world.deliver(1, replyDouble('answer', world.requestTo(HOST, 1, 0), 60), HOST, PORT);
    assert.equal(world.sighting(0, SIX).wireBytes, 100 + 8 + 40 + 18);
    const { form, ipPackets, wireBytes } = world.sighting(1, SIX);
    // 2,008 bytes behind the fragment headers: 1,448 and 560.
    assert.deepEqual([form, ipPackets, wireBytes], [1, 2, 2008 + 2 * (40 + 8 + 18)]);
    assert.equal(world.sweep.ledger.size, 3);
  });
});

describe('the sockets of a sweep', () => {
  it('are one a probe, and as many as keep 16-bit nonces apart for a cooldown where the rate asks for it', async () => {
    assert.equal((await createWorld()).sockets(), 2);
    for (const [rate, sockets] of [
      [8192, 1],
      [8193, 2],
      [1_000_000, 123],
    ] as const)
      assert.equal((await createWorld({ rate, onlyEchoing: true })).sockets(), sockets);
  });
});

describe('time', () => {
  it('does not matter to the sender of a late reply with a nonce, nor to the off-path sender of an unmistakable one', async () => {
    const world = await createWorld();
    await world.run();
    await world.clock.sleep(3_600_000);
    world.deliver(1, replyDouble('answer', world.requestTo(HOST, 1, 0), 60), OFF_PATH, 53);
    assert.equal(world.sighting(1, HOST).responder, OFF_PATH);
    assert.equal(world.sweep.counts().ambiguousDatagrams, 0);
  });
});

describe('the reply budget of a sweep', () => {
  it('holds every packet back until the replies are paid off, unsolicited ones as well', async () => {
    const world = await createWorld({
      ranges: [{ first: ipv4(0x0a00_0000), last: ipv4(0x0a00_00ff) }],
      budgetBps: 100_000,
    });
    const start = world.clock.monotonicMs();
    // 1,046 bytes on the wire: 83.68 ms of 100 kbit/s, three times.
    for (const from of [HOST, OFF_PATH, HOST])
      world.clock.at(start + 1000.5, () => {
        world.deliver(0, bytes('A', 1000), from, PORT);
      });
    await world.run();
    const paidOff = start + 1000.5 + 3 * 83.68;
    assert.equal(world.sends.filter(({ atMs }) => atMs > start + 1000.5 && atMs < paidOff - 0.001).length, 0);
    assert.ok(world.sends.some(({ atMs }) => atMs >= paidOff - 0.001 && atMs < paidOff + 6));
  });
});

describe('a datagram that comes before all sockets are open', () => {
  it('is counted as unsolicited and disturbs nothing', async () => {
    const world = await createWorld({ early: { payload: bytes('A', 20), from: HOST } });
    assert.equal(world.sweep.counts().unsolicitedDatagrams, 2);
    assert.equal(await world.run(), 'finished');
  });
});

describe('a second pass', () => {
  const ranges = [{ first: ipv4(0x0a00_0000), last: ipv4(0x0a00_00ff) }];

  it('asks those that were silent with every form once more, and no responder', async () => {
    const world = await createWorld({ ranges, retries: 1 });
    const start = world.clock.monotonicMs();
    world.clock.at(start + 4500, () => {
      world.deliver(0, bytes('A', 20), HOST, PORT);
      world.deliver(1, replyDouble('answer', world.requestTo(HOST, 1, 0), 60), OFF_PATH, 53);
    });
    assert.equal(await world.run(), 'finished');
    assert.deepEqual(world.sweep.counts().sentInPass, [768, 765, 0]);
    const again = world.sends.slice(768);
    assert.ok(again.every(({ to }) => to !== HOST));
    assert.equal(
      new Set(again.map(({ to, probe, payload }) => `${to} ${probe} ${formOfRequest(payload)}`)).size,
      765,
    );
    assert.deepEqual(world.sweep.progress(), { done: 1536, total: 1536, sent: 1533 });
  });

  it('keeps its distance from the first, so that every cap holds between the two', async () => {
    const world = await createWorld({ ranges: SMALL, retries: 2 });
    await world.run();
    assert.deepEqual(world.sweep.counts().sentInPass, [48, 48, 48, 0]);
    for (const pass of [1, 2])
      assert.ok((world.sends[48 * pass]?.atMs ?? 0) - (world.sends[48 * pass - 1]?.atMs ?? 0) >= 2000);
  });

  it('has nonces of its own, and a reply to either pass is attributed', async () => {
    const world = await createWorld({ ranges, retries: 1 });
    await world.run();
    const [first, second] = world.sends
      .filter(({ to, probe, payload }) => to === HOST && probe === 1 && formOfRequest(payload) === 1)
      .map(({ payload }) => payload);
    assert.ok(first !== undefined && second !== undefined);
    assert.notDeepEqual(first, second);
    world.deliver(1, replyDouble('answer', second, 60), OFF_PATH, 53);
    assert.deepEqual(world.sighting(1, HOST).request, second);
    world.deliver(1, replyDouble('answer', first, 60), OFF_PATH, 53);
    assert.equal(world.sighting(1, HOST).datagrams, 1, 'what answers another request is not added');
    assert.equal(world.sighting(1, HOST).undivided, undefined);
    assert.equal(world.sweep.counts().ambiguousDatagrams, 0);
  });

  it('without nonces leaves the replies to both undivided, so that one has the larger of datagram and share', async () => {
    const world = await createWorld({ ranges, retries: 1 });
    await world.run();
    for (const size of [100, 40, 100]) world.deliver(0, bytes('A', size), HOST, PORT);
    const seen = world.sighting(0, HOST);
    assert.deepEqual(seen.undivided, { requests: 2, largestPayloadBytes: 100 });
    const exchange = exchangeOfSighting(seen, { formName: 'form', sent: trafficOf(2, 4) });
    assert.deepEqual(exchange.received, { datagrams: 2, payloadBytes: 120, ipPackets: 2, wireBytes: 189 });
    assert.deepEqual(exchange.caveats, ['undivided']);
    assert.equal(isLowerBound(exchange), true);
  });

  it('that has not come to a host leaves its replies to the first, and says how long the slowest took', async () => {
    const world = await createWorld({ ranges, retries: 1 });
    world.clock.at(world.clock.monotonicMs() + 500, () => {
      const asked = world.sends.find(({ probe }) => probe === 0);
      assert.ok(asked !== undefined);
      for (const size of [100, 40]) world.deliver(0, bytes('A', size), asked.to, PORT);
      const seen = world.sighting(0, asked.to);
      assert.deepEqual([seen.undivided, seen.datagrams, seen.payloadBytes], [undefined, 2, 140]);
      assert.ok((seen.tookMs ?? 0) >= 495 && (seen.tookMs ?? 0) <= 560, `${seen.tookMs} ms`);
    });
    await world.run();
    assert.equal(world.sweep.ledger.size, 1);
  });

  it('follows each batch, over what that batch has asked', async () => {
    const world = await createWorld({ ranges, retries: 1 });
    const signal = new AbortController().signal;
    assert.equal(await world.sweep.run({ untilMs: world.clock.monotonicMs() + 1000, signal }), 'paused');
    const [first = 0, second = 0] = world.sweep.counts().sentInPass;
    assert.ok(first > 190 && first <= 201);
    assert.equal(second, first);
    await world.clock.sleep(1000);
    assert.equal(await world.run(), 'finished');
    assert.deepEqual(world.sweep.counts().sentInPass, [768, 768, 0]);
  });
});

describe('a sweep that goes on where an earlier part left off', () => {
  const ranges = [{ first: ipv4(0x0a00_0000), last: ipv4(0x0a00_00ff) }];

  it('is safe below what left before the last cooldown, and asks all from there, answered requests left out', async () => {
    const world = await createWorld({ ranges, retries: 1, rate: 50 });
    const abort = new AbortController();
    const start = world.clock.monotonicMs();
    assert.equal(world.sweep.safePosition(), 0);
    world.clock.at(start + 12_000, () => {
      const answering = world.sends.find(({ probe }) => probe === 0);
      world.deliver(0, bytes('A', 20), answering?.to ?? HOST, PORT);
      const safe = world.sweep.safePosition();
      assert.ok(safe > 180 && safe <= 201, `${safe} left before 4 s at 50 a second`);
      abort.abort();
    });
    await world.sweep.run({ untilMs: Infinity, signal: abort.signal });
    const position = world.sweep.safePosition();
    const [sighting] = world.sweep.ledger.all();
    assert.ok(sighting !== undefined);
    const rest = await createWorld({ ranges, retries: 1, start: { position, sightings: [sighting] } });
    assert.equal(rest.sweep.position(), position);
    assert.equal(await rest.run(), 'finished');
    const asked = new Set(
      [...world.sends.slice(0, position), ...rest.sends].map(
        ({ to, probe, payload }) => `${to} ${probe} ${formOfRequest(payload)}`,
      ),
    );
    assert.equal(asked.size, 768);
    assert.equal(rest.sends.filter(({ to, probe }) => to === sighting.probed && probe === 0).length, 0);
    assert.deepEqual(rest.sweep.ledger.takeNew(), [[sighting]]);
    await rest.clock.sleep(8000);
    assert.equal(rest.sweep.safePosition(), 768);
    assert.deepEqual(rest.sweep.safeRetried(), [768]);
  });
});

describe('a loss', () => {
  const ranges = [{ first: ipv4(0x0a00_0000), last: ipv4(0x0a00_00ff) }];
  const slow = { pacer: createPacer(100, 5), perSubnet: 100 };
  const signal = new AbortController().signal;

  it('makes the hosts that were asked since and are silent be asked again, slower', async () => {
    const world = await createWorld({ ranges });
    const start = world.clock.monotonicMs();
    const touched: (object | undefined)[] = [];
    world.clock.at(start + 2000, () => {
      world.deliver(0, bytes('A', 20), HOST, PORT);
      touched.push(world.sweep.suspectSince({ sinceMs: start + 1000, probe: 0 }));
    });
    await world.run();
    world.deliver(0, bytes('A', 20), HOST, PORT);
    const before = world.sends.length;
    assert.ok(world.sweep.hasSuspects());
    await world.clock.sleep(2000);
    const againFrom = world.clock.monotonicMs();
    assert.equal(await world.sweep.askAgain({ ...slow, signal }), 'finished');
    const again = world.sends.slice(before);
    assert.ok(again.length > 50 && again.length <= 256, `${again.length}`);
    assert.ok(again.every(({ to, probe }) => probe === 0 && to !== HOST));
    assert.ok(world.clock.monotonicMs() - againFrom >= (again.length - 2) * 10);
    assert.equal(world.sweep.counts().sentInPass.at(-1), again.length);
    assert.deepEqual([...world.unknown(0)], [], 'and nothing was lost this time');
  });

  it('that comes again leaves the hosts unknown that are still silent', async () => {
    const world = await createWorld({ ranges: SMALL });
    await world.run();
    assert.deepEqual(world.sweep.suspectSince({ sinceMs: 0 }), { from: 0, to: 48 });
    assert.equal(new Set(world.unknown(1)).size, 16);
    await world.clock.sleep(2000);
    await world.sweep.askAgain({ ...slow, signal });
    assert.deepEqual(world.sweep.suspectSince({ sinceMs: 0, probe: 1 }), { from: 48, to: 96 });
    world.deliver(1, replyDouble('answer', world.requestTo(HOST, 1, 0), 60), HOST, PORT);
    assert.deepEqual([...world.unknown(0)], []);
    const unknown = new Set(world.unknown(1));
    assert.equal(unknown.size, 15);
    assert.ok(!unknown.has(HOST));
  });

  it('leaves the hosts unknown that were to be asked again when the run was stopped', async () => {
    const world = await createWorld({ ranges: SMALL });
    await world.run();
    world.sweep.suspectSince({ sinceMs: 0, probe: 0 });
    await world.clock.sleep(2000);
    const before = world.sends.length;
    const stop = new AbortController();
    world.clock.at(world.clock.monotonicMs() + 45, () => {
      stop.abort();
    });
    const own = { pacer: createPacer(100, 5), perSubnet: 100, signal: stop.signal };
    assert.equal(await world.sweep.askAgain(own), 'aborted');
    const asked = world.sends.slice(before).map(({ to }) => to);
    assert.ok(asked.length > 0 && asked.length < 16, `${asked.length}`);
    const all = Array.from({ length: 16 }, (_, index) => ipv4(0x0a00_0000 + index));
    assert.deepEqual(new Set(world.unknown(0)), new Set(all.filter((address) => !asked.includes(address))));
    assert.deepEqual([...world.unknown(1)], []);
  });

  it('of an earlier part of the run is a suspect of this one', async () => {
    const suspects = [[{ from: 2, to: 4 }], [{ from: 7, to: 9 }]];
    const world = await createWorld({ ranges: SMALL, start: { position: 48, sightings: [], suspects } });
    assert.deepEqual(world.sweep.suspects(), suspects);
    assert.equal(await world.sweep.askAgain({ ...slow, signal }), 'finished');
    const asked = [2, 3, 7, 8].map((position) => world.order.slotAt(position));
    const own = asked.filter(({ form }, index) => (index < 2 ? form === 0 : form > 0));
    assert.equal(world.sends.length, own.length);
    assert.deepEqual(world.sweep.suspects(), suspects);
  });

  it('of one address is told by the place of the request that left last, in the pass under way', async () => {
    const world = await createWorld({ ranges: SMALL, retries: 1 });
    const isUnreachable = false;
    assert.equal(world.sweep.suspectAddress({ probe: 0, address: HOST, isUnreachable }), undefined);
    assert.equal(world.sweep.suspectAddress({ probe: 2, address: HOST, isUnreachable }), undefined);
    const places: (object | undefined)[] = [];
    const end = world.order.positionOf(HOST, 2) ?? NaN;
    world.clock.at(world.clock.monotonicMs() + 1000, () => {
      places.push(world.sweep.suspectAddress({ probe: 1, address: HOST, isUnreachable }));
      places.push(world.sweep.suspectAddress({ probe: 1, address: OFF_PATH, isUnreachable }));
    });
    await world.run();
    assert.deepEqual(places, [{ from: end, to: end + 1 }, undefined]);
    assert.deepEqual(world.sweep.suspects(), [[], [{ from: end, to: end + 1 }]]);
    const own = world.order.positionOf(HOST, 0) ?? NaN;
    assert.deepEqual(world.sweep.suspectAddress({ probe: 0, address: HOST, isUnreachable }), {
      from: 48 + own,
      to: 48 + own + 1,
    });
    assert.deepEqual(world.sweep.suspects()[0], [{ from: own, to: own + 1 }]);
    assert.equal(await world.sweep.askAgain({ ...slow, signal }), 'finished');
    assert.equal(world.sends.length, 98, 'only the two positions, one of either probe');
    const none = { probe: 1, address: ipv4(0x0a00_0006), isUnreachable };
    assert.equal(world.sweep.suspectAddress(none), undefined, 'it was not asked again');
    assert.deepEqual(world.sweep.suspectAddress({ probe: 1, address: HOST, isUnreachable }), {
      from: 96 + end,
      to: 96 + end + 1,
    });
  });

  it('makes nothing suspect where nothing was sent since', async () => {
    const world = await createWorld({ ranges: SMALL });
    await world.run();
    await world.clock.sleep(9000);
    assert.equal(world.sweep.suspectSince({ sinceMs: world.clock.monotonicMs() - 8000 }), undefined);
    assert.ok(!world.sweep.hasSuspects());
  });

  it('of a way that was known in this run is a loss when it lasts, of one that never was is none', async () => {
    const world = await createWorld({ ranges: SMALL });
    const start = world.clock.monotonicMs();
    const refuse = (): void => {
      const to = world.sends.at(-1)?.to;
      assert.ok(to !== undefined);
      world.sweep.suspectAddress({ probe: 1, address: to, isUnreachable: true });
    };
    // Three forms, 16 hosts, 200 a second: by then the first round is long past.
    world.clock.at(start + 200, refuse);
    await world.run();
    assert.ok(world.sweep.hasSuspects());
    await world.clock.sleep(2000);
    // A pacer of its own, that no other test has spent from: then the refused request is the one that was asked again.
    await world.sweep.askAgain({ pacer: createPacer(100, 5), perSubnet: 100, signal });
    refuse();
    assert.equal(new Set(world.unknown(1)).size, 1);

    const never = await createWorld({ ranges: [{ first: HOST, last: HOST }] });
    await never.run();
    const refused = { probe: 0, address: HOST, isUnreachable: true };
    assert.deepEqual(never.sweep.suspectAddress(refused), { from: 0, to: 1 });
    await never.clock.sleep(2000);
    await never.sweep.askAgain({ ...slow, signal });
    assert.equal(never.sends.length, 4);
    never.sweep.suspectAddress(refused);
    assert.deepEqual([...never.unknown(0)], []);
  });
});

interface Sent {
  readonly atMs: number;
  readonly probe: number;
  readonly socket: number;
  readonly payload: Uint8Array;
  readonly to: Address;
  readonly port: number;
}

interface World {
  readonly clock: FakeClock;
  readonly order: Order;
  unknown(probe: number): Iterable<Address>;
  readonly sweep: Discovery;
  readonly sends: readonly Sent[];
  run(): Promise<string>;
  deliver(probe: number, payload: Uint8Array, from: Address, port: number): void;
  /** What this address was sent. */
  requestTo(to: Address, probe: number, form: number): Uint8Array;
  sighting(probe: number, probed: Address): Sighting;
  sockets(): number;
  /** The most sends that were unfinished at once. */
  most(): number;
  unstall(): void;
}

/** A sweep of a plain and an echoing probe over fake sockets and a fake clock. */
async function createWorld({
  ranges = SMALL,
  rate = 1000,
  perSubnet = 200,
  budgetBps = 1e9,
  refuses = () => false,
  onlyEchoing = false,
  nonceBits = 16,
  stalls = false,
  early,
  retries,
  start,
}: {
  readonly ranges?: readonly Range[];
  readonly rate?: number;
  readonly perSubnet?: number;
  readonly budgetBps?: number;
  readonly refuses?: (to: Address) => boolean;
  readonly onlyEchoing?: boolean;
  readonly nonceBits?: number;
  /** No send is ever finished, until `unstall`. */
  readonly stalls?: boolean;
  readonly early?: { readonly payload: Uint8Array; readonly from: Address };
  readonly retries?: number;
  readonly start?: DiscoveryStart;
} = {}): Promise<World> {
  const clock = createFakeClock();
  const echoing = ECHOING.nonce ? { ...ECHOING, nonce: { ...ECHOING.nonce, bits: nonceBits } } : ECHOING;
  const probes = (onlyEchoing ? [echoing] : [PLAIN, echoing]).map((probe) => ({ probe, port: PORT }));
  const order = createOrder({
    ranges,
    forms: probes.reduce((sum, { probe }) => sum + probe.sweepForms.length, 0),
    pad: 1,
    key: KEY,
  });
  const sends: Sent[] = [];
  const receivers: {
    readonly probe: number;
    readonly family: Family;
    readonly receive: (payload: Uint8Array, from: Address, port: number) => void;
  }[] = [];
  const unstalled = new AbortController();
  const most: number[] = [];
  const sweep = await createDiscovery({
    order,
    probes,
    rate,
    perSubnet,
    cooldownMs: 8000,
    retries,
    start,
    pacer: createPacer(rate, 5),
    budget: createReplyBudget(budgetBps),
    clock,
    tokenKey: KEY,
    openSocket(probe, receive, family) {
      const socket = receivers.length;
      receivers.push({ probe, family, receive });
      if (early !== undefined) receive(early.payload, early.from, PORT);
      let unfinished = 0;
      return Promise.resolve({
        send(payload, to, port) {
          if (refuses(to)) return false;
          assert.equal(familyOf(to), family, 'a socket sends to its own family');
          sends.push({
            atMs: clock.monotonicMs(),
            probe,
            socket,
            payload: Uint8Array.from(payload),
            to,
            port,
          });
          if (stalls) most.push(++unfinished);
          return true;
        },
        unfinished: () => unfinished,
        unfinishedBelow: () => clock.sleep(1e9, unstalled.signal).then(() => void (unfinished = 0)),
      });
    },
  });
  return {
    clock,
    order,
    sweep,
    unknown: (probe) =>
      silentIn({ order, ledger: sweep.ledger, probes }, probe, sweep.unknown()[probe] ?? []),
    sends,
    run: () => sweep.run({ untilMs: Infinity, signal: new AbortController().signal }),
    deliver(probe, payload, from, port) {
      const receiver = receivers.find(
        (candidate) => candidate.probe === probe && candidate.family === familyOf(from),
      );
      assert.ok(receiver !== undefined);
      receiver.receive(payload, from, port);
    },
    requestTo(to, probe, form) {
      const found = sends.find(
        (sent) => sent.to === to && sent.probe === probe && formOfRequest(sent.payload) === form,
      );
      assert.ok(found !== undefined);
      return found.payload;
    },
    sighting(probe, probed) {
      const found = sweep.ledger.get(probe, probed);
      assert.ok(found !== undefined, 'a sighting');
      return found;
    },
    sockets: () => receivers.length,
    most: () => most.reduce((a, b) => Math.max(a, b), 0),
    unstall() {
      unstalled.abort();
    },
  };
}

function bytes(first: string, length: number): Uint8Array {
  return new Uint8Array(length).fill(first.charCodeAt(0));
}

function pick(seen: Sighting): object {
  const { responder, form, datagrams, payloadBytes, offPathDatagrams } = seen;
  return { responder, form, datagrams, payloadBytes, offPath: offPathDatagrams };
}
