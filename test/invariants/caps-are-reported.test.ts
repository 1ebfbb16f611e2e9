/**
 * The promise: a figure that a cap or a loss made too small says so. An exchange that is no lower bound has
 * counted every datagram that came until the line was quiet.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ipv4 } from '../../src/domain/address.js';
import type { Exchange } from '../../src/domain/exchange.js';
import { isLowerBound } from '../../src/domain/factors.js';
import { runExchange } from '../../src/measure/run-exchange.js';
import { createFakeClock } from '../fake-clock.js';
import { fakeExchangeSockets } from '../measure/fake-exchange-socket.js';
import { probeDouble } from '../probe-double.js';

const LIMITS = {
  firstReplyMs: 500.5,
  quietGapMs: 200.5,
  longestMs: 3000,
  mostDatagrams: 30,
  mostBytes: 20_000,
};
const PROBE = probeDouble({ id: 'double-plain', hasNonce: false, forms: 1 });

describe('caps are reported', () => {
  it('whatever comes back: either everything was counted, or the figure is flagged as a lower bound', async () => {
    const seen = { flagged: 0, whole: 0 };
    const stream = fc.array(fc.tuple(fc.integer({ min: 0, max: 220 }), fc.integer({ min: 1, max: 1400 })), {
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(stream, fc.constantFrom(0, 0, 0, 1, 100), async (datagrams, drops) => {
        const exchange = await exchangeWith(datagrams, drops);
        const came = comingUntilQuiet(datagrams);
        assert.ok(exchange.received.payloadBytes <= came.bytes, 'never more than came');
        if (isLowerBound(exchange)) {
          seen.flagged++;
          return;
        }
        seen.whole++;
        assert.deepEqual(
          { count: exchange.received.datagrams, bytes: exchange.received.payloadBytes, drops },
          { ...came, drops: 0 },
        );
      }),
      { numRuns: 500 },
    );
    assert.ok(seen.flagged > 50 && seen.whole > 50, JSON.stringify(seen));
  });

  for (const [name, datagrams] of [
    ['the time', Array<[number, number]>(30).fill([150, 10])],
    ['the datagrams', Array<[number, number]>(31).fill([1, 10])],
    ['the bytes', Array<[number, number]>(20).fill([1, 1400])],
  ] as const) {
    it(`each for itself: ${name}`, async () => {
      const exchange = await exchangeWith(datagrams, 0);
      assert.equal(exchange.end, 'capped');
      assert.deepEqual(
        exchange.caveats.filter((caveat) => caveat === 'capped'),
        ['capped'],
      );
      assert.ok(exchange.received.datagrams < datagrams.length);
    });
  }

  it('and a loss in the kernel as well, even of an exchange that looks whole', async () => {
    const exchange = await exchangeWith([[10, 100]], 1);
    assert.equal(exchange.end, 'quiet');
    assert.ok(isLowerBound(exchange));
  });
});

type Stream = readonly (readonly [gapMs: number, bytes: number])[];

async function exchangeWith(datagrams: Stream, drops: number): Promise<Exchange> {
  const clock = createFakeClock();
  const { open } = fakeExchangeSockets(clock, (line) => {
    let atMs = 0;
    for (const [gapMs, bytes] of datagrams) {
      atMs += gapMs;
      line.reply(atMs, new Uint8Array(bytes).fill(0x41));
    }
    line.drop(drops);
  });
  const { exchange } = await runExchange({
    probe: PROBE,
    ask: { form: PROBE.sweepForms[0], purpose: 'measure' },
    nonce: 0,
    to: ipv4(0x0a00_0001),
    port: 4242,
    limits: LIMITS,
    openSocket: open,
    clock,
    mayTakeLeave: () => Promise.resolve(true),
    onReceived: () => undefined,
  });
  return exchange;
}

/** What comes until the first silence, were there no caps. */
function comingUntilQuiet(datagrams: Stream): { readonly count: number; readonly bytes: number } {
  let count = 0;
  let sum = 0;
  let quietMs = LIMITS.quietGapMs;
  for (const [gapMs, bytes] of datagrams) {
    if (gapMs > (count === 0 ? LIMITS.firstReplyMs : quietMs)) break;
    // The gap grows with the intervals between datagrams.
    if (count > 0) quietMs = Math.max(quietMs, 2.5 * gapMs);
    count++;
    sum += bytes;
  }
  return { count, bytes: sum };
}
