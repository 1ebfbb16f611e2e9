import type { Options } from 'yargs';
import yargs from 'yargs';
import type * as z from 'zod';
import { flagOf } from './names.js';
import type { Usage } from './read-arguments.js';
import { ABOUT, defaultOf, isSwitch } from './setting.js';
import { DEFAULT_FILES } from './settings-file.js';

const HELP_COLUMNS = 100;

/** The help of a command: what it does, its settings by group, one example. */
export async function helpOf({
  name,
  describe,
  positional,
  settings,
  example,
}: Usage<z.ZodObject>): Promise<string> {
  const call = ['$0', name, positional?.usage].join(' ');
  const operands = positional ? `\n\n${positional.usage}  ${positional.describe}` : '';
  const shown = yargs()
    .scriptName('ampscope')
    .usage(`${call}\n\n${describe}${operands}`)
    // The same wherever the program runs.
    .locale('en')
    .version(false)
    .help(false)
    .wrap(HELP_COLUMNS)
    .options(
      Object.fromEntries(
        Object.entries<z.ZodType>(settings.shape).map(([key, setting]) => [flagOf(key), optionOf(setting)]),
      ),
    )
    .option('config', {
      type: 'string',
      describe: `Settings file (default ./${DEFAULT_FILES.join(', else ')})`,
    })
    .option('help', { type: 'boolean', describe: 'Show this help' })
    .epilogue(`Example: ${example[0]}   (${example[1]})`);
  // Each takes one word, and the help says so once.
  return `${(await shown.getHelp()).replaceAll(/(?<!\s)\s*\[(string|boolean)\]$/gm, '')}\n`;
}

function optionOf(setting: z.ZodType): Options {
  const about = ABOUT.get(setting);
  const fallback = about?.otherwise ?? (isSwitch(setting) ? undefined : defaultOf(setting));
  return {
    group: `${about?.group ?? 'Options'}:`,
    type: isSwitch(setting) ? 'boolean' : 'string',
    describe: `${about?.description ?? ''}${fallback === undefined ? '' : ` (default ${fallback})`}`,
  };
}
