/** The process behind `neighbourhood.ts`: it is told a plan once, and answers until it is killed. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { Worker, isMainThread, parentPort } from 'node:worker_threads';
import { formatAddress } from '../../src/domain/address.js';
import type { NeighbourhoodCounts, NeighbourhoodPlan } from './neighbourhood.js';
import { replyLengths } from './neighbourhood.js';

/** Printable characters in their order, as RFC 864 has them; as many as the longest reply. */
const CHARACTERS = Buffer.from(
  Array.from({ length: 256 }, (_, i) => String.fromCharCode(32 + (i % 95))).join(''),
);

if (isMainThread) process.once('message', (plan: NeighbourhoodPlan) => void play(plan));
else swallow();

async function play({ responders, datagramsEach }: NeighbourhoodPlan): Promise<void> {
  const [port] = (await once(new Worker(import.meta.filename), 'message')) as [number];
  let counts = { requests: 0, datagrams: 0 };
  for (const responder of responders) {
    const replies = replyLengths(responder, datagramsEach).map((length) => CHARACTERS.subarray(0, length));
    const socket = createSocket({ type: 'udp4', reuseAddr: true });
    socket.on('message', (_payload, from) => {
      counts.requests++;
      counts.datagrams += replies.length;
      for (const payload of replies) socket.send(payload, from.port, from.address);
    });
    // More specific than the sink's wildcard, so the kernel prefers it.
    socket.bind(port, formatAddress(responder));
    await once(socket, 'listening');
  }
  process.on('message', () => {
    process.send?.(counts satisfies NeighbourhoodCounts);
    counts = { requests: 0, datagrams: 0 };
  });
  process.send?.(port);
}

/**
 * Everybody else: a socket on all addresses that nobody reads. The kernel fills its buffer and drops the rest,
 * so a silent address costs the sender what it costs on a network, and no ICMP error comes back.
 */
function swallow(): void {
  const sink = createSocket({ type: 'udp4', reuseAddr: true });
  sink.bind(0, '0.0.0.0', () => {
    parentPort?.postMessage(sink.address().port);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
}
