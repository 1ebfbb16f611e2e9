import { parseDurationMs } from '../../domain/time.js';
import { UsageError } from '../../domain/usage-error.js';
import type { Arguments } from '../command.js';

/**
 * Readers of single options. Every option reaches us as the text the user typed: yargs' own numbers take
 * `0x10` and an empty word for numbers, and hand over a list where an option stands twice.
 */
export function textOption(argv: Arguments, name: string): string | undefined {
  const value = argv[name];
  if (value === undefined) return undefined;
  if (Array.isArray(value)) throw new UsageError(`--${name} is given ${value.length} times`, 'give it once');
  if (typeof value !== 'string' || value === '')
    throw new UsageError(`--${name} has no value`, `write --${name} VALUE`);
  return value;
}

/** A repeatable option, in the order given. */
export function listOption(argv: Arguments, name: string): readonly string[] {
  const value = argv[name];
  const list: readonly unknown[] = value === undefined ? [] : Array.isArray(value) ? value : [value];
  return list.map((element) => {
    if (typeof element !== 'string' || element === '')
      throw new UsageError(`--${name} has no value`, `write --${name} VALUE`);
    return element;
  });
}

export function flagOption(argv: Arguments, name: string): boolean {
  const value = argv[name];
  if (Array.isArray(value)) throw new UsageError(`--${name} is given ${value.length} times`, 'give it once');
  return value === true;
}

/** A decimal number within bounds, both included. */
export function numberOption(
  argv: Arguments,
  name: string,
  { least, most, whole }: { readonly least: number; readonly most: number; readonly whole: boolean },
): number | undefined {
  const text = textOption(argv, name);
  if (text === undefined) return undefined;
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (!(value >= least && value <= most) || (whole && !Number.isInteger(value)))
    throw new UsageError(
      `--${name}: "${text}" is not ${whole ? 'a whole' : 'a'} number from ${least} to ${most}`,
      `write --${name} with a number from ${least} to ${most}, or leave it out for the default`,
    );
  return value;
}

/** `300ms`, `8s`, `2m`, in milliseconds. */
export function durationOption(argv: Arguments, name: string, mostMs: number): number | undefined {
  const text = textOption(argv, name);
  if (text === undefined) return undefined;
  const ms = parseDurationMs(text);
  if (ms === undefined)
    throw new UsageError(
      `--${name}: "${text}" is not a duration`,
      'write a number and a unit: 300ms, 8s or 2m',
    );
  if (ms > mostMs) throw new UsageError(`--${name}: "${text}" is too long`, `at most ${mostMs / 1000}s`);
  return ms;
}
