import type { Options } from 'yargs';
import type { Clock } from '../domain/time.js';

/** What a command may touch of the world; a test gives it another one. */
export interface Io {
  readonly stdin: NodeJS.ReadableStream;
  /** For results. */
  readonly stdout: NodeJS.WriteStream;
  /** For everything else. */
  readonly stderr: NodeJS.WriteStream;
  readonly clock: Clock;
  /** Aborts when the user or the system asks us to stop; its reason is the exit code, 130 or 143. */
  readonly stop: AbortSignal;
  /**
   * Calls the listener at every SIGHUP from now on, until the returned function is called; where nobody listens,
   * the signal ends the process as it always does.
   */
  readonly onHangup: (listener: () => void) => () => void;
}

/** One command of the CLI: what its help says, and what it does. */
export interface Command {
  readonly name: string;
  /** The words after the name, in yargs' notation: `[targets..]`. */
  readonly positional?: { readonly usage: string; readonly key: string; readonly describe: string };
  /** One line, as a sentence without a full stop. */
  readonly describe: string;
  readonly options: Readonly<Record<string, Options>>;
  /** One real example, the last line of the help. */
  readonly example: readonly [command: string, what: string];
  /** @returns the exit code. @throws UsageError for wrong use, scope or input. */
  run(argv: Arguments, io: Io): Promise<number>;
}

/** What yargs made of the command line: every option is declared a string or a boolean, and read by `arguments.ts`. */
export type Arguments = Readonly<Record<string, unknown>>;

/** Exit codes, as the README lists them; a signal's code comes from the signal. */
export const EXIT = { finished: 0, fault: 1, usage: 2, findings: 3, losses: 4 } as const;
