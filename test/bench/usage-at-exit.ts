/** Preloaded into a measured process (`--import`): at its end it writes what it used to its fourth descriptor. */
import { readFileSync, writeSync } from 'node:fs';

export interface Usage {
  readonly peakRssBytes: number;
  readonly cpuSeconds: number;
}

process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  const usage: Usage = { peakRssBytes: peakRssBytes(), cpuSeconds: (user + system) / 1e6 };
  writeSync(3, JSON.stringify(usage));
});

/** Linux' `VmHWM` is this program's alone; `ru_maxrss` is also what its parent held when it was started. */
function peakRssBytes(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024;
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1')) ?? [];
  return Number(kibibytes) * 1024;
}
