import assert from 'node:assert/strict';
import type { Socket } from 'node:dgram';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import type { Address } from '../../src/domain/address.js';
import { ipv4, parseAddress } from '../../src/domain/address.js';
import type { Exchange, Payloads, Traffic } from '../../src/domain/exchange.js';
import { NO_TRAFFIC, addTraffic, trafficOf } from '../../src/domain/exchange.js';
import { isLowerBound } from '../../src/domain/factors.js';
import type { ExchangeLimits } from '../../src/measure/exchange-limits.js';
import { runExchange } from '../../src/measure/run-exchange.js';
import { systemClock } from '../../src/system-clock.js';
import { openGuardedSocket } from '../../src/udp/guarded-socket.js';
import { FAKE_EPOCH, createFakeClock } from '../fake-clock.js';
import { probeDouble, replyDouble } from '../probe-double.js';
import type { FakeLine } from './fake-exchange-socket.js';
import { FIRST_PORT, fakeExchangeSockets } from './fake-exchange-socket.js';

const LIMITS: ExchangeLimits = {
  firstReplyMs: 5000,
  quietGapMs: 2000,
  longestMs: 30_000,
  mostDatagrams: 2000,
  mostBytes: 4 * 1024 * 1024,
};
const PLAIN = probeDouble({ id: 'double-plain', hasNonce: false, forms: 1 });
const ECHOING = probeDouble({ id: 'double-echoing', hasNonce: true, forms: 1 });
const HOST = ipv4(0xc000_0201);
const OFF_PATH = ipv4(0xc000_0202);
const OTHER = ipv4(0xc000_0203);
const START_MS = 1000;

describe('an exchange ends', () => {
  it('two seconds after the last datagram, however early the first came', async () => {
    const { exchange, lastedMs } = await exchangeOf((line) => {
      line.reply(20, answer(100));
      line.reply(800, answer(200));
    });
    assert.equal(exchange.end, 'quiet');
    assert.ok(Math.abs(lastedMs - 2800) < 1, `${lastedMs} ms`);
    assert.ok(Math.abs((exchange.listenedMs ?? 0) - 2800) < 1);
    assert.deepEqual(exchange.received, sum(100, 200));
    assert.deepEqual(
      exchange.replies.map(({ afterMs, payloadBytes }) => [afterMs, payloadBytes]),
      [
        [20, 100],
        [800, 200],
      ],
    );
    assert.deepEqual(exchange.caveats, []);
  });

  it('without what comes after a gap longer than that', async () => {
    const { exchange, lastedMs } = await exchangeOf((line) => {
      line.reply(20, answer(100));
      line.reply(2021, answer(200));
      line.reply(4000, answer(200));
    });
    assert.deepEqual(exchange.received, sum(100));
    assert.ok(Math.abs(lastedMs - 2020) < 1, `${lastedMs} ms`);
  });

  it('silent after five seconds without a datagram', async () => {
    const { exchange, lastedMs } = await exchangeOf((line) => {
      line.reply(5000.5, answer(100));
    });
    assert.equal(exchange.end, 'silent');
    assert.deepEqual(exchange.received, NO_TRAFFIC);
    assert.equal(exchange.responder, undefined);
    assert.ok(Math.abs(lastedMs - 5000) < 1, `${lastedMs} ms`);
  });

  it('two seconds after a first datagram that took nearly five', async () => {
    const { exchange, lastedMs } = await exchangeOf((line) => {
      line.reply(4999, answer(100));
    });
    assert.deepEqual(exchange.received, sum(100));
    assert.ok(Math.abs(lastedMs - 6999) < 1, `${lastedMs} ms`);
  });

  it('by the probe own gap where that is longer than the time for the first datagram', async () => {
    const { exchange } = await exchangeOf(
      (line) => {
        line.reply(10, answer(1));
        line.reply(8000, answer(1));
      },
      { limits: { ...LIMITS, quietGapMs: 10_000 } },
    );
    assert.equal(exchange.received.datagrams, 2);
  });

  it('at once with a quiet gap of nothing', async () => {
    const { exchange, lastedMs } = await exchangeOf(
      (line) => {
        line.reply(50, answer(1));
        line.reply(55, answer(1));
      },
      { limits: { ...LIMITS, quietGapMs: 0 } },
    );
    assert.equal(exchange.received.datagrams, 1);
    assert.ok(lastedMs < 52, `${lastedMs} ms`);
  });

  it('not while datagrams still wait in the socket because this process was busy', async () => {
    // The time is up, but a turn later, while the drops are read, two more come out of the socket.
    const { exchange, lastedMs } = await exchangeOf((line) => {
      line.reply(10, answer(100));
      line.drop(0, 20);
      line.reply(2015, answer(200));
      line.reply(2016, answer(300));
    });
    assert.deepEqual(exchange.received, sum(100, 200, 300));
    assert.equal(exchange.end, 'quiet');
    // 2.5 times the 2,005 ms between the first two, after the third, and the 20 ms.
    assert.ok(Math.abs(lastedMs - (2016 + 2.5 * 2005 + 20)) < 1, `${lastedMs} ms`);
  });
});

describe('a cap', () => {
  it('of 30 s ends a dribble that never stops: a lower bound', async () => {
    const { exchange, lastedMs } = await exchangeOf((line) => {
      for (let ms = 100; ms < 60_000; ms += 1000) line.reply(ms, answer(10, ms));
    });
    assert.equal(exchange.end, 'capped');
    assert.deepEqual(exchange.caveats, ['capped']);
    assert.ok(isLowerBound(exchange));
    assert.equal(exchange.received.datagrams, 30);
    assert.ok(Math.abs(lastedMs - 30_000) < 1, `${lastedMs} ms`);
  });

  it('of 2,000 datagrams ends a flood at once: a lower bound of just so many', async () => {
    const { exchange, lastedMs } = await exchangeOf((line) => {
      for (let i = 0; i < 3000; i++) line.reply(10 + i / 100, answer(20, i));
    });
    assert.equal(exchange.end, 'capped');
    assert.ok(isLowerBound(exchange));
    assert.equal(exchange.received.datagrams, 2000);
    assert.equal(exchange.replies.length, 2000);
    assert.ok(lastedMs < 31, `${lastedMs} ms`);
  });

  it('of 2,000 datagrams does not touch an answer of 1,999', async () => {
    const { exchange } = await exchangeOf((line) => {
      for (let i = 0; i < 1999; i++) line.reply(10 + i / 100, answer(20, i));
    });
    assert.equal(exchange.end, 'quiet');
    assert.equal(isLowerBound(exchange), false);
    assert.equal(exchange.received.datagrams, 1999);
  });

  it('of 4 MiB ends a broad answer: a lower bound', async () => {
    const { exchange } = await exchangeOf((line) => {
      for (let i = 0; i < 200; i++) line.reply(10 + i, answer(60_000, i));
    });
    assert.equal(exchange.end, 'capped');
    assert.ok(isLowerBound(exchange));
    assert.equal(exchange.received.payloadBytes, 70 * 60_000);
  });

  it('of bytes is reached by the last of them, and not by one less', async () => {
    for (const [bytes, end] of [
      [299, 'quiet'],
      [300, 'capped'],
    ] as const) {
      const { exchange } = await exchangeOf(
        (line) => {
          for (const size of [100, bytes - 100]) line.reply(size, answer(size));
        },
        { limits: { ...LIMITS, mostBytes: 300 } },
      );
      assert.deepEqual([exchange.end, exchange.received.payloadBytes], [end, bytes]);
    }
  });

  it('of time is none where nothing has come by then', async () => {
    const { exchange } = await exchangeOf(() => undefined, { limits: { ...LIMITS, longestMs: 3000 } });
    assert.deepEqual([exchange.end, exchange.caveats], ['silent', []]);
  });

  it('is one where the last datagram came so late that its quiet gap was not waited out', async () => {
    const { exchange } = await exchangeOf((line) => {
      for (let ms = 0; ms <= 28_500; ms += 1500) line.reply(ms, answer(10, ms));
    });
    assert.equal(exchange.end, 'capped');
  });
});

describe('what is lost or doubled', () => {
  it('a kernel drop makes a lower bound and is handed on', async () => {
    const { exchange, socketDrops } = await exchangeOf((line) => {
      line.reply(10, answer(100));
      line.drop(3);
    });
    assert.equal(socketDrops, 3);
    assert.deepEqual(exchange.caveats, ['lossy']);
    assert.ok(isLowerBound(exchange));
  });

  it('drops that the system does not tell are none', async () => {
    const { exchange, socketDrops } = await exchangeOf((line) => {
      line.drop(undefined);
    });
    assert.equal(socketDrops, 0);
    assert.deepEqual(exchange.caveats, []);
  });

  it('a datagram that comes twice counts twice, flagged', async () => {
    const { exchange } = await exchangeOf((line) => {
      for (const ms of [10, 20]) line.reply(ms, answer(100, 1));
      line.reply(30, answer(100, 2));
    });
    assert.deepEqual(exchange.received, sum(100, 100, 100));
    assert.deepEqual(exchange.caveats, ['duplicated']);
    assert.equal(isLowerBound(exchange), false);
  });
});

describe('datagrams from another address', () => {
  it('stand apart where the asked address answered, with or without nonce', async () => {
    const { exchange } = await exchangeOf(
      (line) => {
        line.reply(10, replyDouble('answer', line.request, 50), OFF_PATH);
        line.reply(20, replyDouble('answer', line.request, 100));
        line.reply(30, replyDouble('answer', line.request, 60), OFF_PATH);
        line.reply(40, nothingWeKnow(70), OTHER);
      },
      { probe: ECHOING },
    );
    assert.deepEqual(exchange.received, sum(100));
    assert.deepEqual(exchange.offPath, payloads(50, 60, 70));
    assert.equal(exchange.offPathAddresses, 2);
    assert.equal(exchange.responder?.address, HOST);
    assert.deepEqual(exchange.caveats, []);
  });

  it('are the measurement where the asked address is silent and they echo the nonce', async () => {
    const { exchange } = await exchangeOf(
      (line) => {
        line.reply(10, replyDouble('answer', line.request, 50), OFF_PATH, 53);
        line.reply(20, replyDouble('answer', line.request, 60), OFF_PATH, 53);
      },
      { probe: ECHOING },
    );
    assert.equal(exchange.end, 'quiet');
    assert.deepEqual(exchange.received, sum(50, 60));
    assert.deepEqual(exchange.offPath, payloads());
    assert.deepEqual(exchange.responder, { address: OFF_PATH, port: 53 });
    assert.deepEqual(exchange.caveats, ['off-address']);
    assert.equal(exchange.replies.length, 2);
  });

  it('measure one address only: what yet others send is no part of the factor', async () => {
    const { exchange } = await exchangeOf(
      (line) => {
        line.reply(5, nothingWeKnow(1400), OTHER);
        line.reply(10, replyDouble('answer', line.request, 50), OFF_PATH);
        line.reply(20, replyDouble('answer', line.request, 999), OTHER);
        line.reply(30, nothingWeKnow(80), OFF_PATH);
      },
      { probe: ECHOING },
    );
    assert.deepEqual(exchange.responder?.address, OFF_PATH);
    assert.deepEqual(exchange.received, sum(50, 80));
    assert.deepEqual(exchange.offPath, payloads(1400, 999));
    assert.equal(exchange.offPathAddresses, 1);
  });

  it('are told apart up to a thousand: their number is up to whoever sends', async () => {
    const { exchange } = await exchangeOf((line) => {
      for (let host = 1; host <= 1001; host++) line.reply(1, answer(9, host), ipv4(0x0b00_0000 + host));
    });
    assert.deepEqual([exchange.offPath.datagrams, exchange.offPathAddresses], [1001, 1000]);
  });

  it('are no measurement without the nonce of this very request', async () => {
    const { exchange, lastedMs } = await exchangeOf(
      (line) => {
        line.reply(10, replyDouble('answer', Uint8Array.of(0, 0, 1, 2), 50), OFF_PATH);
        line.reply(4000, nothingWeKnow(50), OFF_PATH);
      },
      { probe: ECHOING },
    );
    assert.equal(exchange.end, 'silent');
    assert.deepEqual(exchange.received, NO_TRAFFIC);
    assert.deepEqual(exchange.offPath, payloads(50, 50));
    assert.ok(Math.abs(lastedMs - 5000) < 1, 'and do not keep the exchange waiting');
  });

  it('are never a measurement of a protocol without a nonce', async () => {
    const { exchange } = await exchangeOf((line) => {
      line.reply(10, answer(500), OFF_PATH);
    });
    assert.equal(exchange.end, 'silent');
    assert.equal(exchange.responder, undefined);
    assert.deepEqual(exchange.offPath, payloads(500));
  });

  it('cost the line as much as any others: all are handed on as they come', async () => {
    const { handedOn } = await exchangeOf(
      (line) => {
        line.reply(10, nothingWeKnow(100), OFF_PATH);
        line.reply(20, replyDouble('answer', line.request, 200), OTHER);
        line.reply(30, replyDouble('answer', line.request, 300));
      },
      { probe: ECHOING },
    );
    assert.deepEqual(handedOn, sum(100, 200, 300));
  });
});

describe('a request that does not leave', () => {
  it('is unsent, with the system code, and not waited for', async () => {
    const { exchange, lastedMs } = await exchangeOf((line) => {
      line.fail('ENETUNREACH');
    });
    assert.equal(exchange.end, 'unsent');
    assert.equal(exchange.sendError, 'ENETUNREACH');
    assert.ok(lastedMs < 1, `${lastedMs} ms`);
  });

  it('is unsent where there is no socket for it, with the system code; any other error is thrown', async () => {
    const refused = Object.assign(new Error('too many open files'), { code: 'EMFILE' });
    const clock = createFakeClock({ startMs: START_MS });
    const unsent = runExchange({ ...optionsFor(ECHOING), clock, openSocket: () => Promise.reject(refused) });
    assert.deepEqual(await unsent, {
      exchange: {
        form: 'form 0',
        purpose: 'measure',
        seenIn: 'measurement',
        request: Uint8Array.of(0x51, 0, 0xab, 0xcd),
        requestedAt: FAKE_EPOCH + START_MS,
        end: 'unsent',
        sent: trafficOf(4, 4),
        received: NO_TRAFFIC,
        replies: [],
        offPath: payloads(),
        caveats: [],
        sendError: 'EMFILE',
      },
      socketDrops: 0,
    });
    for (const fault of [new TypeError('a fault of ours'), 'EMFILE'])
      await assert.rejects(
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
        runExchange({ ...optionsFor(PLAIN), clock, openSocket: () => Promise.reject(fault) }),
        (thrown) => thrown === fault,
      );
  });

  it('has left where the system says that the port is closed, and an answer before that still counts', async () => {
    const { exchange, lastedMs } = await exchangeOf((line) => {
      line.fail('ECONNREFUSED');
    });
    assert.deepEqual([exchange.end, exchange.sendError], ['closed', undefined]);
    assert.ok(lastedMs < 1, `${lastedMs} ms`);
    const answered = await exchangeOf((line) => {
      line.reply(1, answer(100));
      line.at(2, () => {
        line.fail('ECONNREFUSED');
      });
    });
    assert.deepEqual([answered.exchange.end, answered.exchange.replies.length], ['quiet', 1]);
  });

  it('is unsent when the scope does not allow the address', async () => {
    const { exchange, lastedMs, sockets } = await exchangeOf(() => undefined, { allows: () => false });
    assert.equal(exchange.end, 'unsent');
    assert.equal(exchange.sendError, 'OUT_OF_SCOPE');
    assert.equal(sockets.sent.length, 0);
    assert.ok(lastedMs < 1, `${lastedMs} ms`);
  });
});

describe('an exchange', () => {
  it('records the request as it was sent, when, of which form and purpose, and what came back, and no more', async () => {
    const { exchange, localPort } = await exchangeOf(
      (line) => {
        line.reply(10, replyDouble('answer', line.request, 100), HOST, 53);
      },
      { probe: ECHOING },
    );
    assert.deepEqual(exchange, {
      form: 'form 0',
      purpose: 'measure',
      seenIn: 'measurement',
      request: Uint8Array.of(0x51, 0, 0xab, 0xcd),
      requestedAt: FAKE_EPOCH + START_MS,
      end: 'quiet',
      sent: trafficOf(4, 4),
      received: trafficOf(100, 4),
      replies: [{ afterMs: 10, payloadBytes: 100, reading: { kind: 'answer', facts: { length: 100 } } }],
      responder: { address: HOST, port: 53 },
      offPath: payloads(),
      caveats: [],
      listenedMs: 2010,
    });
    assert.equal(localPort, FIRST_PORT + 1);
  });

  it('begins with its request: what its socket hears before that answers nothing, and costs nothing', async () => {
    const clock = createFakeClock({ startMs: START_MS });
    const sockets = fakeExchangeSockets(clock, () => undefined);
    const { exchange } = await runExchange({
      ...optionsFor(PLAIN),
      clock,
      openSocket(handlers) {
        handlers.onDatagram(answer(100), HOST, 4242);
        handlers.onDatagram(answer(100), OTHER, 4242);
        return sockets.open(handlers);
      },
      onReceived: () => assert.fail('it was counted'),
    });
    assert.deepEqual([exchange.end, exchange.offPath.datagrams], ['silent', 0]);
  });

  it('closes its socket, also when the probe breaks its law and throws', async () => {
    const clock = createFakeClock();
    const sockets = fakeExchangeSockets(clock, () => {
      throw new Error('broken');
    });
    await assert.rejects(runExchange({ ...optionsFor(PLAIN), clock, openSocket: sockets.open }), /broken/);
    assert.equal(sockets.openNow(), 0);
    assert.equal(sockets.openedEver(), 1);
  });

  it('on real sockets counts every datagram of two addresses and tells them apart', async () => {
    const asked = await server('127.9.1.1', 0);
    const { port } = asked.address();
    const other = await server('127.9.1.2', 0);
    try {
      asked.on('message', (request: Buffer, { port: to, address }) => {
        for (let i = 0; i < 20; i++) asked.send(replyDouble('answer', request, 100 + i), to, address);
        other.send(replyDouble('answer', request, 1000), to, address);
      });
      const { exchange, socketDrops } = await runExchange({
        ...optionsFor(ECHOING),
        to: addressOf('127.9.1.1'),
        port,
        limits: { ...LIMITS, firstReplyMs: 2000, quietGapMs: 150 },
        clock: systemClock,
        openSocket: ({ family, onDatagram, onSendError }) =>
          openGuardedSocket({
            family,
            guard: { mayAsk: (to) => to === addressOf('127.9.1.1') },
            clock: systemClock,
            receiveBufferBytes: 1024 * 1024,
            onDatagram,
            onSendError,
          }),
      });
      assert.equal(exchange.end, 'quiet');
      assert.deepEqual(exchange.received, sum(...Array.from({ length: 20 }, (_, i) => 100 + i)));
      assert.deepEqual(exchange.offPath, payloads(1000));
      assert.deepEqual(exchange.responder, { address: addressOf('127.9.1.1'), port });
      assert.equal(socketDrops, 0);
    } finally {
      asked.close();
      other.close();
    }
  });
});

interface Outcome {
  readonly exchange: Exchange;
  readonly socketDrops: number;
  readonly localPort?: number;
  readonly lastedMs: number;
  readonly handedOn: Traffic;
  readonly sockets: ReturnType<typeof fakeExchangeSockets>;
}

async function exchangeOf(
  script: (line: FakeLine) => void,
  {
    probe = PLAIN,
    limits = LIMITS,
    allows = () => true,
  }: {
    readonly probe?: typeof PLAIN;
    readonly limits?: ExchangeLimits;
    readonly allows?: () => boolean;
  } = {},
): Promise<Outcome> {
  const clock = createFakeClock({ startMs: START_MS });
  const sockets = fakeExchangeSockets(clock, script, allows);
  let handedOn = NO_TRAFFIC;
  const result = await runExchange({
    ...optionsFor(probe),
    limits,
    clock,
    openSocket: sockets.open,
    onReceived(traffic) {
      handedOn = addTraffic(handedOn, traffic);
    },
  });
  assert.equal(sockets.openNow(), 0, 'every socket is closed');
  return { ...result, handedOn, sockets, lastedMs: clock.monotonicMs() - START_MS };
}

function optionsFor(probe: typeof PLAIN): Omit<Parameters<typeof runExchange>[0], 'clock' | 'openSocket'> {
  return {
    probe,
    ask: { form: probe.sweepForms[0], purpose: 'measure' },
    nonce: 0xabcd,
    to: HOST,
    port: 4242,
    limits: LIMITS,
    mayTakeLeave: () => Promise.resolve(true),
    onReceived: () => undefined,
  };
}

/** An answer of the plain double. @param serial makes it another one. */
function answer(bytes: number, serial = 0): Uint8Array {
  const payload = new Uint8Array(bytes);
  payload[0] = 0x41;
  if (bytes >= 8) new DataView(payload.buffer).setUint32(4, serial);
  return payload;
}

function nothingWeKnow(bytes: number): Uint8Array {
  return new Uint8Array(bytes).fill(0x3f);
}

function sum(...payloads: readonly number[]): Traffic {
  return payloads.map((bytes) => trafficOf(bytes, 4)).reduce(addTraffic, NO_TRAFFIC);
}

async function server(address: string, port: number): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(port, address);
  await once(socket, 'listening');
  return socket;
}

function addressOf(text: string): Address {
  const parsed = parseAddress(text);
  assert.ok(parsed !== undefined);
  return parsed;
}

function payloads(...sizes: readonly number[]): Payloads {
  return { datagrams: sizes.length, payloadBytes: sizes.reduce((sum, size) => sum + size, 0) };
}
