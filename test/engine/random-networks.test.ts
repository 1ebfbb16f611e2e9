/** The whole scan on some hundred random networks, each judged by what the network saw; `npm run simulate` takes more. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { CheckedNetworks } from './check-network.js';
import { checkNetwork } from './check-network.js';
import { anyCase } from './random-network.js';

const NETWORKS = 200;

describe('a scan of a random network', () => {
  it('finds, counts and says lost what it must, within every limit', async () => {
    const sums: CheckedNetworks = { networks: 0, packets: 0, findings: 0, hours: 0 };
    await fc.assert(
      fc.asyncProperty(anyCase, (each) => checkNetwork(each, sums)),
      { numRuns: NETWORKS },
    );
    assert.ok(sums.findings > sums.networks, 'the networks have something to find');
  });
});
