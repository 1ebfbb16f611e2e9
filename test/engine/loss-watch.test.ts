import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ipv4 } from '../../src/domain/address.js';
import { createLossWatch, createSweepLossWatch } from '../../src/engine/loss-watch.js';
import { createLossLog, createSendErrorCounts } from '../../src/sweep/losses.js';
import type { Span } from '../../src/sweep/spans.js';
import { FAKE_EPOCH, createFakeClock } from '../fake-clock.js';

const SPAN: Span = { from: 3, to: 7 };

describe('the watch over the sockets of a sweep', () => {
  it('notes what each probe lost since the last look, and makes suspect what was asked a cooldown before that', async () => {
    const { watch, clock, drops, log, suspected } = sweepWatch();
    await watch.sample();
    assert.deepEqual([log.list(), suspected], [[], []]);
    await clock.sleep(900);
    await watch.sample();
    drops.splice(0, 3, 2, 3, 4);
    await clock.sleep(100);
    await watch.sample();
    const at = FAKE_EPOCH + 2000;
    assert.deepEqual(log.list(), [
      { kind: 'socket_drops', probe: 'first', count: 5, first: at, last: at, positions: SPAN },
      { kind: 'socket_drops', probe: 'second', count: 4, first: at, last: at, positions: SPAN },
    ]);
    // The look before was at 1,900 ms.
    assert.deepEqual(suspected, [
      { sinceMs: 1900 - 8000, probe: 0 },
      { sinceMs: 1900 - 8000, probe: 1 },
    ]);
    await watch.sample();
    assert.equal(suspected.length, 2, 'and each loss once');
    drops[2] = 5;
    await clock.sleep(10_000);
    await watch.sample();
    assert.deepEqual(
      log.list().map(({ count }) => count),
      [5, 4, 1],
    );
  });

  it('sees nothing where the system does not tell', async () => {
    const { watch, drops, log } = sweepWatch();
    drops.fill(undefined);
    await watch.sample();
    assert.deepEqual(log.list(), []);
  });

  it('takes one look after another', async () => {
    const { watch, clock, drops, suspected } = sweepWatch(50);
    drops[0] = 1;
    const first = watch.sample();
    await clock.sleep(20);
    drops[0] = 2;
    await Promise.all([first, watch.sample()]);
    // The first reads the counter when it ends.
    assert.deepEqual(suspected, [{ sinceMs: 1000 - 8000, probe: 0 }]);
  });

  it('notes a refused request, suspect where it may have been lost and its address is known', () => {
    const { watch, log, sendErrors, refused } = sweepWatch();
    watch.refused(0, 'ENOBUFS', '10.0.0.5');
    watch.refused(1, 'ENETUNREACH', '10.0.0.6');
    watch.refused(1, 'EACCES', '10.0.0.255');
    watch.refused(1, 'EPERM', '');
    assert.deepEqual(refused, [
      { probe: 0, address: ipv4(0x0a00_0005), isUnreachable: false },
      { probe: 1, address: ipv4(0x0a00_0006), isUnreachable: true },
    ]);
    const at = FAKE_EPOCH + 1000;
    const event = { kind: 'send_error', count: 1, first: at, last: at };
    assert.deepEqual(log.list(), [
      { ...event, code: 'ENOBUFS', probe: 'first', positions: SPAN },
      { ...event, code: 'ENETUNREACH', probe: 'second', positions: SPAN },
      { ...event, code: 'EPERM', probe: 'second' },
    ]);
    assert.deepEqual(
      sendErrors.list().map(({ code }) => code),
      ['EACCES', 'ENETUNREACH', 'ENOBUFS', 'EPERM'],
    );
  });
});

describe('the watch over the queues of the system', () => {
  it('notes what the kernel threw away since the last look, suspect where the sweep was sending a second before that', async () => {
    const { watch, clock, counter, log, suspected } = await systemWatch({ thrownAway: 100, span: SPAN });
    await clock.sleep(1000);
    await watch.sample();
    counter.thrownAway = 103;
    await clock.sleep(500);
    await watch.sample();
    const at = FAKE_EPOCH + 2500;
    assert.deepEqual(log.list(), [{ kind: 'send_buffer', count: 3, first: at, last: at, positions: SPAN }]);
    assert.deepEqual(suspected, [2000 - 1000]);
    assert.deepEqual([watch.sendBufferDrops(), watch.measurementLosses()], [3, 0]);
  });

  it('counts what was thrown away of measurements, and what was refused: they are not asked again', async () => {
    const { watch, clock, counter, log } = await systemWatch({ thrownAway: 0 });
    counter.thrownAway = 2;
    await watch.sample();
    watch.measurementRefused('ENOBUFS', '10.0.0.5');
    watch.measurementRefused('EACCES', '10.0.0.255');
    assert.equal(watch.measurementLosses(), 3);
    watch.measurementDropped(0);
    watch.measurementDropped(4);
    const at = clock.now();
    const events = log
      .list()
      .map(({ first, last, ...event }) => (assert.deepEqual([first, last], [at, at]), event));
    assert.deepEqual(events, [
      { kind: 'send_buffer', count: 2 },
      { kind: 'send_error', code: 'ENOBUFS', count: 1 },
      { kind: 'measurement_socket_drops', count: 4 },
    ]);
  });

  it('says nothing where the system does not tell', async () => {
    const { watch, log, counter } = await systemWatch({ thrownAway: undefined });
    await watch.sample();
    assert.deepEqual([watch.sendBufferDrops(), log.list()], [undefined, []]);
    counter.thrownAway = 7;
    await watch.sample();
    assert.equal(watch.sendBufferDrops(), undefined, 'not even when it does later');
  });
});

/** Two sockets of one probe and one of another, at 1,000 ms. @param readMs how long the system takes to tell. */
function sweepWatch(readMs = 0) {
  const clock = createFakeClock({ startMs: 1000 });
  const [log, sendErrors] = [createLossLog(), createSendErrorCounts()];
  const drops: (number | undefined)[] = [0, 0, 0];
  const suspected: object[] = [];
  const refused: object[] = [];
  const watch = createSweepLossWatch({
    clock,
    cooldownMs: 8000,
    sendErrors,
    log,
    probes: ['first', 'second'],
    discovery: {
      suspectSince(loss) {
        suspected.push(loss);
        return SPAN;
      },
      suspectAddress(one) {
        refused.push(one);
        return SPAN;
      },
    },
    sockets: [0, 0, 1].map((probe, index) => ({
      probe,
      socket: { readDrops: () => clock.sleep(readMs).then(() => drops[index]) },
    })),
  });
  return { watch, clock, drops, log, sendErrors, suspected, refused };
}

/** At 1,000 ms. @param span what the sweep was asking; absent: nothing. */
async function systemWatch({ span, ...counter }: { thrownAway: number | undefined; readonly span?: Span }) {
  const clock = createFakeClock({ startMs: 1000 });
  const log = createLossLog();
  const suspected: number[] = [];
  const watch = await createLossWatch({
    clock,
    sendErrors: createSendErrorCounts(),
    log,
    suspectSince(sinceMs) {
      suspected.push(sinceMs);
      return Promise.resolve(span);
    },
    readSendBufferDrops: () => Promise.resolve(counter.thrownAway),
  });
  return { watch, clock, counter, log, suspected };
}
