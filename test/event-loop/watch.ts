import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The longest span of a program without a turn of its event loop. */
export interface BusySpan {
  /** CPU time of the main thread. */
  readonly cpuMs: number;
  /** When it was over, on the program's own clock: `node --cpu-prof` shows what was going on then. */
  readonly endedMs: number;
  /** What was open or awaited at its end, as `process.getActiveResourcesInfo()` names it: `UDPWrap`, `FSReqPromise`. */
  readonly busyWith: readonly string[];
}

/**
 * On a machine that has nothing else to do the first signal is heard within 50 ms. Beside other programs the collector of
 * garbage does alone what its threads would do: 35 ms became 85 ms there.
 */
const LONGEST_BUSY_MS = 150;

/**
 * Watches the event loop of the built command (preload.ts).
 * @param run starts it with these variables in its environment, and waits for its end.
 * @throws what `run` throws, and the system's error where the command did not come as far as being loaded.
 */
export async function watchEventLoop<T>(
  run: (environment: Readonly<Record<string, string>>) => Promise<T>,
): Promise<{ readonly result: T; readonly longest: BusySpan }> {
  const folder = mkdtempSync(join(tmpdir(), 'ampscope-loop-'));
  try {
    const path = join(folder, 'longest.json');
    const preload = pathToFileURL(join(import.meta.dirname, 'preload.js')).href;
    const result = await run({ NODE_OPTIONS: `--import=${preload}`, EVENT_LOOP_BUSY: path });
    return { result, longest: JSON.parse(readFileSync(path, 'utf8')) as BusySpan };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @throws AssertionError that says when it was too long, and what was going on. */
export function assertNeverBlocked({ cpuMs, endedMs, busyWith }: BusySpan, what: string): void {
  assert.ok(
    cpuMs < LONGEST_BUSY_MS,
    `${what}: the event loop stood still for ${cpuMs.toFixed(1)} ms of CPU time, until ${endedMs.toFixed(0)} ms after the start (${busyWith.join(', ')})`,
  );
}
