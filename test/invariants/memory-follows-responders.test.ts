import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Prefix } from '../../src/domain/address.js';
import { ipv4, lastOf } from '../../src/domain/address.js';
import type { Neighbourhood } from '../bench/neighbourhood.js';
import { openNeighbourhood, spreadOver } from '../bench/neighbourhood.js';
import type { NeighbourhoodScan } from '../bench/scan-neighbourhood.js';
import { scanNeighbourhood } from '../bench/scan-neighbourhood.js';
import { median } from '../bench/table.js';

/** 127.20.0.0/16, and 127.16.0.0/12 around it: the same responders in sixteen times as many addresses. */
const SMALL: Prefix = { first: ipv4(0x7f14_0000), length: 16 };
const LARGE: Prefix = { first: ipv4(0x7f10_0000), length: 12 };
const RESPONDERS = 600;
const DATAGRAMS_EACH = 20;
const RUNS = 3;
const MOST_BYTES = 120e6;
const MOST_GROWTH_BYTES = 24e6;

const onLinux = {
  skip: process.platform === 'linux' ? false : 'only on Linux is all of 127/8 this machine',
};

describe('memory follows responders', onLinux, () => {
  let neighbourhood: Neighbourhood;
  const small: NeighbourhoodScan[] = [];
  before(async () => {
    neighbourhood = await openNeighbourhood({
      responders: spreadOver({ first: SMALL.first, last: lastOf(SMALL) }, RESPONDERS),
      datagramsEach: DATAGRAMS_EACH,
    });
    for (let run = 0; run < RUNS; run++)
      small.push(await scanNeighbourhood(neighbourhood, { prefix: SMALL, rate: 50_000 }));
  });
  after(() => {
    neighbourhood.close();
  });

  it('all 600 of a /16 at 50,000 packets/s are found, each with every byte of its 20 datagrams', async () => {
    assert.deepEqual(
      small.map(({ found, exact, measuredDatagrams }) => ({ found, exact, measuredDatagrams })),
      small.map(() => ({ found: RESPONDERS, exact: RESPONDERS, measuredDatagrams: 12_000 })),
    );
    // The other side's count: once in the sweep and once in the measurement, in each of the runs.
    assert.deepEqual(await neighbourhood.takeCounts(), {
      requests: RUNS * 2 * RESPONDERS,
      datagrams: RUNS * 2 * 12_000,
    });
  });

  it('every address is asked once, and nothing is lost', () => {
    for (const { run, exitCode } of small) {
      assert.equal(run.counts.sweep_packets, 65_536);
      assert.equal(run.counts.received_datagrams, 2 * 12_000);
      assert.deepEqual(
        [run.losses.send_errors, run.losses.sweep_socket_drops, run.losses.measurement_socket_drops],
        [[], 0, 0],
      );
      assert.equal(exitCode, 0);
    }
  });

  it('no run of them holds more than 120 MB', () => {
    const peaks = small.map(({ peakRssBytes }) => peakRssBytes);
    // Node alone takes more than this, so the figure is one.
    assert.ok(
      peaks.every((peak) => peak > 30e6 && peak <= MOST_BYTES),
      `peaks of ${peaks.join(', ')} bytes`,
    );
  });

  it('sixteen times the addresses take no more than 24 MB more', async () => {
    const large: NeighbourhoodScan[] = [];
    for (let run = 0; run < RUNS; run++)
      large.push(await scanNeighbourhood(neighbourhood, { prefix: LARGE, rate: 200_000 }));
    assert.deepEqual(
      large.map(({ found, run }) => [found, run.counts.sweep_packets]),
      large.map(() => [RESPONDERS, 1_048_576]),
    );
    const [ofLarge, ofSmall] = [large, small].map((scans) =>
      median(scans.map(({ peakRssBytes }) => peakRssBytes)),
    ) as [number, number];
    assert.ok(ofLarge - ofSmall <= MOST_GROWTH_BYTES, `a /12 peaks at ${ofLarge}, a /16 at ${ofSmall} bytes`);
  });
});
