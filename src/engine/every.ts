import type { Clock } from '../domain/time.js';

/** Does something every so often, by the given clock. @returns what ends it. */
export function every(clock: Clock, ms: number, action: () => void): () => void {
  const ended = new AbortController();
  const loop = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(ms, ended.signal);
      if (ended.signal.aborted) return;
      action();
    }
  };
  void loop();
  return () => {
    ended.abort();
  };
}
