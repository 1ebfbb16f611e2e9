/**
 * The obvious scanner, to compare with: one promise for each address, so many at once, each over after a second.
 * `promise-loop.js FIRST COUNT PORT CONCURRENCY`: addresses as integers. Prints a PromiseLoopResult.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import pLimit from 'p-limit';
import { formatAddress, ipv4 } from '../../src/domain/address.js';

export interface PromiseLoopResult {
  readonly packetsPerSecond: number;
  /** Bytes and datagrams by responder, as `a.b.c.d`. */
  readonly replies: readonly (readonly [ip: string, bytes: number, datagrams: number])[];
}

const TIMEOUT_MS = 1000;

const [first = 0, count = 0, port = 0, concurrency = 1] = process.argv.slice(2).map(Number);
// One socket for all: with one each, the process runs out of descriptors.
const socket = createSocket('udp4');
socket.bind();
await once(socket, 'listening');
const asked = new Map<string, { bytes: number; datagrams: number }>();
socket.on('message', ({ length }, { address }) => {
  const entry = asked.get(address);
  if (entry === undefined) return;
  entry.bytes += length;
  entry.datagrams++;
});

const limit = pLimit(concurrency);
const addresses = Array.from({ length: count }, (_, i) => formatAddress(ipv4(first + i)));
const started = performance.now();
let lastSent = started;
const answers = await Promise.all(addresses.map((address) => limit(() => ask(address))));
socket.close();
const result: PromiseLoopResult = {
  packetsPerSecond: count / ((lastSent - started) / 1000),
  replies: answers.flatMap(({ address, bytes, datagrams }) =>
    datagrams > 0 ? [[address, bytes, datagrams] as const] : [],
  ),
};
process.stdout.write(JSON.stringify(result));

async function ask(address: string): Promise<{ address: string; bytes: number; datagrams: number }> {
  const entry = { bytes: 0, datagrams: 0 };
  asked.set(address, entry);
  await new Promise<void>((resolve, reject) => {
    socket.send('\x01', port, address, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
  lastSent = performance.now();
  await delay(TIMEOUT_MS);
  asked.delete(address);
  return { address, ...entry };
}
