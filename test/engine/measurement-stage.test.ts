import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MeasurementStage, MeasurementStageOptions } from '../../src/engine/measurement-stage.js';
import { createMeasurementStage } from '../../src/engine/measurement-stage.js';
import type { Address } from '../../src/domain/address.js';
import { ipv4 } from '../../src/domain/address.js';
import { trafficOf } from '../../src/domain/exchange.js';
import type { Ledger } from '../../src/sweep/ledger.js';
import type { Sighting } from '../../src/sweep/sightings.js';
import { createLedger } from '../../src/sweep/ledger.js';
import { createPacer, createReplyBudget } from '../../src/sweep/pacer.js';
import type { FakeClock } from '../fake-clock.js';
import { createFakeClock } from '../fake-clock.js';
import type { FakeExchangeSockets } from '../measure/fake-exchange-socket.js';
import { fakeExchangeSockets } from '../measure/fake-exchange-socket.js';
import { probeDouble, replyDouble } from '../probe-double.js';

const PROBE = probeDouble({ id: 'double-plain', hasNonce: false, forms: 1 });
const HOST = ipv4(0x0a00_0005);
const OTHER = ipv4(0x0a00_0106);

describe('a measurement that differs from the sweep', () => {
  it('is made once more after 30 s, and is finished then', async () => {
    const run = start({ sighted: [[HOST, 5000]], sizes: () => 500 });
    run.clock.at(40_000, () => {
      assert.deepEqual(run.stage.takeUnsaved(), [], 'saved before it is finished');
    });
    await run.stage.run();
    assert.deepEqual(sizesOf(run), [[500, 500]]);
    const [first = 0, second = 0] = run.sockets.sent.map(({ atMs }) => atMs);
    assert.ok(second - first >= 30_000 && second - first < 36_000, `${second - first} ms`);
    assert.equal(run.stage.takeUnsaved().length, 1);
  });

  it('is made once more only: whether it differs again or not', async () => {
    let asked = 0;
    const run = start({ sighted: [[HOST, 5000]], sizes: () => (asked++ === 0 ? 500 : 5000) });
    await run.stage.run();
    assert.deepEqual(sizesOf(run), [[500, 5000]]);
  });

  it('is not made once more where it says the same', async () => {
    const run = start({ sighted: [[HOST, 5000]], sizes: () => 4000 });
    await run.stage.run();
    assert.deepEqual(sizesOf(run), [[4000]]);
  });

  it('keeps no other responder waiting meanwhile, not even where one at a time is measured', async () => {
    const run = start({
      sighted: [
        [HOST, 5000],
        [OTHER, 500],
      ],
      sizes: () => 500,
      parallel: 1,
    });
    await run.stage.run();
    assert.deepEqual(
      run.sockets.sent.map(({ to }) => to),
      [HOST, OTHER, HOST],
    );
  });

  it('is not waited for when the run is stopped, and is then measured anew when it goes on', async () => {
    const run = start({ sighted: [[HOST, 5000]], sizes: () => 500 });
    run.clock.at(20_000, () => {
      run.stop.abort();
    });
    await run.stage.run();
    assert.ok(run.clock.monotonicMs() < 20_100);
    assert.deepEqual(sizesOf(run), [[500]]);
    assert.deepEqual(run.stage.takeUnsaved(), []);
  });
});

interface Run {
  readonly stage: MeasurementStage;
  readonly clock: FakeClock;
  readonly sockets: FakeExchangeSockets;
  readonly stop: AbortController;
}

/** @param options.sighted the hosts that the sweep has seen, and what it received. @param options.sizes of the next reply. */
function start(options: {
  readonly sighted: readonly (readonly [Address, number])[];
  readonly sizes: () => number;
  readonly parallel?: number;
}): Run {
  const clock = createFakeClock();
  const stop = new AbortController();
  const sockets = fakeExchangeSockets(clock, (line) => {
    line.reply(10, replyDouble('answer', line.request, options.sizes()));
  });
  const ledger: Ledger = createLedger(1);
  for (const [probed, bytes] of options.sighted) ledger.put(sighting(probed, bytes));
  const plan = {
    scope: { allows: () => true },
    probes: [{ probe: PROBE, port: 4242, options: [] }],
    pace: { rate: 1000, perSubnet: 200, perHost: 1 },
    parallel: options.parallel ?? 10,
    cooldownMs: 3000,
    formGapMs: 2000,
  } as unknown as MeasurementStageOptions['plan'];
  const stage = createMeasurementStage({
    plan,
    ledger,
    clock,
    pacer: createPacer(1000, 5),
    budget: createReplyBudget(1e9),
    progress: { start: () => undefined, update: () => undefined, stop: () => undefined },
    losses: { measurementRefused: () => undefined, measurementDropped: () => undefined },
    openSocket: sockets.open as unknown as MeasurementStageOptions['openSocket'],
    askedSince: () => Promise.resolve(() => false),
    late: { open: () => undefined },
    signal: stop.signal,
  });
  return { stage, clock, sockets, stop };
}

function sizesOf({ stage }: Run): readonly (readonly number[])[] {
  return [...stage.measured.values()].map((exchanges) =>
    exchanges.map(({ received }) => received.payloadBytes),
  );
}

function sighting(probed: Address, bytes: number): Sighting {
  const { datagrams, payloadBytes, ipPackets, wireBytes } = trafficOf(bytes, 4);
  return {
    probed,
    probe: 0,
    forms: new Set([0]),
    form: 0,
    request: Uint8Array.of(0x51, 0),
    firstReading: { kind: 'answer', facts: {} },
    firstPayloadBytes: bytes,
    responder: probed,
    responderPort: 4242,
    firstSeenAt: 0,
    generation: 0,
    datagrams,
    payloadBytes,
    ipPackets,
    wireBytes,
    offPathDatagrams: 0,
    offPathBytes: 0,
  };
}
