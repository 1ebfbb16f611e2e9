import type { Argv, Options } from 'yargs';
import yargs from 'yargs';
import type { z } from 'zod';
import { UsageError } from '../domain/usage-error.js';
import { nearMiss } from '../scope/near-miss.js';
import { ALL_SETTINGS } from './all-settings.js';
import { flagOf, keyOf, variableOf } from './names.js';
import type { Written } from './read-settings.js';
import { readSettings } from './read-settings.js';
import { ABOUT, defaultOf, isSwitch } from './setting.js';
import { DEFAULT_FILES, readSettingsFile } from './settings-file.js';

const HELP_COLUMNS = 100;

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
  const { _: unnamed, ...parsed } = await parserOf(usage).parseAsync(plain);
  const flags: Record<string, unknown> = parsed;
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

/** The help of a command: what it does, its settings by group, one example. */
export async function helpOf(usage: Usage<z.ZodObject>): Promise<string> {
  // Each takes one word, and the help says so once.
  return `${(await parserOf(usage).getHelp()).replaceAll(/(?<!\s)\s*\[(string|boolean)\]$/gm, '')}\n`;
}

function parserOf({ name, describe, positional, settings, example }: Usage<z.ZodObject>): Argv {
  const call = ['$0', name, positional?.usage].join(' ');
  const operands = positional ? `\n\n${positional.usage}  ${positional.describe}` : '';
  const see = `see ampscope ${name} --help`;
  return (
    yargs()
      .scriptName('ampscope')
      .usage(`${call}\n\n${describe}${operands}`)
      // Messages must be the same wherever the program runs: other programs read them.
      .locale('en')
      .version(false)
      .help(false)
      .parserConfiguration({
        'parse-positional-numbers': false,
        'boolean-negation': false,
        'dot-notation': false,
        'camel-case-expansion': false,
      })
      .wrap(HELP_COLUMNS)
      .options(
        Object.fromEntries(
          Object.entries<z.ZodType>(settings.shape).map(([key, setting]) => [flagOf(key), optionOf(setting)]),
        ),
      )
      .option('config', {
        type: 'string',
        requiresArg: true,
        describe: `Settings file (default ./${DEFAULT_FILES.join(', else ')})`,
      })
      .option('help', { type: 'boolean', describe: 'Show this help' })
      .strictOptions()
      .epilogue(`Example: ${example[0]}   (${example[1]})`)
      .exitProcess(false)
      .fail((message: string | null, error: Error | undefined) => {
        throw usageErrorOf(error?.message ?? message ?? '', see);
      })
  );
}

function optionOf(setting: z.ZodType): Options {
  const about = ABOUT.get(setting);
  const fallback = about?.otherwise ?? (isSwitch(setting) ? undefined : defaultOf(setting));
  return {
    group: `${about?.group ?? 'Options'}:`,
    type: isSwitch(setting) ? 'boolean' : 'string',
    requiresArg: !isSwitch(setting),
    describe: `${about?.description ?? ''}${fallback === undefined ? '' : ` (default ${fallback})`}`,
  };
}

function refuseCount({ name, positional }: Usage<z.ZodObject>, operands: readonly string[]): void {
  const usage = positional?.usage ?? '';
  const most = usage === '' ? 0 : usage.includes('..') ? Infinity : usage.split(' ').length;
  if (operands.length > most)
    throw new UsageError(`"${operands[most] ?? ''}" is not understood here`, `see ampscope ${name} --help`);
  if (operands.length === 0 && positional !== undefined && usage.startsWith('<'))
    throw new UsageError(`${name}: ${usage} is missing`, `ampscope ${name} ${usage}: ${positional.describe}`);
}

/** yargs' own complaints in our manner. */
function usageErrorOf(message: string, see: string): UsageError {
  const [first = ''] = message.split('\n');
  const valueless = /Not enough arguments following: (\S+)/.exec(first)?.[1];
  if (valueless !== undefined) return new UsageError(`--${valueless} has no value`, see);
  const unknown = /Unknown arguments?: (\S+?),?(?: |$)/.exec(first)?.[1];
  if (unknown === undefined) return new UsageError(first, see);
  return new UsageError(`${unknown.length > 1 ? '--' : '-'}${unknown} is not understood here`, see);
}
