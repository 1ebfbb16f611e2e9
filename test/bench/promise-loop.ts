/**
 * The obvious scanner, to compare with: one promise for each address, so many at once, each over after a second.
 * `promise-loop.js FIRST COUNT PORT REQUEST CONCURRENCY`: addresses as integers, the request in hex. Prints a
 * LoopResult.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import pLimit from 'p-limit';
import { formatAddress, ipv4 } from '../../src/domain/address.js';
import type { LoopResult, Replies } from './loop-result.js';

const TIMEOUT_MS = 1000;

const [first = 0, count = 0, port = 0] = process.argv.slice(2, 5).map(Number);
const [hex = '', concurrency = ''] = process.argv.slice(5);
const request = Buffer.from(hex, 'hex');
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

const limit = pLimit(Number(concurrency));
const addresses = Array.from({ length: count }, (_, i) => formatAddress(ipv4(first + i)));
const started = performance.now();
let lastSent = started;
const replies = await Promise.all(addresses.map((address) => limit(() => ask(address))));
socket.close();
const result: LoopResult = {
  packetsPerSecond: count / ((lastSent - started) / 1000),
  replies: replies.filter(([, , datagrams]) => datagrams > 0),
};
process.stdout.write(JSON.stringify(result));

async function ask(address: string): Promise<Replies> {
  const entry = { bytes: 0, datagrams: 0 };
  asked.set(address, entry);
  await new Promise<void>((resolve, reject) => {
    socket.send(request, port, address, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
  lastSent = performance.now();
  await delay(TIMEOUT_MS);
  asked.delete(address);
  return [address, entry.bytes, entry.datagrams];
}
