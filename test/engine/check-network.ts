import { createFakeClock } from '../fake-clock.js';
import { judgeScan } from './judge-scan.js';
import type { RandomCase } from './random-network.js';
import { PROBES, fateBy } from './random-network.js';
import { assertWithinLimits } from './rules.js';
import { simulatedNetwork } from './simulated-network.js';
import { simulateScan } from './simulated-scan.js';

/** What checked networks amount to. */
export interface CheckedNetworks {
  networks: number;
  packets: number;
  findings: number;
  /** Of the fake clock. */
  hours: number;
}

/**
 * Scans one random network, in two sessions where it is stopped, and judges the scan by what the network saw.
 * @throws AssertionError for a packet against a rule, and for anything that was found, missed or said untruly.
 */
export async function checkNetwork(each: RandomCase, sums: CheckedNetworks): Promise<void> {
  let wakes = 0;
  const clock = createFakeClock({ oversleepMs: () => each.late[wakes++ % each.late.length] ?? 0 });
  const network = simulatedNetwork(clock, fateBy(each), each.sendTakesMs);
  const setting = { clock, network, probes: PROBES, ranges: each.ranges, plan: each.plan };
  const startMs = clock.monotonicMs();
  const session = simulateScan(setting);
  if (each.stopAtMs !== undefined)
    clock.at(startMs + each.stopAtMs, () => {
      session.stop.abort();
    });
  const first = await session.done;
  const isStopped = first.result.stoppedBy !== undefined;
  const scan = isStopped ? await simulateScan({ ...setting, from: first.kept }).done : first;
  assertWithinLimits(network.sends, network.deliveries, each.plan.pace);
  judgeScan(each, network, scan);
  sums.networks++;
  sums.packets += network.sends.length;
  sums.findings += scan.findings.length;
  sums.hours += (clock.monotonicMs() - startMs) / 3_600_000;
}
