import { addressCount } from '../domain/address.js';
import { UsageError } from '../domain/usage-error.js';
import type { Check } from '../preflight/check.js';
import { flagOption, textOption } from './options/arguments.js';
import type { Arguments, Command, Io } from './command.js';
import { EXIT } from './command.js';
import { checkHost } from './check-host.js';
import { DEFAULTS } from './options/scan-defaults.js';
import { readScanInputs } from './options/scan-inputs.js';
import { SCAN_OPTIONS, TARGET_OPTIONS } from './options/scan-options.js';

/** Says whether a scan would work here, and what to do where it would not; sends nothing. */
export const doctor: Command = {
  name: 'doctor',
  positional: {
    usage: '[target..]',
    key: 'target',
    describe: 'Addresses or prefixes; none means all of the scope',
  },
  describe: 'Check this machine for a scan: route, buffers, limits, disk; sends nothing',
  options: {
    ...TARGET_OPTIONS,
    source: SCAN_OPTIONS.source,
    parallel: SCAN_OPTIONS.parallel,
    cooldown: SCAN_OPTIONS.cooldown,
    'receive-buffer': SCAN_OPTIONS['receive-buffer'],
    out: SCAN_OPTIONS.out,
    json: { group: 'Output:', type: 'boolean', describe: 'Print the checks as JSON' },
  },
  example: ['ampscope doctor', 'what is missing before a scan of ./scope.yaml, line by line'],
  async run(argv, io) {
    const checks = await examine(argv, io);
    io.stdout.write(
      flagOption(argv, 'json') ? `${JSON.stringify({ checks }, undefined, 2)}\n` : describeChecks(checks),
    );
    return checks.some(({ status }) => status === 'problem') ? EXIT.usage : EXIT.finished;
  },
};

/** A scope that cannot be used is the first thing to say, and without one there is nothing to look at yet. */
async function examine(argv: Arguments, io: Io): Promise<readonly Check[]> {
  const name = 'scope';
  try {
    const inputs = await readScanInputs(argv, io);
    const { scopeFile, space, validityWarning, notes } = inputs;
    const remarks = [validityWarning ?? [], notes].flat();
    const scope: Check = {
      name,
      status: 'ok',
      finding: `${scopeFile.name}: ${addressCount(space.size)} to probe, until ${scopeFile.validUntil} (UTC)`,
      ...(remarks.length > 0 && { hint: `note: ${remarks.join('; ')}` }),
    };
    return [scope, ...(await checkHost(argv, io, inputs, textOption(argv, 'out') ?? DEFAULTS.out))];
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return [{ name, status: 'problem', finding: error.message, hint: error.hint }];
  }
}

const MARKS = { ok: 'ok', warning: 'WARNING', problem: 'PROBLEM', unknown: 'not told' } as const;

function describeChecks(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const indent = ' '.repeat(10 + width + 2);
  const lines = checks.flatMap(({ name, status, finding, hint }) => [
    `${MARKS[status].padEnd(10)}${name.padEnd(width)}  ${finding}`,
    ...(hint === undefined ? [] : [`${indent}-> ${hint}`]),
  ]);
  return `${[...lines, '', conclusionOf(checks)].join('\n')}\n`;
}

function conclusionOf(checks: readonly Check[]): string {
  const count = (wanted: Check['status']): number => checks.filter(({ status }) => status === wanted).length;
  const problems = count('problem');
  const warnings = count('warning');
  const rest = warnings === 0 ? '' : `; ${warnings === 1 ? '1 warning' : `${warnings} warnings`}`;
  if (problems > 0)
    return `a scan would refuse: ${problems === 1 ? '1 problem' : `${problems} problems`}${rest}`;
  return warnings === 0 ? 'ready to scan' : `a scan would work, and may lose something${rest}`;
}
