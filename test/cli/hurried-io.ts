import { PassThrough } from 'node:stream';
import type { Io } from '../../src/commands/command.js';
import type { Clock, Instant } from '../../src/domain/time.js';
import { withSchedule } from '../../src/schedule.js';
import { systemClock } from '../../src/system-clock.js';

export interface HurriedIo {
  readonly io: Io;
  /** All that was written to stdout and stderr. */
  readonly printed: () => string;
  /** What the program did not do: a signal with this exit code. */
  stop(code: number): void;
  /** Nothing of it goes on from its next pause on, as with kill -9. */
  readonly kill: () => void;
}

/**
 * What a killed command waits for. One for all, which this module keeps: the files that such a command has open are not
 * collected, for Node warns of that.
 */
export const forEver = new Promise<void>(() => undefined);

/**
 * A machine in this process whose clock runs so many times faster, so that a scan of minutes takes seconds.
 * @param when what its wall clock shows at the beginning; absent: what the system's does.
 * @param stands whether its wall clock shows that to the end, though time passes.
 */
export function hurriedIo(
  faster: number,
  { when, stands = false }: { readonly when?: Instant | undefined; readonly stands?: boolean } = {},
): HurriedIo {
  const startMs = systemClock.monotonicMs();
  const began = when ?? systemClock.now();
  let isKilled = false;
  const clock: Clock = withSchedule({
    monotonicMs: () => startMs + (systemClock.monotonicMs() - startMs) * faster,
    now: () => (stands ? began : Math.round(began + (systemClock.monotonicMs() - startMs) * faster)),
    sleep: (ms, signal) => (isKilled ? forEver : systemClock.sleep(ms / faster, signal)),
  });
  let printed = '';
  const stream = (): NodeJS.WriteStream => {
    const through = new PassThrough();
    through.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
    return through as unknown as NodeJS.WriteStream;
  };
  const stop = new AbortController();
  return {
    printed: () => printed,
    stop(code) {
      stop.abort(code);
    },
    kill() {
      isKilled = true;
    },
    io: {
      stdin: new PassThrough(),
      stdout: stream(),
      stderr: stream(),
      clock,
      stop: stop.signal,
      onHangup: () => () => undefined,
    },
  };
}
