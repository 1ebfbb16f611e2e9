import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import type { Usage } from './usage-at-exit.js';

export interface MeasuredProcess extends Usage {
  readonly exitCode: number | null;
  readonly wallMs: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Surroundings {
  readonly cwd?: string | undefined;
  /** The words before it: a namespace to enter, a privilege to drop. */
  readonly enter?: readonly string[] | undefined;
  /** Options of Node. */
  readonly node?: readonly string[] | undefined;
}

/** No run of the bench takes longer; one that hangs is killed and fails. */
const LONGEST_MS = 180_000;
const LOOK_EVERY_MS = 20;

/** Runs a script of ours in a Node of its own and tells what it used. @throws Error when it ended without a word. */
export async function runMeasured(
  script: string,
  args: readonly string[],
  { enter = [], node = [], cwd }: Surroundings = {},
): Promise<MeasuredProcess> {
  const preload = pathToFileURL(join(import.meta.dirname, 'usage-at-exit.js')).href;
  const command = [...enter, process.execPath, ...node, '--import', preload, script, ...args];
  const { usage, ...rest } = await run(command, cwd);
  if (usage === '') throw new Error(`${script} ended with ${String(rest.exitCode)}: ${rest.stderr}`);
  return { ...rest, ...(JSON.parse(usage) as Usage) };
}

/** Runs any program; what it used is what /proc showed last, at most 20 ms before its end. */
export async function runForeign(
  command: readonly string[],
  { enter = [], cwd, longestMs }: Surroundings & { readonly longestMs?: number } = {},
): Promise<MeasuredProcess> {
  let used: Usage = { peakRssBytes: 0, cpuSeconds: 0 };
  const look = (pid: number): void => {
    used = usageOf(pid) ?? used;
  };
  const result = await run([...enter, ...command], cwd, {
    ...(longestMs !== undefined && { longestMs }),
    look,
  });
  return { ...result, ...used };
}

async function run(
  [program = '', ...args]: readonly string[],
  cwd: string | undefined,
  {
    longestMs = LONGEST_MS,
    look,
  }: { readonly longestMs?: number; readonly look?: (pid: number) => void } = {},
): Promise<Omit<MeasuredProcess, keyof Usage> & { readonly usage: string }> {
  const started = performance.now();
  const child = spawn(program, args, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    // What a test runner sets to collect coverage would be measured along.
    env: { ...process.env, NODE_V8_COVERAGE: undefined, NODE_OPTIONS: undefined },
    timeout: longestMs,
    killSignal: 'SIGKILL',
  });
  const { pid } = child;
  const looking = look && pid !== undefined ? setInterval(look, LOOK_EVERY_MS, pid) : undefined;
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      resolve(code);
    });
  }).finally(() => {
    clearInterval(looking);
  });
  const [exitCode, ...outputs] = await Promise.all([exited, ...child.stdio.slice(1).map(textOf)]);
  const [stdout = '', stderr = '', usage = ''] = outputs;
  return { exitCode, wallMs: performance.now() - started, stdout, stderr, usage };
}

async function textOf(stream: unknown): Promise<string> {
  return stream instanceof Readable ? text(stream) : '';
}

/** proc(5): VmHWM is the peak; utime and stime, in hundredths of a second, stand 12th and 13th after the name. */
function usageOf(pid: number): Usage | undefined {
  try {
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
    // Ended, and not waited for yet: nothing is left of its memory.
    if (kibibytes === undefined) return undefined;
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
    return {
      peakRssBytes: Number(kibibytes) * 1024,
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100,
    };
  } catch {
    return undefined; // It has ended.
  }
}
