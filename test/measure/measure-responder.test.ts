import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Probe } from '../../probes/probe.js';
import { ipv4 } from '../../src/domain/address.js';
import type { Exchange } from '../../src/domain/exchange.js';
import { trafficOf } from '../../src/domain/exchange.js';
import type { ObservedExchange, ResponderToMeasure } from '../../src/measure/measure-responder.js';
import { measureResponder } from '../../src/measure/measure-responder.js';
import { createRequestGate } from '../../src/measure/request-gate.js';
import { createPacer, createReplyBudget } from '../../src/sweep/pacer.js';
import { createFakeClock } from '../fake-clock.js';
import { formOfRequest, probeDouble, replyDouble } from '../probe-double.js';
import type { FakeLine } from './fake-exchange-socket.js';
import { FIRST_PORT, fakeExchangeSockets } from './fake-exchange-socket.js';

const HOST = ipv4(0x0a00_0005);
const OTHER = ipv4(0x0a00_0006);
const THREE = probeDouble({ id: 'double-three', hasNonce: true, forms: 3 });

describe('the measurement of one responder', () => {
  it('asks each sighted form again alone, then what the probe asks, each on a socket and with a nonce of its own', async () => {
    const [, , third] = THREE.sweepForms;
    assert.ok(third !== undefined);
    const probe: Probe = {
      ...THREE,
      next: (done) => (done.length === 2 ? { form: third, purpose: 'prove' } : undefined),
    };
    const { exchanges, sockets } = await measure(probe, [0, 1], (line) => {
      line.reply(10, replyDouble('answer', line.request, 100));
    });
    assert.deepEqual(
      exchanges.map(({ form, purpose, end }) => [form, purpose, end]),
      [
        ['form 0', 'measure', 'quiet'],
        ['form 1', 'measure', 'quiet'],
        ['form 2', 'prove', 'quiet'],
      ],
    );
    assert.equal(sockets.openedEver(), 3);
    assert.equal(sockets.openNow(), 0);
    assert.equal(new Set(sockets.sent.map(({ payload }) => payload.subarray(2).join())).size, 3);
  });

  it('asks at the port that an answer names, and takes what named it for no measurement', async () => {
    const [, second] = THREE.sweepForms;
    assert.ok(second !== undefined);
    const probe: Probe = {
      ...THREE,
      portFrom: 'double-directory',
      next: (done) => (done.length === 1 ? { form: second, purpose: 'measure', port: 20_048 } : undefined),
    };
    const { exchanges, sockets } = await measure(probe, [0], (line) => {
      line.reply(10, replyDouble('answer', line.request, 100));
    });
    assert.deepEqual(
      exchanges.map(({ form, purpose }) => [form, purpose]),
      [
        ['form 0', 'prime'],
        ['form 1', 'measure'],
      ],
    );
    const [first, asked] = sockets.sent;
    assert.ok(first !== undefined && asked !== undefined);
    assert.deepEqual([asked.to, asked.port], [first.to, 20_048]);
    assert.notEqual(first.port, 20_048);
  });

  it('asks nothing but the sighted forms where that is all that is wanted', async () => {
    const [form] = THREE.sweepForms;
    const probe: Probe = { ...THREE, next: () => ({ form, purpose: 'prove' }) };
    for (const sighted of [[], [1], [1, 2]]) {
      const { exchanges } = await measure(probe, sighted, () => undefined, { asks: 'sighted-only' });
      assert.deepEqual(
        exchanges.map((exchange) => exchange.form),
        sighted.map((number) => `form ${number}`),
      );
    }
  });

  it('lets the probe know what was asked in an earlier batch, and does not ask that again', async () => {
    const [form] = THREE.sweepForms;
    const { exchanges: earlier } = await measure(THREE, [0, 1], () => undefined);
    const known: number[] = [];
    const probe: Probe = {
      ...THREE,
      next(done) {
        known.push(done.length);
        return done.length < 4 ? { form, purpose: 'prove' } : undefined;
      },
    };
    const { exchanges } = await measure(probe, [2], () => undefined, { earlier });
    assert.deepEqual(
      exchanges.map((exchange) => [exchange.form, exchange.purpose]),
      [
        ['form 2', 'measure'],
        ['form 0', 'prove'],
      ],
    );
    assert.deepEqual(known, [3, 4]);
  });

  it('shows each exchange with the bytes of its replies, and of no other datagram, and the port it came from', async () => {
    const script = (line: FakeLine): void => {
      if (formOfRequest(line.request) > 0) return;
      line.reply(5, replyDouble('answer', line.request, 50), OTHER);
      for (const bytes of [100, 200]) line.reply(bytes, replyDouble('answer', line.request, bytes));
    };
    const { exchanges, observed } = await measure(THREE, [0, 1], script, { isShown: true });
    assert.deepEqual(
      observed.map(({ exchange, payloads, localPort }) => [
        exchange,
        payloads.map(({ length }) => length),
        localPort,
      ]),
      [
        [exchanges[0], [100, 200], FIRST_PORT + 1],
        [exchanges[1], [], FIRST_PORT + 2],
      ],
    );
  });

  it('draws a nonce of as many bits as the probe has for each request', async () => {
    for (const [probe, bits] of [
      [THREE, [16, 16]],
      [probeDouble({ id: 'double-plain', hasNonce: false, forms: 2 }), [0, 0]],
    ] as const)
      assert.deepEqual((await measure(probe, [0, 1], () => undefined)).drawnBits, bits);
  });

  it('takes leave only when the limits allow the host another packet', async () => {
    const leave = Uint8Array.of(0x46);
    const { sockets, exchanges } = await measure({ ...THREE, farewell: () => leave }, [0, 1], (line) => {
      if (line.request.length > 1) line.reply(10, replyDouble('answer', line.request, 100));
    });
    assert.deepEqual(
      sockets.sent.map(({ payload }) => payload.length),
      [4, 1, 4, 1],
    );
    assert.deepEqual(gapsOf(sockets), [3000, 3000, 3000]);
    assert.deepEqual(
      exchanges.map(({ farewellBytes }) => farewellBytes),
      [1, 1],
    );
  });

  it('keeps the gap from request to request, not from answer to request', async () => {
    const { sockets } = await measure(THREE, [0, 1, 2], (line) => {
      line.reply(10, replyDouble('answer', line.request, 100));
      // The first form dribbles on for 8 s: then the next is due at once.
      if (formOfRequest(line.request) === 0)
        for (let ms = 1000; ms <= 8000; ms += 1000) line.reply(ms, replyDouble('answer', line.request, 50));
    });
    // And 2.5 times its interval of a second.
    assert.deepEqual(gapsOf(sockets), [10_500, 3000]);
  });

  it('ends after forty questions with a probe that never has enough', async () => {
    const [form] = THREE.sweepForms;
    const { exchanges } = await measure(
      { ...THREE, next: () => ({ form, purpose: 'rate-check' }) },
      [],
      () => undefined,
    );
    assert.equal(exchanges.length, 40);
  });

  it('waits longer before a request where the probe wants that', async () => {
    const [form] = THREE.sweepForms;
    const probe: Probe = {
      ...THREE,
      next: (done) => (done.length < 3 ? { form, purpose: 'prove', afterMs: done.length * 4000 } : undefined),
    };
    const { sockets } = await measure(probe, [0], () => undefined);
    assert.deepEqual(gapsOf(sockets), [4000, 8000]);
  });

  describe('a burst', () => {
    const [form] = THREE.sweepForms;
    /** One burst of ten within a second, then one request more. */
    const bursting: Probe = {
      ...THREE,
      next: (done) => {
        if (done.length > 11) return undefined;
        const burst = { repeat: 10, withinMs: 1000 };
        return { form, purpose: 'rate-check', ...(done.length < 11 && { burst }) };
      },
    };

    it('is as many exchanges, evenly spread, each on a socket of its own, in the order of asking', async () => {
      let asked = 0;
      const { exchanges, sockets } = await measure(
        bursting,
        [0],
        (line) => {
          // The later it was asked, the sooner it is answered.
          line.reply(900 - 50 * asked++, replyDouble('answer', line.request, 100));
        },
        { mayBurst: true },
      );
      assert.deepEqual(gapsOf(sockets), [3000, ...Array<number>(9).fill(100), 3000]);
      assert.equal(sockets.openedEver(), 12);
      assert.equal(sockets.openNow(), 0);
      assert.deepEqual(
        exchanges.map(({ purpose }) => purpose),
        ['measure', ...Array<string>(11).fill('rate-check')],
      );
      assert.deepEqual(
        exchanges.map(({ request }) => request),
        sockets.sent.map(({ payload }) => payload),
      );
    });

    it('is held back by the cap of the subnet and by the pacer', async () => {
      const silent = (): void => undefined;
      const subnet = await measure(bursting, [0], silent, { mayBurst: true, perSubnet: 4 });
      assert.deepEqual(gapsOf(subnet.sockets), [3000, ...Array<number>(9).fill(250), 3000]);
      const slow = await measure(bursting, [0], silent, { mayBurst: true, packetsPerSecond: 2 });
      // The pacer lets out what one tick of its clock may hold.
      assert.ok(gapsOf(slow.sockets).every((gapMs) => gapMs >= 495));
    });

    it('reserves for each of its requests', async () => {
      const { charged } = await measure(bursting, [0], () => undefined, {
        mayBurst: true,
        expectedBits: 500,
      });
      assert.equal(charged, 12 * 500);
    });

    it('stops when the signal aborts', async () => {
      let asked = 0;
      const { exchanges, sockets } = await measure(
        bursting,
        [0],
        (line, abort) => {
          if (asked++ === 4) line.at(150, abort);
        },
        { mayBurst: true },
      );
      assert.equal(sockets.sent.length, 6);
      assert.equal(exchanges.length, 6);
    });

    it('is refused where the user chose no option of the probe, and for any other purpose', async () => {
      await assert.rejects(
        measure(bursting, [0], () => undefined),
        /bursts although no option chose that/,
      );
      const loud: Probe = {
        ...THREE,
        next: () => ({ form, purpose: 'measure', burst: { repeat: 2, withinMs: 100 } }),
      };
      await assert.rejects(
        measure(loud, [0], () => undefined, { mayBurst: true }),
        /no option chose/,
      );
    });
  });

  it('sends nothing more once the signal aborts, and returns what was asked by then', async () => {
    const { exchanges, sockets } = await measure(THREE, [0, 1, 2], (line, abort) => {
      line.reply(10, replyDouble('answer', line.request, 100));
      if (formOfRequest(line.request) === 1) line.at(5, abort);
    });
    assert.deepEqual(
      exchanges.map(({ end }) => end),
      ['quiet', 'quiet'],
    );
    assert.equal(sockets.sent.length, 2);
  });

  it('reserves what a reply is expected to cost and charges only what goes beyond it', async () => {
    const { charged } = await measure(
      THREE,
      [0],
      (line) => {
        for (const ms of [10, 20, 30]) line.reply(ms, replyDouble('answer', line.request, 1000));
      },
      // The second is covered by half.
      { expectedBits: trafficOf(1000, 4).wireBytes * 8 * 1.5 },
    );
    assert.equal(charged, trafficOf(1000, 4).wireBytes * 8 * 3);
    const { charged: less } = await measure(THREE, [0], () => undefined, { expectedBits: 5000 });
    assert.equal(less, 5000);
  });

  it('hands on drops and everything received', async () => {
    const { drops, received } = await measure(THREE, [0, 1], (line) => {
      line.reply(10, replyDouble('answer', line.request, 100));
      line.reply(20, replyDouble('answer', line.request, 200), ipv4(1));
      line.drop(2);
    });
    assert.equal(drops, 4);
    assert.equal(received, 600);
  });
});

/** Milliseconds from each request to the next. */
function gapsOf({ sent }: Outcome['sockets']): readonly number[] {
  return sent.slice(1).map(({ atMs }, index) => Math.round(atMs - (sent[index]?.atMs ?? NaN)));
}

interface Outcome {
  readonly exchanges: readonly Exchange[];
  readonly sockets: ReturnType<typeof fakeExchangeSockets>;
  readonly observed: readonly ObservedExchange[];
  readonly drawnBits: readonly number[];
  readonly drops: number;
  readonly received: number;
  /** Bits that the budget was charged in all. */
  readonly charged: number;
}

async function measure(
  probe: Probe,
  sighted: readonly number[],
  script: (line: FakeLine, abort: () => void) => void,
  {
    perSubnet = 200,
    packetsPerSecond = 1000,
    isShown = false,
    ...more
  }: Partial<ResponderToMeasure> & {
    readonly perSubnet?: number;
    readonly packetsPerSecond?: number;
    readonly isShown?: boolean;
  } = {},
): Promise<Outcome> {
  const clock = createFakeClock();
  const abort = new AbortController();
  const sockets = fakeExchangeSockets(clock, (line) => {
    script(line, () => {
      abort.abort();
    });
  });
  const budget = createReplyBudget(1e9);
  const tally = { drops: 0, received: 0, charged: 0 };
  const observed: ObservedExchange[] = [];
  const drawnBits: number[] = [];
  let nonce = 0x0101;
  const gate = createRequestGate({
    pacer: createPacer(packetsPerSecond, 5),
    budget: {
      waitMs: (nowMs) => budget.waitMs(nowMs),
      charge(nowMs, bits) {
        tally.charged += bits;
        budget.charge(nowMs, bits);
      },
    },
    clock,
    hostGapMs: 3000,
    perSubnet,
    signal: abort.signal,
  });
  const exchanges = await measureResponder(
    {
      gate,
      clock,
      openSocket: sockets.open,
      limitsFor: () => ({
        firstReplyMs: 1000,
        quietGapMs: 2000,
        longestMs: 30_000,
        mostDatagrams: 2000,
        mostBytes: 4 * 1024 * 1024,
      }),
      drawNonce(bits) {
        drawnBits.push(bits);
        return nonce++;
      },
      onSocketDrops: (count) => (tally.drops += count),
      onReceived: ({ payloadBytes }) => (tally.received += payloadBytes),
      ...(isShown && { onExchange: (exchange) => observed.push(exchange) }),
      signal: abort.signal,
    },
    {
      probe,
      to: HOST,
      port: 4242,
      sighted: sighted.flatMap((form) => probe.sweepForms[form] ?? []),
      asks: 'all',
      expectedBits: 0,
      mayBurst: false,
      ...more,
    },
  );
  return { exchanges, sockets, observed, drawnBits, ...tally };
}
