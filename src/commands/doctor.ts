import type * as z from 'zod';
import { addressCount } from '../domain/address.js';
import { UsageError } from '../domain/usage-error.js';
import type { Check } from '../preflight/check.js';
import { ALL_SETTINGS, TARGET_SETTINGS } from '../settings/all-settings.js';
import type { Given, Io } from './command.js';
import { defineCommand, EXIT } from './command.js';
import { checkHost } from './inputs/check-host.js';
import { readScanInputs } from './inputs/scan-inputs.js';

/** Says whether a scan would work here, and what to do where it would not; sends nothing. */
export const doctor = defineCommand({
  positional: { usage: '[target..]', describe: 'Addresses or prefixes; none means all of the scope' },
  settings: ALL_SETTINGS.pick({
    ...TARGET_SETTINGS,
    source: true,
    parallel: true,
    cooldown: true,
    receive_buffer: true,
    out: true,
    json: true,
  }),
  example: ['ampscope doctor', 'what is missing before a scan of ./scope.yaml, line by line'],
  async run(settings, io, given) {
    const checks = await examine(settings, io, given);
    io.stdout.write(settings.json ? `${JSON.stringify({ checks }, undefined, 2)}\n` : describeChecks(checks));
    return checks.some(({ status }) => status === 'problem') ? EXIT.usage : EXIT.finished;
  },
});

/** A scope that cannot be used is the first thing to say, and without one there is nothing to look at yet. */
async function examine(
  settings: z.output<(typeof doctor)['settings']>,
  io: Io,
  given: Given,
): Promise<readonly Check[]> {
  const name = 'scope';
  try {
    const inputs = await readScanInputs(settings, given, io);
    const { scopeFile, space, validityWarning, notes } = inputs;
    const remarks = [validityWarning ?? [], notes].flat();
    const scope: Check = {
      name,
      status: 'ok',
      finding: `${scopeFile.name}: ${addressCount(space.size)} to probe, until ${scopeFile.validUntil} (UTC)`,
      ...(remarks.length > 0 && { hint: `note: ${remarks.join('; ')}` }),
    };
    return [scope, ...(await checkHost(settings, io, inputs))];
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
