/**
 * The most that dgram sends: the same packets as a sweep of one form, from as many sockets in as many threads,
 * with the same window of unfinished sends and one callback for all; no scope, no order, no pace, no ledger.
 * `dgram-loop.js FIRST COUNT PORT REQUEST THREADS`: addresses as integers, the request in hex. Prints a LoopResult.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { formatAddress, ipv4 } from '../../src/domain/address.js';
import type { LoopResult, Replies } from './loop-result.js';
import { createReplyCount } from './loop-result.js';

/** As many as the sweep leaves unfinished. */
const WINDOW = 128;
const COOLDOWN_MS = 1000;

interface Share {
  readonly first: number;
  readonly count: number;
  readonly port: number;
  readonly request: string;
}

interface ShareResult {
  /** Milliseconds since 1970: threads have no other time in common. */
  readonly startedMs: number;
  readonly endedMs: number;
  readonly replies: readonly Replies[];
}

if (isMainThread) process.stdout.write(JSON.stringify(await sendAll()));
else parentPort?.postMessage(await send(workerData as Share));

async function sendAll(): Promise<LoopResult> {
  const [first = 0, count = 0, port = 0] = process.argv.slice(2, 5).map(Number);
  const [request = '', threads = '1'] = process.argv.slice(5);
  const size = Math.ceil(count / Number(threads));
  const shares = Array.from({ length: Number(threads) }, (_, i): Share => {
    const before = i * size;
    return { first: first + before, count: Math.min(size, count - before), port, request };
  });
  const results =
    shares.length === 1
      ? await Promise.all(shares.map(send))
      : await Promise.all(
          shares.map(async (share) => {
            const worker = new Worker(import.meta.filename, { workerData: share });
            return ((await once(worker, 'message')) as [ShareResult])[0];
          }),
        );
  const started = Math.min(...results.map(({ startedMs }) => startedMs));
  const ended = Math.max(...results.map(({ endedMs }) => endedMs));
  return {
    packetsPerSecond: count / ((ended - started) / 1000),
    replies: results.flatMap(({ replies }) => replies),
  };
}

async function send({ first, count, port, request }: Share): Promise<ShareResult> {
  const payload = Buffer.from(request, 'hex');
  const socket = createSocket({
    type: 'udp4',
    lookup: (host, _options, callback) => {
      callback(null, host, 4);
    },
  });
  const heard = createReplyCount();
  socket.on('message', ({ length }, { address }) => {
    heard.add(address, length);
  });
  await new Promise<void>((resolve) => {
    socket.bind(0, resolve);
  });
  socket.setRecvBufferSize(64 * 1024 * 1024);
  const now = (): number => performance.timeOrigin + performance.now();
  const startedMs = now();
  await new Promise<void>((resolve, reject) => {
    let next = 0;
    let unfinished = 0;
    const finished = (error: Error | null): void => {
      if (error) {
        reject(error);
        return;
      }
      unfinished--;
      if (next === count && unfinished === 0) resolve();
      else if (unfinished < WINDOW / 2) fill();
    };
    const fill = (): void => {
      for (; unfinished < WINDOW && next < count; next++) {
        unfinished++;
        socket.send(payload, port, formatAddress(ipv4(first + next)), finished);
      }
    };
    fill();
  });
  const endedMs = now();
  await delay(COOLDOWN_MS);
  socket.close();
  return { startedMs, endedMs, replies: heard.list() };
}
