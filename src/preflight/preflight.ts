import type { Check } from './check.js';
import type { HostFacts, PlannedScan } from './facts.js';
import { judgeClock, judgeDisk, judgeOpenFiles, judgeOut } from './judge-host.js';
import {
  judgeConntrack,
  judgeNeighbours,
  judgeReceiveBuffer,
  judgeSource,
  judgeSourcePort,
} from './judge-network.js';

/** Everything that is looked at before the first packet, what would refuse the scan first. Pure. */
export function preflight(planned: PlannedScan, facts: HostFacts): readonly Check[] {
  return JUDGEMENTS.map((judge) => judge(planned, facts));
}

const JUDGEMENTS: readonly ((planned: PlannedScan, facts: HostFacts) => Check)[] = [
  judgeClock,
  judgeSource,
  judgeSourcePort,
  judgeOut,
  judgeDisk,
  judgeReceiveBuffer,
  judgeNeighbours,
  judgeConntrack,
  judgeOpenFiles,
];
