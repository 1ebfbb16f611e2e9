import type { Options } from 'yargs';
import type { SeverityThresholds } from '../../domain/finding.js';
import { SEVERITY_THRESHOLDS } from '../../domain/finding.js';
import { UsageError } from '../../domain/usage-error.js';
import type { Arguments } from '../command.js';
import { numberOption } from './arguments.js';

/** From which wire amplification on a finding is graded higher: `scan` and `inspect` share them. */
export const SEVERITY_OPTIONS = {
  'severity-critical': {
    group: 'Output:',
    type: 'string',
    requiresArg: true,
    describe: `Factor on the wire from which a finding is critical (default ${SEVERITY_THRESHOLDS.critical})`,
  },
  'severity-high': {
    group: 'Output:',
    type: 'string',
    requiresArg: true,
    describe: `Factor on the wire from which it is at least high (default ${SEVERITY_THRESHOLDS.high})`,
  },
} as const satisfies Record<string, Options>;

/** Below 2 the rule calls nothing an amplifier; no factor is as large as the most. */
const BOUNDS = { least: 2, most: 1_000_000, whole: false };

/** @throws UsageError for a factor out of bounds, and where critical would begin below high. */
export function severityThresholds(argv: Arguments): SeverityThresholds {
  const critical = numberOption(argv, 'severity-critical', BOUNDS) ?? SEVERITY_THRESHOLDS.critical;
  const high = numberOption(argv, 'severity-high', BOUNDS) ?? SEVERITY_THRESHOLDS.high;
  if (critical < high)
    throw new UsageError(
      `--severity-critical: ${critical} is less than the ${high} of --severity-high`,
      'give both, the factor of critical no smaller than that of high',
    );
  return { critical, high };
}
