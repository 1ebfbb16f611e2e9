import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from '../repository.js';
import { runForeign } from './measured-process.js';

/** The yardstick: a loop around `sendto` in C. */
export interface SendLoop {
  /**
   * Sends one datagram to each address.
   * @param args the first address, how many, the port, and the request in hex.
   * @throws Error where a send fails.
   */
  run(enter: readonly string[], args: readonly string[]): Promise<SendLoopResult>;
  close(): Promise<void>;
}

export interface SendLoopResult {
  readonly packetsPerSecond: number;
  readonly wallMs: number;
  readonly peakRssBytes: number;
  readonly cpuSeconds: number;
}

const execute = promisify(execFile);

/** Compiles the loop; undefined where there is no C compiler. */
export async function compileSendLoop(): Promise<SendLoop | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'ampscope-bench-'));
  // Nothing runs it.
  await chmod(folder, 0o755);
  const program = join(folder, 'send-loop');
  const close = (): Promise<void> => rm(folder, { recursive: true });
  try {
    await execute('cc', ['-O2', '-o', program, join(repositoryRoot, 'test', 'bench', 'send-loop.c')]);
  } catch {
    await close();
    return undefined;
  }
  return {
    async run(enter, args) {
      const { stdout, wallMs } = await runForeign([program, ...args], { enter });
      const [packetsPerSecond = NaN, failed = NaN, kibibytes = NaN, cpuSeconds = NaN] = stdout
        .split(' ')
        .map(Number);
      if (failed !== 0) throw new Error(`sendto failed ${failed} times`);
      return { packetsPerSecond, wallMs, peakRssBytes: kibibytes * 1024, cpuSeconds };
    },
    close,
  };
}
