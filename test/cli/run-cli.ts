import { spawn } from 'node:child_process';
import { join, resolve as resolvePath } from 'node:path';
import { assertOutputsFit } from '../reports/run-outputs.js';
import { repositoryRoot } from '../repository.js';

/** The CLI as the compiler wrote it, a file for a file. */
export const cliPath = join(import.meta.dirname, '..', '..', 'src', 'cli.js');

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliRun {
  readonly done: Promise<CliResult>;
  kill(signal: NodeJS.Signals): void;
  /** Resolves as soon as stderr or stdout holds the text; rejects when the command ends without it. */
  says(text: string): Promise<void>;
  /** How far its sweep is by what it has said, as a share; 0 before that. Not with --quiet. */
  swept(): number;
}

export interface CliOptions {
  readonly cwd?: string;
  readonly input?: string;
  /** Variables of its environment, beside those of the tests. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The words before the program: its namespace and its user. */
  readonly within?: readonly string[];
}

/** Starts the CLI in a folder, without a terminal. */
export function startCli(args: readonly string[], options: CliOptions = {}): CliRun {
  const [program = '', ...rest] = [...(options.within ?? []), process.execPath, cliPath, ...args];
  const cwd = options.cwd ?? repositoryRoot;
  const child = spawn(program, rest, {
    cwd,
    stdio: ['pipe', 'pipe', 'pipe'],
    // Coverage of children would slow the sweeps down and write into the reports' folders.
    env: { ...process.env, NODE_V8_COVERAGE: '', ...options.environment },
  });
  let stdout = '';
  let stderr = '';
  let waiting: {
    readonly text: string;
    readonly resolve: () => void;
    readonly reject: (error: Error) => void;
  }[] = [];
  const check = (): void => {
    for (const entry of waiting)
      if (stdout.includes(entry.text) || stderr.includes(entry.text)) entry.resolve();
  };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
    check();
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
    check();
  });
  child.stdin.end(options.input ?? '');
  const done = new Promise<CliResult>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      for (const { text, reject: fail } of waiting)
        fail(new Error(`ended without saying "${text}":\n${stderr}`));
      waiting = [];
      try {
        // What a fault or wrong use leaves behind is for its own test.
        for (const folder of code === 1 || code === 2 ? [] : foldersNamed(args))
          assertOutputsFit(resolvePath(cwd, folder));
        resolve({ code, stdout, stderr });
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  });
  return {
    done,
    kill(signal) {
      child.kill(signal);
    },
    says: (text) =>
      new Promise((resolve, reject) => {
        waiting.push({ text, resolve, reject });
        check();
      }),
    swept: () => Number([...stderr.matchAll(/^sweep: (\d+) %/gm)].at(-1)?.[1] ?? 0) / 100,
  };
}

/** Where it may have written runs: what follows --out or --resume, and the run that a report is made of. */
function foldersNamed(args: readonly string[]): readonly string[] {
  const after = (word: string): string | undefined =>
    args.includes(word) ? args[args.indexOf(word) + 1] : undefined;
  return [after('--out'), after('--resume'), after('report')].filter((folder) => folder !== undefined);
}

/** Runs the CLI to its end. */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return startCli(args, options).done;
}
