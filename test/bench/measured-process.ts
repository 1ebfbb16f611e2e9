import { spawn } from 'node:child_process';
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

/** No run of the bench takes longer; one that hangs is killed and fails. */
const LONGEST_MS = 180_000;

/** Runs a script of ours in a Node of its own and tells what it used. @throws Error when it ended without a word. */
export async function runMeasured(
  script: string,
  words: readonly string[],
  { cwd }: { readonly cwd?: string } = {},
): Promise<MeasuredProcess> {
  const preload = pathToFileURL(join(import.meta.dirname, 'usage-at-exit.js')).href;
  const started = performance.now();
  const child = spawn(process.execPath, ['--import', preload, script, ...words], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    // What a test runner sets to collect coverage would be measured along.
    env: { ...process.env, NODE_V8_COVERAGE: undefined, NODE_OPTIONS: undefined },
    timeout: LONGEST_MS,
    killSignal: 'SIGKILL',
  });
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  const [exitCode, ...outputs] = await Promise.all([exited, ...child.stdio.slice(1).map(textOf)]);
  const [stdout = '', stderr = '', usage = ''] = outputs;
  const wallMs = performance.now() - started;
  if (usage === '') throw new Error(`${script} ended with ${String(exitCode)}: ${stderr}`);
  return { exitCode, wallMs, stdout, stderr, ...(JSON.parse(usage) as Usage) };
}

async function textOf(stream: unknown): Promise<string> {
  return stream instanceof Readable ? text(stream) : '';
}
