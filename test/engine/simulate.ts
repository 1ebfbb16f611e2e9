/**
 * Thousands of random networks, without the test runner: `npm run simulate -- 10000 [seed]`. Prints the figures of
 * docs/quality.md, at the end or at a signal, or the network that went wrong. `npm run simulate -- seed:path` takes that
 * one again.
 */
import fc from 'fast-check';
import { systemClock } from '../../src/system-clock.js';
import type { CheckedNetworks } from './check-network.js';
import { checkNetwork } from './check-network.js';
import { anyCase } from './random-network.js';

const PROGRESS_EVERY_MS = 10_000;

const [count = '10000', seed = '1'] = process.argv.slice(2);
const [again, ...path] = count.split(':');
const sums: CheckedNetworks = { networks: 0, packets: 0, findings: 0, hours: 0 };
const startedMs = systemClock.monotonicMs();
let shownMs = startedMs;

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)
  process.once(signal, () => {
    process.stdout.write(`stopped: ${figures()}`);
    process.exit(code);
  });
await fc.assert(
  fc.asyncProperty(anyCase, async (each) => {
    await checkNetwork(each, sums);
    const now = systemClock.monotonicMs();
    if (now - shownMs < PROGRESS_EVERY_MS) return;
    shownMs = now;
    process.stderr.write(`${sums.networks} of ${count}, ${Math.round((now - startedMs) / 1000)} s\n`);
  }),
  path.length > 0
    ? { seed: Number(again), path: path.join(':'), endOnFailure: true }
    : { numRuns: Number(count), seed: Number(seed) },
);
process.stdout.write(figures());

function figures(): string {
  const seconds = Math.round((systemClock.monotonicMs() - startedMs) / 1000);
  return (
    `${sums.networks} networks, seed ${seed}: ${sums.packets} packets, ${sums.findings} findings, ` +
    `${Math.round(sums.hours)} hours of scan in ${seconds} s\n`
  );
}
