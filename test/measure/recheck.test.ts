import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Probe } from '../../probes/probe.js';
import { ipv4 } from '../../src/domain/address.js';
import type { Traffic } from '../../src/domain/exchange.js';
import { NO_TRAFFIC, addTraffic, trafficOf } from '../../src/domain/exchange.js';
import type { Rechecked } from '../../src/measure/recheck.js';
import { recheck } from '../../src/measure/recheck.js';
import { createRequestGate } from '../../src/measure/request-gate.js';
import { createPacer, createReplyBudget } from '../../src/sweep/pacer.js';
import { createFakeClock } from '../fake-clock.js';
import { formOfRequest, probeDouble, replyDouble } from '../probe-double.js';
import type { FakeLine } from './fake-exchange-socket.js';
import { fakeExchangeSockets } from './fake-exchange-socket.js';

const HOST = ipv4(0x0a00_0005);
const OTHER = ipv4(0x0a00_0006);

describe('a known exposure that was silent', () => {
  it('is asked all that the sweep asks three times more, 10 s apart or longer, and is silent then', async () => {
    const { result, sentAtMs } = await rechecked(() => undefined, { forms: 2 });
    assert.equal(result.kind, 'silent');
    assert.equal(result.exchanges.length, 6);
    assert.ok(result.exchanges.every(({ purpose }) => purpose === 'prove'));
    const [first = 0, , second = 0, , third = 0] = sentAtMs;
    assert.ok(second - first >= 10_000 && third - second >= 10_000, sentAtMs.join());
  });

  it('is closed as soon as the system says that its port is', async () => {
    const { result } = await rechecked((line) => {
      line.fail('ECONNREFUSED');
    });
    assert.equal(result.kind, 'closed');
    assert.equal(result.exchanges.length, 1);
  });

  it('answers after all with a refusal, in whichever round: whether for good a measurement tells', async () => {
    let asked = 0;
    const { result } = await rechecked((line) => {
      if (++asked === 3) line.reply(10, replyDouble('refusal', line.request, 4));
    });
    assert.ok(result.kind === 'answered');
    assert.equal(result.exchanges.length, 3);
    assert.equal(result.answer.replies[0]?.reading.kind, 'refusal');
  });

  it('answers after all with an answer or with bytes that no reader knows, and is asked no more', async () => {
    for (const kind of ['answer', 'unrecognised'] as const) {
      const { result } = await rechecked(
        (line) => {
          if (formOfRequest(line.request) === 1) line.reply(10, replyDouble(kind, line.request, 50));
        },
        { forms: 2 },
      );
      assert.ok(result.kind === 'answered');
      assert.equal(result.exchanges.length, 2);
      assert.equal(result.answer.received.payloadBytes, 50);
    }
  });

  it('is left in doubt, and asked no more, where the buffer of its socket had no room for what came', async () => {
    const { result } = await rechecked((line) => {
      line.drop(1);
    });
    assert.equal(result.kind, 'cut-short');
    assert.equal(result.exchanges.length, 1);
  });

  it('costs the reply budget all that it sends, expected or not', async () => {
    const { chargedBits, received } = await rechecked((line) => {
      line.reply(10, replyDouble('answer', line.request, 100), OTHER);
      line.reply(20, replyDouble('answer', line.request, 200));
    });
    assert.deepEqual(received, addTraffic(trafficOf(100, 4), trafficOf(200, 4)));
    assert.equal(chargedBits, received.wireBytes * 8);
  });

  it('is taken leave of only when the limits allow the host another packet', async () => {
    const { sentAtMs } = await rechecked(
      (line) => {
        if (line.request.length > 1) line.reply(10, replyDouble('answer', line.request, 100));
      },
      { farewell: () => Uint8Array.of(0x46) },
    );
    const [request = NaN, farewell = NaN, ...more] = sentAtMs;
    // A quiet gap of 2 s after the answer, and a host gap of 4 s after the request.
    assert.deepEqual([farewell - request, more], [4000, []]);
  });

  it('is left in doubt when the run is stopped, or a request did not leave', async () => {
    const stopped = await rechecked(() => undefined, { stopAtMs: 20_000 });
    assert.equal(stopped.result.kind, 'cut-short');
    assert.equal(stopped.sentAtMs.length, 2);
    let asked = 0;
    const unsent = await rechecked((line) => {
      if (++asked === 2) line.fail('ENETUNREACH');
    });
    assert.equal(unsent.result.kind, 'cut-short');
    assert.equal(unsent.result.exchanges.length, 3);
  });

  it('is asked with a nonce of as many bits as the probe has', async () => {
    const nonce = { bits: 30, echoed: () => undefined };
    assert.deepEqual((await rechecked(() => undefined, { nonce })).drawnBits, [30, 30, 30]);
    assert.deepEqual((await rechecked(() => undefined, { nonce: undefined })).drawnBits, [0, 0, 0]);
  });
});

async function rechecked(
  answer: (line: FakeLine) => void,
  {
    forms = 1,
    stopAtMs,
    ...behaviour
  }: {
    readonly farewell?: NonNullable<Probe['farewell']>;
    readonly nonce?: Probe['nonce'];
    readonly forms?: number;
    readonly stopAtMs?: number;
  } = {},
): Promise<{
  readonly result: Rechecked;
  readonly sentAtMs: readonly number[];
  readonly received: Traffic;
  readonly chargedBits: number;
  readonly drawnBits: readonly number[];
}> {
  const clock = createFakeClock({ startMs: 0 });
  const sockets = fakeExchangeSockets(clock, answer);
  const stop = new AbortController();
  if (stopAtMs !== undefined)
    clock.at(stopAtMs, () => {
      stop.abort();
    });
  const budget = createReplyBudget(1_000_000);
  let received = NO_TRAFFIC;
  let chargedBits = 0;
  const drawnBits: number[] = [];
  const result = await recheck(
    {
      clock,
      gate: createRequestGate({
        pacer: createPacer(1000, 5),
        budget: {
          waitMs: (nowMs) => budget.waitMs(nowMs),
          charge(nowMs, bits) {
            chargedBits += bits;
            budget.charge(nowMs, bits);
          },
        },
        clock,
        hostGapMs: 4000,
        perSubnet: 200,
        signal: stop.signal,
      }),
      openConnected: sockets.open,
      limits: { firstReplyMs: 5000, quietGapMs: 2000, longestMs: 30_000, mostDatagrams: 100, mostBytes: 1e6 },
      drawNonce(bits) {
        drawnBits.push(bits);
        return 7;
      },
      onReceived(traffic) {
        received = addTraffic(received, traffic);
      },
    },
    {
      probe: { ...probeDouble({ id: 'double', hasNonce: true, forms }), ...behaviour } as Probe,
      to: HOST,
      port: 4242,
    },
  );
  assert.equal(sockets.openNow(), 0);
  return { result, sentAtMs: sockets.sent.map(({ atMs }) => atMs), received, chargedBits, drawnBits };
}
