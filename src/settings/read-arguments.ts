import parse from 'yargs-parser';
import type * as z from 'zod';
import { UsageError } from '../domain/usage-error.js';
import { nearMiss } from '../scope/near-miss.js';
import { ALL_SETTINGS } from './all-settings.js';
import { flagOf, keyOf, variableOf } from './names.js';
import type { Written } from './read-settings.js';
import { readSettings } from './read-settings.js';
import { isSwitch } from './setting.js';
import { readSettingsFile } from './settings-file.js';

/** How a command is called. */
export interface Usage<S extends z.ZodObject> {
  readonly name: string;
  readonly describe: string;
  /** `[target..]`: in brackets what may be left out, with dots what may be several. */
  readonly positional?: { readonly usage: string; readonly describe: string };
  readonly settings: S;
  readonly example: readonly [command: string, what: string];
}

/**
 * Reads the arguments of a command, and what the environment and a settings file add.
 * @throws UsageError for what is not understood, and for the first wrong setting, with its place; what `stop` says when it
 * comes while the settings file is awaited.
 */
export async function readArguments<S extends z.ZodObject>(
  usage: Usage<S>,
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  stop?: AbortSignal,
): Promise<{
  readonly settings: z.output<S>;
  readonly operands: readonly string[];
  readonly written: ReadonlyMap<string, Written>;
}> {
  const [plain, switched] = withoutSwitchValues(usage.settings, args);
  const { _: unnamed, ...flags } = parsed(usage, plain);
  for (const [flag, value] of switched) flags[flag] = [flags[flag] ?? [], value].flat();
  const given = unnamed.map(String);
  refuseCount(usage, given);
  refuseNearMiss(environment);
  const { config } = flags;
  if (config !== undefined && (typeof config !== 'string' || config === ''))
    throw new UsageError('--config takes one file', 'write --config FILE');
  const { written: file } = await readSettingsFile(
    config ?? (environment['AMPSCOPE_CONFIG'] || undefined),
    stop,
  );
  return { ...readSettings(usage.settings, { flags, environment, file }), operands: given };
}

/**
 * The words as yargs understands them, by its parser: all of yargs is loaded for help alone, for it takes 5 MB of memory.
 * @throws UsageError for an option that the command does not have, and for one without its value.
 */
function parsed(
  { name, settings }: Usage<z.ZodObject>,
  args: readonly string[],
): Record<string, unknown> & { readonly _: readonly (string | number)[] } {
  const options = Object.entries<z.ZodType>(settings.shape);
  const switches = [
    ...options.filter(([, setting]) => isSwitch(setting)).map(([key]) => flagOf(key)),
    'help',
  ];
  const words = [
    ...options.filter(([, setting]) => !isSwitch(setting)).map(([key]) => flagOf(key)),
    'config',
  ];
  const { argv, error } = parse.detailed([...args], {
    boolean: switches,
    string: words,
    // One value each, which may not be missing.
    narg: Object.fromEntries(words.map((word) => [word, NaN])),
    configuration: {
      'parse-positional-numbers': false,
      'boolean-negation': false,
      'dot-notation': false,
      'camel-case-expansion': false,
    },
  });
  const see = `see ampscope ${name} --help`;
  if (error !== null) throw new UsageError(complaintOf(error), see);
  const unknown = Object.keys(argv).find((flag) => ![...switches, ...words, '_'].includes(flag));
  if (unknown === undefined) return argv;
  throw new UsageError(`${unknown.length > 1 ? '--' : '-'}${unknown} is not understood here`, see);
}

function complaintOf({ message }: Error): string {
  const valueless = /Not enough arguments following: (\S+)/.exec(message)?.[1];
  return valueless === undefined ? message : `--${valueless} has no value`;
}

/** What `--quiet=no` says is for the schema: yargs takes all but `true` for false. */
function withoutSwitchValues(
  { shape }: z.ZodObject,
  args: readonly string[],
): readonly [args: string[], switched: readonly (readonly [flag: string, value: string])[]] {
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  const switched: (readonly [string, string])[] = [];
  const plain = args.filter((word, index) => {
    const [, flag = '', value = ''] = /^--([a-z-]+)=(.*)$/s.exec(word) ?? [];
    const setting = shape[keyOf(flag)] as z.ZodType | undefined;
    if (index > end || setting === undefined || !isSwitch(setting)) return true;
    switched.push([flag, value]);
    return false;
  });
  return [plain, switched];
}

/** A misspelt variable would be obeyed by nothing; a variable of something else is none of ours. */
function refuseNearMiss(environment: Readonly<Record<string, string | undefined>>): void {
  const known = [...Object.keys(ALL_SETTINGS.shape), 'config'];
  for (const name of Object.keys(environment)) {
    const key = /^AMPSCOPE_(\w+)$/.exec(name)?.[1]?.toLowerCase();
    if (key === undefined || known.includes(key)) continue;
    const meant = nearMiss(key, known);
    if (meant !== undefined)
      throw new UsageError(`unknown variable ${name}`, `did you mean ${variableOf(meant)}?`);
  }
}

function refuseCount({ name, positional }: Usage<z.ZodObject>, operands: readonly string[]): void {
  const usage = positional?.usage ?? '';
  const most = usage === '' ? 0 : usage.includes('..') ? Infinity : usage.split(' ').length;
  if (operands.length > most)
    throw new UsageError(`"${operands[most] ?? ''}" is not understood here`, `see ampscope ${name} --help`);
  if (operands.length === 0 && positional !== undefined && usage.startsWith('<'))
    throw new UsageError(`${name}: ${usage} is missing`, `ampscope ${name} ${usage}: ${positional.describe}`);
}
