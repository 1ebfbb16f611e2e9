import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UsageError } from '../../src/domain/usage-error.js';
import type { PartitionState } from '../../src/engine/partition.js';
import type { SweepWorker } from '../../src/engine/sweep-worker.js';
import { openSweepWorker } from '../../src/engine/sweep-worker.js';
import type { FromWorker, ToWorker, WorkerAnswer, WorkerRequest } from '../../src/engine/worker-messages.js';
import type { Sighting } from '../../src/sweep/sightings.js';
import { sightingDouble } from '../sweep/sighting-double.js';

const STATE = { place: { position: 0 } } as unknown as PartitionState;
const LIMITS = { rate: 10, replyBandwidthBps: 20 };
const RULES = { allowed: [], validUntilEnd: 0, isRevoked: false } as unknown as Parameters<
  SweepWorker['guardBy']
>[0];

describe('a worker of the sweep, as the first thread sees it,', () => {
  it('is asked by one message each, and its answer is the value of the call', async () => {
    const asked: WorkerRequest[] = [];
    const { worker } = await opened((request) => {
      asked.push(request);
      const values = {
        run: 'paused',
        'ask-again': 'finished',
        'has-suspects': true,
        'suspect-since': { from: 1, to: 2 },
      };
      return {
        kind: request.kind,
        value: { ...values, state: STATE }[request.kind as 'run'],
      } as WorkerAnswer;
    });
    assert.equal(await worker.run(77), 'paused');
    assert.equal(await worker.askAgain(), 'finished');
    assert.equal(await worker.hasSuspects(), true);
    assert.deepEqual(await worker.suspectSince(5), { from: 1, to: 2 });
    assert.equal(await worker.state(), STATE);
    await worker.sample();
    await worker.setLimits(LIMITS);
    await worker.guardBy(RULES);
    await worker.close();
    assert.deepEqual(asked, [
      // Whether its sockets are open.
      { kind: 'state' },
      { kind: 'run', untilMs: 77 },
      { kind: 'ask-again' },
      { kind: 'has-suspects' },
      { kind: 'suspect-since', sinceMs: 5 },
      { kind: 'state' },
      { kind: 'sample' },
      { kind: 'limits', limits: LIMITS },
      { kind: 'guard', rules: RULES },
      { kind: 'close' },
    ]);
  });

  it('gives each of several calls its own answer, in whatever order they come', async () => {
    const { worker, link } = await opened((request) =>
      request.kind === 'state' ? answerTo(request) : undefined,
    );
    const [first, second] = [worker.suspectSince(1), worker.suspectSince(2)];
    const [one, other] = link.posted.slice(-2).map((message) => (message === 'abort' ? NaN : message.id));
    link.say({ id: other ?? NaN, answer: { kind: 'suspect-since', value: { from: 2, to: 3 } } });
    link.say({ id: 999, answer: { kind: 'sample', value: undefined } });
    link.say({ id: one ?? NaN, answer: { kind: 'suspect-since', value: undefined } });
    assert.deepEqual(await Promise.all([first, second]), [undefined, { from: 2, to: 3 }]);
  });

  it('tells what it sighted, and how far it is, before the answer that builds on it', async () => {
    const { worker, link, sighted } = await opened(answerTo);
    assert.deepEqual(worker.progress(), { done: 0, total: 0, sent: 0 });
    const sighting = sightingDouble();
    link.hear({ progress: { done: 1, total: 9, sent: 1 }, sightings: [sighting] });
    assert.deepEqual([worker.progress(), sighted], [{ done: 1, total: 9, sent: 1 }, [sighting]]);
  });

  it('is told to stop when the run is, at its beginning too, and not once it is closed', async () => {
    const stop = new AbortController();
    const { worker, link } = await opened(answerTo, stop.signal);
    assert.ok(!link.posted.includes('abort'));
    stop.abort();
    assert.equal(link.posted.at(-1), 'abort');
    await worker.close();
    const late = new AbortController();
    const closed = await opened(answerTo, late.signal);
    await closed.worker.close();
    late.abort();
    assert.ok(!closed.link.posted.includes('abort'));
    const { link: stopped } = await opened(answerTo, AbortSignal.abort());
    assert.equal(stopped.posted[0], 'abort');
  });
});

describe('a worker that fails', () => {
  const failed = (more: object): WorkerAnswer => ({ kind: 'failed', message: 'no such address', ...more });

  it('to open is closed, and its error is that of the call, with hint or code', async () => {
    for (const [more, expected] of [
      [{ hint: 'name another' }, new UsageError('no such address', 'name another')],
      [{ code: 'EMFILE' }, Object.assign(new Error('no such address'), { code: 'EMFILE' })],
      [{}, new Error('no such address')],
    ] as const) {
      const link = linkOf(() => failed(more));
      await assert.rejects(
        openSweepWorker(link, { signal: new AbortController().signal, onSighting: () => undefined }),
        expected,
      );
      assert.deepEqual([link.kinds(), link.isTerminated()], [['state', 'close'], true]);
    }
  });

  it('to understand says so', async () => {
    const { worker } = await opened((request) =>
      request.kind === 'run' ? { kind: 'sample', value: undefined } : answerTo(request),
    );
    await assert.rejects(worker.run(0), /a worker answered sample to another request/);
  });

  it('by ending fails what it was asked, with the first reason that is known, and whatever it is asked from then on', async () => {
    const { worker, link } = await opened((request) =>
      request.kind === 'run' ? undefined : answerTo(request),
    );
    const run = worker.run(0);
    link.end(new Error('out of memory'));
    link.end(new Error('it ended with 1'));
    await assert.rejects(run, /out of memory/);
    await assert.rejects(worker.sample(), /out of memory/);
    await worker.close();
    assert.equal(link.isTerminated(), true);
  });
});

type Answering = (request: WorkerRequest) => WorkerAnswer | undefined;

function answerTo({ kind }: WorkerRequest): WorkerAnswer {
  return { kind, value: undefined } as WorkerAnswer;
}

async function opened(answer: Answering, signal = new AbortController().signal) {
  const link = linkOf(answer);
  const sighted: Sighting[] = [];
  const worker = await openSweepWorker(link, { signal, onSighting: (sighting) => sighted.push(sighting) });
  return { worker, link, sighted };
}

/** A worker that answers at once, or not at all. */
function linkOf(answer: Answering) {
  const posted: ToWorker[] = [];
  let hear: (message: FromWorker) => void = () => undefined;
  let end: (error: Error) => void = () => undefined;
  let isTerminated = false;
  const say = (answered: FromWorker['answered']): void => {
    hear({ progress: { done: 0, total: 0, sent: 0 }, sightings: [], ...(answered && { answered }) });
  };
  return {
    posted,
    kinds: () => posted.map((message) => (message === 'abort' ? message : message.request.kind)),
    isTerminated: () => isTerminated,
    say,
    hear: (message: FromWorker) => {
      hear(message);
    },
    end: (error: Error) => {
      end(error);
    },
    post(message: ToWorker) {
      posted.push(message);
      const given = message === 'abort' ? undefined : answer(message.request);
      if (given !== undefined && message !== 'abort') say({ id: message.id, answer: given });
    },
    onMessage(listener: typeof hear) {
      hear = listener;
    },
    onEnd(listener: typeof end) {
      end = listener;
    },
    terminate() {
      isTerminated = true;
      return Promise.resolve();
    },
  };
}
