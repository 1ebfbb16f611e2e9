/**
 * Preloaded into the command under test (watch.ts): measures the longest span of CPU time that its main thread
 * takes between two turns of the event loop. No signal, datagram or timer is heard for that long.
 *
 * CPU time, for on a machine that is busy with something else the wall clock tells nothing of the program; and that of
 * this thread alone, which is the first figure of /proc/thread-self/schedstat, in nanoseconds (proc_schedstat of the
 * kernel's sched-stats.rst): process.cpuUsage() is the sum of all threads, and perf_hooks knows the wall clock only. A
 * timer reads it every 5 ms, and the end of the program does: what is measured is one turn and at most 5 ms of others
 * before it, so never too little. A reading costs about 5 µs.
 *
 * Left out is what comes before the code of the command is loaded (src/command-line.ts says when): Node evaluates a tree of
 * modules in one turn, and nothing was opened, asked or sent before it. All that is loaded later counts. Not seen is what
 * waits without computing, a synchronous read.
 */
import { subscribe } from 'node:diagnostics_channel';
import { openSync, readSync, writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import type { BusySpan } from './watch.js';

const INTERVAL_MS = 5;

const path = process.env['EVENT_LOOP_BUSY'];
// A worker is given the options and variables of its process, and serves no signal.
if (path !== undefined && isMainThread) watchMainThread(path);

function watchMainThread(path: string): void {
  const file = openSync('/proc/thread-self/schedstat', 'r');
  const buffer = Buffer.alloc(64);
  const cpuMs = (): number => {
    const bytes = readSync(file, buffer, 0, buffer.length, 0);
    return Number.parseInt(buffer.toString('latin1', 0, bytes), 10) / 1e6;
  };
  let last: number | undefined;
  let longest: BusySpan = { cpuMs: 0, endedMs: 0, busyWith: [] };
  const look = (): void => {
    if (last === undefined) return;
    const now = cpuMs();
    if (now - last > longest.cpuMs)
      longest = {
        cpuMs: now - last,
        endedMs: performance.now(),
        busyWith: [...new Set(process.getActiveResourcesInfo())],
      };
    last = now;
  };
  subscribe('ampscope:command-loaded', () => {
    last = cpuMs();
  });
  setInterval(look, INTERVAL_MS).unref();
  process.on('exit', () => {
    look();
    if (last !== undefined) writeFileSync(path, JSON.stringify(longest));
  });
}
