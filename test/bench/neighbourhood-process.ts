/** The process behind `neighbourhood.ts`: it is told its services once, and answers until it is killed. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { formatAddress } from '../../src/domain/address.js';
import { answeringServer } from './answering-server.js';
import type { Conversation, Responder, Service } from './neighbourhood.js';

type Counts = { -readonly [Key in keyof Conversation]: Conversation[Key] };

let conversations = new Map<string, Counts>();

if (isMainThread) process.once('message', (services: readonly Service[]) => void play(services));
else swallow(workerData as readonly number[]);

async function play(services: readonly Service[]): Promise<void> {
  const sink = new Worker(import.meta.filename, { workerData: services.map(({ port }) => port ?? 0) });
  const [ports] = (await once(sink, 'message')) as [readonly number[]];
  for (const [index, { probe, responders }] of services.entries()) {
    const answer = answerOf(probe);
    for (const responder of responders) await serve(probe, responder, ports[index] ?? 0, answer);
  }
  process.on('message', () => {
    process.send?.([...conversations.values()]);
    conversations = new Map();
  });
  process.send?.(ports);
}

async function serve(
  probe: string,
  { address, datagrams }: Responder,
  port: number,
  answer: (request: Uint8Array) => readonly Uint8Array[],
): Promise<void> {
  const socket = createSocket({
    type: 'udp4',
    reuseAddr: true,
    lookup: (host, _options, callback) => {
      callback(null, host, 4);
    },
  });
  socket.on('message', (request, from) => {
    const replies = answer(request);
    const key = `${probe} ${address} ${from.port}`;
    const known = conversations.get(key);
    const counts = known ?? { probe, address, clientPort: from.port, requests: 0, datagrams: 0, bytes: 0 };
    if (known === undefined) conversations.set(key, counts);
    counts.requests++;
    for (let i = 0; i < datagrams; i++) {
      const payload = replies[i % replies.length];
      if (payload === undefined) continue;
      socket.send(payload, from.port, from.address, (error) => {
        if (error) return;
        counts.datagrams++;
        counts.bytes += payload.length;
      });
    }
  });
  // More specific than the sink's wildcard, so the kernel prefers it.
  await new Promise<void>((resolve) => {
    socket.bind(port, formatAddress(address), resolve);
  });
}

/** Who asks something that the emulated server does not answer gets what the probe's own request brings. */
function answerOf(id: string): (request: Uint8Array) => readonly Uint8Array[] {
  const { request: usual, emulated } = answeringServer(id);
  // An emulated server may take milliseconds for what a real server has at hand.
  const known = new Map<string, readonly Uint8Array[]>();
  return (request) => {
    const key = Buffer.from(request).toString('latin1');
    let replies = known.get(key);
    if (replies === undefined) {
      const own = emulated.reply(request);
      replies = own.length > 0 ? own : emulated.reply(usual);
      known.set(key, replies);
    }
    return replies;
  };
}

/**
 * All other addresses: a socket on all of them that is never read. The kernel fills its buffer and drops the rest,
 * so a silent address costs the sender what it costs on a network, and no ICMP error comes back.
 */
function swallow(ports: readonly number[]): void {
  const sinks = ports.map((port) => createSocket({ type: 'udp4', reuseAddr: true }).bind(port, '0.0.0.0'));
  void Promise.all(sinks.map((sink) => once(sink, 'listening'))).then(() => {
    parentPort?.postMessage(sinks.map((sink) => sink.address().port));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
}
