/** How long an exchange listens: to the recorded schedules of real servers, and what is no part of an answer. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Probe } from '../../probes/probe.js';
import type { Address } from '../../src/domain/address.js';
import { ipv4 } from '../../src/domain/address.js';
import type { Exchange } from '../../src/domain/exchange.js';
import { lastReplyMs, receivedWithin, wasStillSending } from '../../src/domain/exchange.js';
import { factorsOf, isLowerBound } from '../../src/domain/factors.js';
import { limitsFor } from '../../src/measure/exchange-limits.js';
import type { ExchangeOptions } from '../../src/measure/run-exchange.js';
import { runExchange } from '../../src/measure/run-exchange.js';
import { createFakeClock } from '../fake-clock.js';
import { probeDouble } from '../probe-double.js';
import type { FakeExchangeSockets, FakeLine } from './fake-exchange-socket.js';
import { fakeExchangeSockets } from './fake-exchange-socket.js';
import { SCHEDULES, datagramOf, probeFor } from './recorded-schedules.js';

const DOUBLE = probeDouble({ id: 'double-plain', hasNonce: false, forms: 1 });
const HOST = ipv4(0xc000_0201);
const PORT = 4242;

describe('the schedule of a real server', () => {
  for (const schedule of SCHEDULES)
    it(`of ${schedule.label} is heard to its end`, async () => {
      const { times_s: times, sizes } = schedule;
      const { exchange } = await simulated(
        probeFor(schedule),
        (line) => {
          for (const [index, seconds] of times.entries())
            line.reply(seconds * 1000, datagramOf(sizes[index] ?? 0, index));
        },
        (times[0] ?? 0) * 1000,
      );
      assert.equal(exchange.received.datagrams, times.length);
      assert.equal(
        exchange.received.payloadBytes,
        sizes.reduce((sum, size) => sum + size, 0),
      );
      assert.ok(Math.abs((lastReplyMs(exchange) ?? 0) - (times.at(-1) ?? 0) * 1000) < 1);
      const sent = { ...exchange.sent, payloadBytes: schedule.request_bytes };
      const { amplification } = factorsOf({ ...exchange, sent });
      assert.ok(Math.abs(amplification - schedule.baf) < 0.0051, `${amplification}`);
      const short = receivedWithin(exchange, 2000);
      const early = times.filter((seconds) => seconds <= 2).length;
      assert.equal(short?.datagrams, early);
      assert.equal(
        short.payloadBytes,
        sizes.slice(0, early).reduce((sum, size) => sum + size, 0),
      );
    });
});

describe('the silence after which an answer is over', () => {
  it('is no longer than before for a host with one immediate answer', async () => {
    const { lastedMs } = await simulated(
      DOUBLE,
      (line) => {
        for (let i = 0; i < 100; i++) line.reply(5 + i, datagramOf(440, i));
      },
      5,
    );
    assert.ok(Math.abs(lastedMs - (104 + 2000)) < 1, `${lastedMs} ms`);
  });

  it('is waited for from an unknown host for 12 s, from one that the sweep knows for 5 to 15', () => {
    const firstMs = (tookMs?: number): number => limitsFor(DOUBLE, {}, tookMs).firstReplyMs;
    assert.deepEqual([firstMs(), firstMs(3), firstMs(6000), firstMs(19_000)], [12_000, 5000, 9000, 15_000]);
    const caps = { mostDatagrams: 2000, mostBytes: 4_194_304 };
    const usual = { firstReplyMs: 12_000, quietGapMs: 2000, longestMs: 90_000, ...caps };
    assert.deepEqual(limitsFor(DOUBLE, {}), usual);
    assert.deepEqual(limitsFor({ ...DOUBLE, longestExchangeMs: 35_000 }, {}), {
      ...usual,
      longestMs: 35_000,
    });
    const chosen = limitsFor(DOUBLE, { firstReplyMs: 7, quietGapMs: 8, longestExchangeMs: 9 }, 6000);
    assert.deepEqual(chosen, { firstReplyMs: 7, quietGapMs: 8, longestMs: 9, ...caps });
  });
});

describe('a host that does not fall quiet', () => {
  it('is cut off after 90 s and said to be still sending: a lower bound', async () => {
    const { exchange, lastedMs } = await simulated(DOUBLE, (line) => {
      for (let ms = 1; ms < 200_000; ms += 500) line.reply(ms, datagramOf(14, ms));
    });
    assert.ok(Math.abs(lastedMs - 90_000) < 1, `${lastedMs} ms`);
    assert.equal(exchange.received.datagrams, 180);
    assert.deepEqual([exchange.end, isLowerBound(exchange)], ['capped', true]);
    assert.equal(wasStillSending(exchange), true);
  });

  it('after the longest exchange of its probe, where that is known', async () => {
    const probe = { ...DOUBLE, longestExchangeMs: 35_000 };
    const { exchange } = await simulated(probe, (line) => {
      for (let ms = 1; ms < 30_000; ms += 500) line.reply(ms, datagramOf(14, ms));
    });
    assert.equal(exchange.received.datagrams, 60);
    assert.deepEqual([exchange.end, wasStillSending(exchange)], ['quiet', false]);
  });

  it('is not said to be still sending where its next datagram was overdue when the cap came', async () => {
    const { exchange } = await simulated({ ...DOUBLE, quietGapMs: 6000 }, (line) => {
      for (const seconds of [0, 5, 7.6, 12.9, 23.4, 44.4])
        line.reply(1 + seconds * 1000, datagramOf(9, seconds));
    });
    assert.deepEqual([exchange.end, exchange.received.datagrams], ['capped', 6]);
    assert.equal(wasStillSending(exchange), false);
  });
});

describe('a farewell', () => {
  const FAREWELL = Uint8Array.of(0x46, 9);
  const probe: Probe = { ...DOUBLE, farewell: (reply) => (reply[0] === 0x41 ? FAREWELL : undefined) };

  it('is sent once, to the port that answered, when the answer is over, and nothing after it counts', async () => {
    const { exchange, sockets } = await simulated(probe, (line) => {
      if (line.request[0] === 0x46) line.reply(1, datagramOf(500, 1));
      else line.reply(10, datagramOf(100), HOST, 40_000);
    });
    const [, farewell, ...more] = sockets.sent;
    assert.deepEqual([farewell?.payload, farewell?.to, farewell?.port, more], [FAREWELL, HOST, 40_000, []]);
    assert.ok((farewell?.atMs ?? 0) - (sockets.sent[0]?.atMs ?? 0) >= 2010);
    assert.equal(exchange.farewellBytes, 2);
    assert.deepEqual([exchange.received.datagrams, exchange.received.payloadBytes], [1, 100]);
    assert.equal(exchange.sent.datagrams, 1);
  });

  it('is sent neither into silence, nor where the answer asks for none, nor where the limits end the run, nor where the guard keeps it back', async () => {
    const silent = await simulated(probe, () => undefined);
    const script = (line: FakeLine): void => {
      line.reply(10, datagramOf(100));
    };
    const over = await simulated(probe, script, undefined, { mayTakeLeave: () => Promise.resolve(false) });
    let asked = 0;
    const guarded = await simulated(probe, script, undefined, {}, () => asked++ === 0);
    const needless = await simulated(probe, (line) => {
      line.reply(10, Uint8Array.of(0x52));
    });
    for (const { exchange, sockets } of [silent, needless, over, guarded]) {
      assert.equal(sockets.sent.length, 1);
      assert.equal(exchange.farewellBytes, undefined);
    }
  });

  it('is sent neither to another address that answered, nor to a port that was closed since', async () => {
    const echoing: Probe = { ...probe, nonce: { bits: 16, echoed: () => 0 } };
    const elsewhere = await simulated(echoing, (line) => {
      line.reply(10, datagramOf(100), ipv4(0xc000_0202));
    });
    const closed = await simulated(probe, (line) => {
      line.reply(10, datagramOf(100));
      line.at(20, () => {
        line.fail('ECONNREFUSED');
      });
    });
    for (const { exchange, sockets } of [elsewhere, closed]) {
      assert.equal(exchange.received.datagrams, 1);
      assert.deepEqual([sockets.sent.length, exchange.farewellBytes], [1, undefined]);
    }
  });

  it('is made of the first datagram that allows one: an acknowledgement may come before it', async () => {
    const { exchange, sockets } = await simulated(probe, (line) => {
      line.reply(10, Uint8Array.of(0x42, 0));
      line.reply(20, datagramOf(100));
    });
    assert.deepEqual([exchange.received.datagrams, sockets.sent.length], [2, 2]);
    assert.equal(exchange.farewellBytes, 2);
  });

  it('waits for its turn, and neither what comes meanwhile nor its own failure changes the exchange', async () => {
    const clock = createFakeClock();
    let received = 0;
    const { exchange, sockets } = await simulated(
      probe,
      (line) => {
        if (line.request[0] === 0x46) line.fail('EPERM');
        else for (const ms of [10, 2500]) line.reply(ms, datagramOf(100, ms));
      },
      undefined,
      {
        mayTakeLeave: () => clock.sleep(1000).then(() => true),
        onReceived: () => received++,
      },
      undefined,
      clock,
    );
    assert.equal(sockets.sent.length, 2);
    assert.deepEqual([exchange.received.datagrams, received], [1, 2], 'though it cost the line as much');
    assert.deepEqual([exchange.end, exchange.sendError, exchange.farewellBytes], ['quiet', undefined, 2]);
    assert.equal(exchange.listenedMs, 2010);
  });
});

describe('what comes and is no answer', () => {
  it('is a question of the host itself: counted apart, and the answer is over as if it had not come', async () => {
    const probe: Probe = { ...DOUBLE, asksBack: (payload) => payload[0] === 0x51 };
    const { exchange, lastedMs } = await simulated(probe, (line) => {
      line.reply(10, datagramOf(100));
      line.reply(1500, Uint8Array.of(0x51, 0, 1));
      line.reply(1600, Uint8Array.of(0x51, 0), ipv4(0xc000_0202));
    });
    assert.equal(exchange.received.datagrams, 1);
    assert.deepEqual(exchange.askedBack, { datagrams: 1, payloadBytes: 3 });
    assert.deepEqual(exchange.offPath, { datagrams: 1, payloadBytes: 2 }, 'of another address it is none');
    assert.ok(Math.abs(lastedMs - 2010) < 1, `${lastedMs} ms`);
  });

  it('is what addresses send that were never asked: sums and their number, and none of them', async () => {
    const { exchange } = await simulated(DOUBLE, (line) => {
      for (let host = 1; host <= 4; host++) line.reply(host, datagramOf(9, host), ipv4(0xc000_0210 + host));
      line.reply(5, datagramOf(9, 7), ipv4(0xc000_0211));
      line.reply(10, datagramOf(605));
    });
    assert.deepEqual([exchange.received.datagrams, exchange.received.payloadBytes], [1, 605]);
    assert.deepEqual([exchange.offPath.datagrams, exchange.offPath.payloadBytes], [5, 45]);
    assert.equal(exchange.offPathAddresses, 4);
    assert.equal(exchange.responder?.address, HOST);
  });
});

async function simulated(
  probe: Probe,
  script: (line: FakeLine) => void,
  tookMs?: number,
  more: Partial<ExchangeOptions> = {},
  allows: (to: Address) => boolean = () => true,
  clock = createFakeClock(),
): Promise<{
  readonly exchange: Exchange;
  readonly lastedMs: number;
  readonly sockets: FakeExchangeSockets;
}> {
  const startMs = clock.monotonicMs();
  const sockets = fakeExchangeSockets(clock, script, allows);
  const { exchange } = await runExchange({
    ...optionsFor(probe, tookMs),
    clock,
    openSocket: sockets.open,
    ...more,
  });
  assert.equal(sockets.openNow(), 0);
  return { exchange, lastedMs: clock.monotonicMs() - startMs, sockets };
}

function optionsFor(probe: Probe, tookMs?: number): Omit<ExchangeOptions, 'clock' | 'openSocket'> {
  return {
    probe,
    ask: { form: probe.sweepForms[0], purpose: 'measure' },
    nonce: 0,
    to: HOST,
    port: PORT,
    limits: limitsFor(probe, {}, tookMs),
    mayTakeLeave: () => Promise.resolve(true),
    onReceived: () => undefined,
  };
}
