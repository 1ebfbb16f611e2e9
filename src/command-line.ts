import { channel } from 'node:diagnostics_channel';
import { commands } from './commands/index.js';
import type { Io } from './commands/command.js';
import { EXIT } from './commands/command.js';
import { UsageError } from './domain/usage-error.js';
import { nearMiss } from './scope/near-miss.js';
import { version } from './version.js';

/**
 * Finds the command that the arguments name, reads its settings and runs it. A command is loaded when it is to run,
 * so help and version come at once.
 * @param args the arguments, without the interpreter and the script.
 * @param environment the variables of the process.
 * @returns the exit code.
 * @throws UsageError for wrong use.
 */
export async function runCommandLine(
  args: readonly string[],
  io: Io,
  environment: Readonly<Record<string, string | undefined>> = {},
): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined) throw new UsageError('no command is named', 'see ampscope --help');
  const shown = { '--help': overview, '--version': () => `${version}\n` }[name];
  if (shown !== undefined) {
    io.stdout.write(shown());
    return EXIT.finished;
  }
  const entry = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (entry === undefined) throw unknownCommand(name);
  const command = await entry.load();
  const usage = { name, describe: entry.describe, ...command };
  if (isHelpAsked(rest)) {
    const { helpOf } = await import('./settings/help.js');
    io.stdout.write(await helpOf(usage));
    return EXIT.finished;
  }
  const { readArguments } = await import('./settings/read-arguments.js');
  // For a program that measures this one: its code is loaded, and what follows is its work.
  channel('ampscope:command-loaded').publish(name);
  const { settings, ...given } = await readArguments(usage, rest, environment, io.stop);
  return command.run(settings, io, given);
}

function isHelpAsked(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end === -1 ? undefined : end).includes('--help');
}

function unknownCommand(name: string): UsageError {
  const meant = nearMiss(name, Object.keys(commands));
  return name.startsWith('-')
    ? new UsageError(`${name} is not understood here`, 'see ampscope --help')
    : new UsageError(
        `there is no command "${name}"`,
        meant === undefined ? 'see ampscope --help' : `did you mean ampscope ${meant}?`,
      );
}

function overview(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const lines = Object.entries(commands).map(
    ([name, { describe }]) => `  ${name.padEnd(width)}  ${describe}`,
  );
  return `ampscope <command>

Finds the UDP reflectors in your own address space, and measures how strong each is.

Commands:
${lines.join('\n')}

Options:
  --help     Show help, of a command too
  --version  Show the version

Example: ampscope demo   (starts reflectors on loopback and scans them)
`;
}
