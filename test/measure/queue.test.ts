import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { ipv4 } from '../../src/domain/address.js';
import { createMeasurementQueue } from '../../src/measure/queue.js';
import { createFakeClock } from '../fake-clock.js';

interface Job {
  readonly address: number;
  readonly name: string;
  readonly ms: number;
}

describe('the measurement queue', () => {
  it('measures every job once, never more addresses at once than allowed, and all of those when it can', async () => {
    const { queue, add, log, most } = createQueue(8);
    for (let address = 0; address < 100; address++) add({ address, name: 'a', ms: 100 + (address % 7) * 10 });
    await queue.idle();
    assert.equal(new Set(log().map(({ address }) => address)).size, 100);
    assert.equal(log().length, 100);
    assert.equal(most(), 8);
    assert.equal(queue.open, 0);
  });

  it('measures the probes of one address one after another, those added later too, in the order they came', async () => {
    const { queue, clock, add, log, overlaps } = createQueue(8);
    add({ address: 1, name: 'a', ms: 100 }, { address: 1, name: 'b', ms: 100 });
    add({ address: 2, name: 'x', ms: 150 });
    clock.at(50, () => {
      add({ address: 1, name: 'c', ms: 100 });
    });
    clock.at(290, () => {
      add({ address: 1, name: 'd', ms: 100 });
    });
    await queue.idle();
    const ofOne = log().filter(({ address }) => address === 1);
    assert.deepEqual(
      ofOne.map(({ name }) => name),
      ['a', 'b', 'c', 'd'],
    );
    assert.equal(overlaps(), 0);
  });

  it('loses no job that is added in the very moment in which its address is through', async () => {
    // Each of these turns of the microtask queue lies somewhere between the last job's end and its bookkeeping.
    for (let turns = 0; turns < 20; turns++) {
      const { queue, add, log } = createQueue(2, (job) => {
        if (job.name !== 'first') return;
        let chain = Promise.resolve();
        for (let turn = 0; turn < turns; turn++) chain = chain.then(() => undefined);
        void chain.then(() => {
          add({ address: 1, name: 'second', ms: 5 });
        });
      });
      add({ address: 1, name: 'first', ms: 10 });
      add({ address: 2, name: 'other', ms: 1000 });
      await queue.idle();
      assert.deepEqual(
        log().map(({ name }) => name),
        ['first', 'second', 'other'],
        `after ${turns} turns`,
      );
    }
  });

  it('is idle again and again: what is added after is measured too', async () => {
    const { queue, add, log } = createQueue(2);
    await queue.idle();
    for (const address of [1, 2, 1]) {
      add({ address, name: 'a', ms: 10 });
      await queue.idle();
    }
    assert.equal(log().length, 3);
  });

  it('fails with the first failure, for callers that wait and for later ones, and begins nothing more', async () => {
    const { queue, add, log } = createQueue(2, ({ name }) => {
      if (name === 'bad') throw new Error('the first failure');
    });
    add({ address: 1, name: 'good', ms: 50 }, { address: 1, name: 'never', ms: 1 });
    add({ address: 2, name: 'bad', ms: 10 });
    for (let address = 3; address < 50; address++) add({ address, name: 'never', ms: 1 });
    await assert.rejects(queue.idle(), /the first failure/);
    await assert.rejects(queue.idle(), /the first failure/);
    assert.ok(!log().some(({ name }) => name === 'never'));
  });

  it('begins no more while 512 of those begun wait for their first request', async () => {
    let begun = 0;
    const queue = createMeasurementQueue(10_000);
    const never = new Promise<void>(() => undefined);
    for (let address = 0; address < 2000; address++)
      queue.add(ipv4(address), [
        () => {
          begun++;
          return never;
        },
      ]);
    await setImmediate();
    assert.equal(begun, 512);
    for (let address = 0; address < 100; address++) queue.asked(ipv4(address));
    await setImmediate();
    assert.equal(begun, 612);
    // Asked a second time: nothing comes free by that.
    for (let address = 0; address < 100; address++) queue.asked(ipv4(address));
    await setImmediate();
    assert.equal(begun, 612);
  });

  it('takes fifty thousand addresses in little memory', async () => {
    const { queue, add, log } = createQueue(128);
    const before = process.memoryUsage().heapUsed;
    for (let address = 0; address < 50_000; address++) add({ address, name: 'a', ms: 0 });
    const grown = process.memoryUsage().heapUsed - before;
    // p-limit alone would take about a kilobyte for each: 50 MB.
    assert.ok(grown < 20 * 1024 * 1024, `${Math.round(grown / 1024 / 1024)} MB`);
    await queue.idle();
    assert.equal(log().length, 50_000);
  });
});

/** @param atEnd called when a job ends; what it throws is the job's failure. */
function createQueue(parallel: number, atEnd: (job: Job) => void = () => undefined) {
  const clock = createFakeClock({ startMs: 0 });
  const ended: Job[] = [];
  const running = new Map<number, number>();
  let most = 0;
  let overlaps = 0;
  const queue = createMeasurementQueue(parallel);
  const measure = async (job: Job): Promise<void> => {
    const others = running.get(job.address) ?? 0;
    if (others > 0) overlaps++;
    running.set(job.address, others + 1);
    most = Math.max(most, running.size);
    if (job.ms > 0) await clock.sleep(job.ms);
    running.delete(job.address);
    ended.push(job);
    atEnd(job);
  };
  return {
    queue,
    clock,
    add: (...jobs: readonly [Job, ...Job[]]): void => {
      queue.add(
        ipv4(jobs[0].address),
        jobs.map((job) => () => measure(job)),
      );
    },
    log: (): readonly Job[] => ended,
    most: () => most,
    overlaps: () => overlaps,
  };
}
