import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ipv4 } from '../../src/domain/address.js';
import { trafficOf } from '../../src/domain/exchange.js';
import type { MeasurementStage } from '../../src/engine/measurement-stage.js';
import { createMeasurementStage } from '../../src/engine/measurement-stage.js';
import type { ScanPlan } from '../../src/engine/scan-plan.js';
import type { Ledger } from '../../src/sweep/ledger.js';
import type { Sighting } from '../../src/sweep/sightings.js';
import { createLedger } from '../../src/sweep/ledger.js';
import { createPacer, createReplyBudget } from '../../src/sweep/pacer.js';
import { createFakeClock } from '../fake-clock.js';
import { fakeExchangeSockets } from '../measure/fake-exchange-socket.js';
import { formOfRequest, probeDouble, replyDouble } from '../probe-double.js';

const HOST = ipv4(0x0a00_0005);
const PROBE = probeDouble({ id: 'double-two', hasNonce: true, forms: 2 });

describe('the stage of measurements', () => {
  it('waits while the process has no descriptor left, and then measures', async () => {
    const world = stageOf({ refusals: ['EMFILE', 'ENFILE', 'EMFILE'] });
    world.ledger.put(sighting());
    await world.stage.run();
    assert.equal(world.opened(), 4);
    assert.deepEqual(world.asked(), [0]);
    assert.deepEqual(world.refused, [], 'waiting is no loss');
    assert.ok(world.lastAskedMs() >= 3 * 250, `${world.lastAskedMs()}`);
  });

  it('does not wait for any other reason, and counts it', async () => {
    const world = stageOf({ refusals: ['EACCES'] });
    world.ledger.put(sighting());
    await world.stage.run();
    assert.deepEqual(world.refused, ['EACCES']);
    assert.equal(world.opened(), 1);
  });

  it('asks a form that was first answered in a later batch, and only that', async () => {
    const world = stageOf({});
    const one = sighting();
    world.ledger.put(one);
    await world.stage.run();
    assert.deepEqual(world.asked(), [0]);
    world.stage.takeUnsaved();
    world.ledger.put({ ...one, forms: new Set([0, 1]) });
    await world.stage.run();
    assert.deepEqual(world.asked(), [0, 1]);
    assert.deepEqual(formsOf(world.stage.measured.get(one)), ['form 0', 'form 1']);
    const unsaved = world.stage.takeUnsaved().map(([, exchanges]) => formsOf(exchanges));
    assert.deepEqual(unsaved, [['form 1']], 'what was saved before is not saved again');
    await world.stage.run();
    assert.deepEqual(world.asked(), [0, 1]);
  });
});

function stageOf({ refusals = [] }: { readonly refusals?: readonly string[] }): {
  readonly stage: MeasurementStage;
  readonly ledger: Ledger;
  readonly refused: readonly string[];
  opened(): number;
  asked(): readonly number[];
  lastAskedMs(): number;
} {
  const clock = createFakeClock({ startMs: 0 });
  const ledger = createLedger(1);
  const refused: string[] = [];
  const left = [...refusals];
  let opened = 0;
  const sockets = fakeExchangeSockets(clock, (line) => {
    line.reply(10, replyDouble('answer', line.request, 100));
  });
  const plan = {
    scope: { allows: () => true },
    probes: [{ probe: PROBE, port: 4242, options: [], settings: undefined }],
    pace: { rate: 1000, perSubnet: 200, perHost: 1, replyBandwidthBps: 1e9 },
    parallel: 4,
    cooldownMs: 500,
    formGapMs: 100,
  } as unknown as ScanPlan;
  const stage = createMeasurementStage({
    plan,
    ledger,
    pacer: createPacer(1000, 5),
    budget: createReplyBudget(1e9),
    clock,
    progress: { start: () => undefined, update: () => undefined, stop: () => undefined },
    losses: {
      measurementRefused: (code) => refused.push(code),
      measurementDropped: () => undefined,
    },
    openSocket: async ({ family, onDatagram, onSendError }) => {
      opened++;
      const code = left.shift();
      if (code !== undefined) throw Object.assign(new Error(code), { code });
      const socket = await sockets.open({
        family,
        onDatagram,
        onSendError: (error) => {
          onSendError(error, '');
        },
      });
      return {
        ...socket,
        localAddress: '0.0.0.0',
        localPort: 1,
        receiveBufferBytes: 0,
        sent: () => ({ datagrams: 0, payloadBytes: 0 }),
        unfinished: () => 0,
      };
    },
    askedSince: () => Promise.resolve(() => false),
    late: { open: () => undefined },
    signal: new AbortController().signal,
  });
  return {
    stage,
    ledger,
    refused,
    opened: () => opened,
    asked: () => sockets.sent.map(({ payload }) => formOfRequest(payload)),
    lastAskedMs: () => sockets.sent.at(-1)?.atMs ?? 0,
  };
}

function formsOf(exchanges: readonly { readonly form: string }[] = []): readonly string[] {
  return exchanges.map(({ form }) => form);
}

function sighting(): Sighting {
  return {
    probed: HOST,
    probe: 0,
    forms: new Set([0]),
    form: 0,
    request: Uint8Array.of(0x51, 0, 0, 0),
    firstReading: { kind: 'answer', facts: {} },
    firstPayloadBytes: 100,
    responder: HOST,
    responderPort: 4242,
    firstSeenAt: 0,
    generation: 0,
    ...trafficOf(100, 4),
    offPathDatagrams: 0,
    offPathBytes: 0,
  };
}
