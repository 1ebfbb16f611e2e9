import type { Argv } from 'yargs';
import yargs from 'yargs';
import type { Command, Io } from './commands/command.js';
import { EXIT } from './commands/command.js';
import { commands } from './commands/index.js';
import { UsageError } from './domain/usage-error.js';
import { version } from './version.js';

const HELP_COLUMNS = 100;

/**
 * Finds the command that the arguments name and runs it.
 * @param words the arguments, without the interpreter and the script.
 * @returns the exit code.
 * @throws UsageError for wrong use.
 */
export async function runCommandLine(words: readonly string[], io: Io): Promise<number> {
  let code: number = EXIT.finished;
  const program = commands.reduce<Argv>(
    (parser, command) =>
      parser.command(
        [command.name, command.positional?.usage ?? ''].join(' ').trim(),
        command.describe,
        (inner) => describeCommand(inner, command),
        async (argv) => {
          if (argv._.length > 1)
            throw new UsageError(
              `"${argv._[1] ?? ''}" is not understood here`,
              `see ampscope ${command.name} --help`,
            );
          code = await command.run(argv, io);
        },
      ),
    yargs()
      .scriptName('ampscope')
      .usage(
        '$0 <command>\n\nFinds the UDP reflectors in your own address space, and measures how strong each is.',
      )
      // Messages must be the same wherever the program runs: other programs read them.
      .locale('en')
      .version(version)
      .parserConfiguration({
        'greedy-arrays': false,
        'parse-numbers': false,
        'parse-positional-numbers': false,
        'boolean-negation': false,
        'dot-notation': false,
        'camel-case-expansion': false,
      })
      .wrap(HELP_COLUMNS)
      .strict()
      .demandCommand(1, 'no command is named')
      .recommendCommands()
      .epilogue('Example: ampscope demo   (starts reflectors on loopback and scans them)')
      .exitProcess(false)
      .fail((message: string | null, error: Error | undefined) => {
        // What yargs itself complains of comes as text or as a YError; everything else is a command's own.
        if (error !== undefined && error.name !== 'YError') throw error;
        throw usageErrorOf(error?.message ?? message ?? '', words);
      }),
  );
  await program.parseAsync([...words]);
  return code;
}

function describeCommand(parser: Argv, { positional, options, example, name, describe }: Command): Argv {
  const usage = ['$0', name, positional?.usage ?? ''].join(' ').trim();
  const described = parser
    .usage(`${usage}\n\n${describe}`)
    .options(options)
    .hide('version')
    .epilogue(`Example: ${example[0]}   (${example[1]})`);
  return positional
    ? described.positional(positional.key, {
        type: 'string',
        describe: positional.describe,
        array: positional.usage.includes('..'),
      })
    : described;
}

/** yargs' own complaints in our manner; it names a near miss instead of the word that it does not know. */
function usageErrorOf(message: string, words: readonly string[]): UsageError {
  const command = commands.find(({ name }) => words.includes(name));
  const [first = ''] = message.split('\n');
  const meant = /^Did you mean (\S+)\?$/.exec(first)?.[1];
  if (meant !== undefined)
    return new UsageError(`there is no command "${words[0] ?? ''}"`, `did you mean ampscope ${meant}?`);
  const valueless = /^Not enough arguments following: (\S+)$/.exec(first)?.[1];
  const see = command ? `see ampscope ${command.name} --help` : 'see ampscope --help';
  if (valueless !== undefined) return new UsageError(`--${valueless} has no value`, see);
  const unknown = /^Unknown arguments?: (\S+?),?(?: |$)/.exec(first)?.[1];
  if (unknown !== undefined && words.includes(`--${unknown}`))
    return new UsageError(`--${unknown} is not understood here`, see);
  if (first.startsWith('Not enough non-option arguments') && command?.positional) {
    const { usage, describe } = command.positional;
    return new UsageError(
      `${command.name}: ${usage} is missing`,
      `ampscope ${command.name} ${usage}: ${describe}`,
    );
  }
  const text = first === '' ? 'not understood' : first.charAt(0).toLowerCase() + first.slice(1);
  return new UsageError(text, see);
}
