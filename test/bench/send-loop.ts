import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Range } from '../../src/domain/address.js';
import { rangeSize } from '../../src/domain/address.js';
import { repositoryRoot } from '../repository.js';

/** The yardstick: a loop around `sendto` in C. */
export interface SendLoop {
  /** Sends one datagram to each address. @returns packets per second. @throws Error where a send fails. */
  run(range: Range, port: number): Promise<number>;
  close(): Promise<void>;
}

const execute = promisify(execFile);

/** Compiles the loop; undefined where there is no C compiler. */
export async function compileSendLoop(): Promise<SendLoop | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'ampscope-bench-'));
  const program = join(folder, 'send-loop');
  const close = (): Promise<void> => rm(folder, { recursive: true });
  try {
    await execute('cc', ['-O2', '-o', program, join(repositoryRoot, 'test', 'bench', 'send-loop.c')]);
  } catch {
    await close();
    return undefined;
  }
  return {
    async run(range, port) {
      const words = [range.first, rangeSize(range), port].map(String);
      const { stdout } = await execute(program, words, { timeout: 60_000 });
      const [packetsPerSecond = NaN, failed = NaN] = stdout.split(' ').map(Number);
      if (failed !== 0) throw new Error(`sendto failed ${failed} times`);
      return packetsPerSecond;
    },
    close,
  };
}
