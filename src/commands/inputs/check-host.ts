import type { Instant } from '../../domain/time.js';
import type { Check } from '../../preflight/check.js';
import type { PlannedScan } from '../../preflight/facts.js';
import { preflight } from '../../preflight/preflight.js';
import { readHostFacts } from '../../preflight/read-facts.js';
import type { Settings } from '../../settings/all-settings.js';
import type { Io } from '../command.js';
import { readAtOnce } from './at-once.js';
import type { ScanInputs } from './scan-inputs.js';

/** The preflight of the scan that these arguments ask for: what `doctor` prints, and `scan` heeds. */
export async function checkHost(
  settings: Pick<Settings, 'cooldown' | 'parallel' | 'source' | 'receive_buffer' | 'out'>,
  { clock }: Io,
  inputs: ScanInputs,
): Promise<readonly Check[]> {
  const { out, receive_buffer: receiveBufferBytes } = settings;
  const planned: PlannedScan = {
    targets: inputs.space.set,
    probes: inputs.probes.length,
    rate: inputs.rate,
    replyBandwidthBps: inputs.scopeFile.limits.replyBandwidthBps,
    ...(await readAtOnce(settings, inputs)),
    validUntilEnd: inputs.scope.validUntilEnd,
    sourceAddress: settings.source,
  };
  const now: Instant = clock.now();
  return preflight(planned, await readHostFacts(planned, { now, out, receiveBufferBytes }));
}
