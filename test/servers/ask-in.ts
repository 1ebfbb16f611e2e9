import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Namespace } from './namespace.js';

const PROGRAM = join(import.meta.dirname, 'ask.js');
const run = promisify(execFile);

/** Asks a server from inside a namespace, again and again until it answers. @throws Error when it never does. */
export async function askUntilAnswer(
  from: Namespace,
  to: { readonly address: string; readonly port: number },
  request: Uint8Array,
  withinMs: number,
): Promise<Uint8Array> {
  const { stdout } = await ask(from, 'until-answer', to, request, withinMs);
  return Buffer.from(stdout.trim(), 'hex');
}

/** Sends one datagram from inside a namespace. */
export async function sendOnce(
  from: Namespace,
  to: { readonly address: string; readonly port: number },
  request: Uint8Array,
): Promise<void> {
  await ask(from, 'once', to, request, 0);
}

async function ask(
  { enter }: Namespace,
  mode: 'until-answer' | 'once',
  { address, port }: { readonly address: string; readonly port: number },
  request: Uint8Array,
  withinMs: number,
): Promise<{ stdout: string }> {
  const [program, ...rest] = enter;
  const question = [address, String(port), Buffer.from(request).toString('hex'), String(withinMs)];
  return run(program, [...rest, process.execPath, PROGRAM, mode, ...question]);
}
