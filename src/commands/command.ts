import type { Readable } from 'node:stream';
import type * as z from 'zod';
import type { Clock } from '../domain/time.js';
import type { Written } from '../settings/read-settings.js';

/** What a command may touch of the world; a test gives it another one. */
export interface Io {
  readonly stdin: Readable;
  /** For results. */
  readonly stdout: NodeJS.WriteStream;
  /** For everything else. */
  readonly stderr: NodeJS.WriteStream;
  readonly clock: Clock;
  /** Aborts when the user or the system asks us to stop; its reason is the exit code, 130 or 143. */
  readonly stop: AbortSignal;
  /**
   * Calls the listener at every SIGHUP from now on, until the returned function is called; where no listener is left,
   * the signal ends the process as it always does.
   */
  readonly onHangup: (listener: () => void) => () => void;
}

/** One command of the CLI: what its help says, and what it does. */
export interface Command<S extends z.ZodObject = z.ZodObject> {
  /** The operands after the name: `[target..]`, `<run>`. */
  readonly positional?: { readonly usage: string; readonly describe: string };
  /** What it may be told beside them. */
  readonly settings: S;
  /** One real example, the last line of the help. */
  readonly example: readonly [command: string, what: string];
  /** @returns the exit code. @throws UsageError for wrong use, scope or input. */
  run(settings: z.output<S>, io: Io, given: Given): Promise<number>;
}

/** What a command was given beside the settings themselves. */
export interface Given {
  /** What is neither an option nor a value of one: targets, a host, runs. */
  readonly operands: readonly string[];
  /** The settings that were given, by key, as they were written and where. */
  readonly written: ReadonlyMap<string, Written>;
}

/** Nothing beside the settings: what one command gives another. */
export const NOTHING_GIVEN: Given = { operands: [], written: new Map() };

/** Keeps the type of the settings. */
export function defineCommand<S extends z.ZodObject>(command: Command<S>): Command<S> {
  return command;
}

/** Exit codes, as the README lists them; a signal's code comes from the signal. */
export const EXIT = { finished: 0, fault: 1, usage: 2, findings: 3, losses: 4 } as const;
