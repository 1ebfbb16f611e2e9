/**
 * Thousands of random networks, without the test runner: `npm run simulate -- 10000 [seed]`. Prints the figures of
 * docs/quality.md, or the network that went wrong. `npm run simulate -- seed:path` takes that one again.
 */
import fc from 'fast-check';
import { systemClock } from '../../src/system-clock.js';
import type { CheckedNetworks } from './check-network.js';
import { checkNetwork } from './check-network.js';
import { anyCase } from './random-network.js';

const [asked = '10000', seed = '1'] = process.argv.slice(2);
const [again, ...path] = asked.split(':');
const sums: CheckedNetworks = { networks: 0, packets: 0, findings: 0, hours: 0 };
const startedMs = systemClock.monotonicMs();
await fc.assert(
  fc.asyncProperty(anyCase, (each) => checkNetwork(each, sums)),
  path.length > 0
    ? { seed: Number(again), path: path.join(':'), endOnFailure: true }
    : { numRuns: Number(asked), seed: Number(seed) },
);
const seconds = Math.round((systemClock.monotonicMs() - startedMs) / 1000);
process.stdout.write(
  `${sums.networks} networks, seed ${seed}: ${sums.packets} packets, ${sums.findings} findings, ` +
    `${Math.round(sums.hours)} hours of scan in ${seconds} s\n`,
);
