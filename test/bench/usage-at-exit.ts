/** Preloaded into a measured process (`--import`): at its end it writes what it used to its fourth descriptor. */
import { readFileSync, writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

export interface Usage {
  readonly peakRssBytes: number;
  readonly cpuSeconds: number;
  /** With `--expose-gc`: what a forced collection left when the sweep had ended. */
  readonly retainedBytes?: number;
}

let retainedBytes: number | undefined;

if (globalThis.gc !== undefined) {
  const write = process.stderr.write.bind(process.stderr);
  process.stderr.write = (chunk: string | Uint8Array, ...rest: never[]) => {
    if (String(chunk).startsWith('sweep: 100 %')) retainedBytes = collected();
    return write(chunk, ...rest);
  };
}

process.on('exit', () => {
  // Threads are preloaded too; their time and memory are the process's.
  if (!isMainThread) return;
  const { user, system } = process.cpuUsage();
  const usage: Usage = {
    peakRssBytes: peakRssBytes(),
    cpuSeconds: (user + system) / 1e6,
    ...(retainedBytes !== undefined && { retainedBytes }),
  };
  writeSync(3, JSON.stringify(usage));
});

/** Linux' `VmHWM` is this program's alone; `ru_maxrss` is also what its parent held when it was started. */
function peakRssBytes(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024;
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1')) ?? [];
  return Number(kibibytes) * 1024;
}

function collected(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
