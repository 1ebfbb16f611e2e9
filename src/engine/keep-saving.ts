import type { Exchange } from '../domain/exchange.js';
import type { Clock } from '../domain/time.js';
import type { Sighting } from '../sweep/sightings.js';
import type { Counters } from './counters.js';
import type { ScanStart } from './scan-plan.js';

/** What a run knows at one moment: enough to go on from. */
export interface ScanSnapshot {
  /** Where the sweep may go on, and the sightings before that. */
  readonly sweep: Pick<ScanStart, 'parts' | 'sightings' | 'late' | 'debtMs'>;
  /** What was measured since the last snapshot. */
  readonly measured: readonly (readonly [Sighting, readonly Exchange[]])[];
  readonly counters: Counters;
}

/** Keeps what a run knows; `save` is never called again before it has resolved. */
export interface Checkpointer {
  readonly everyMs: number;
  save(snapshot: ScanSnapshot): Promise<void>;
}

/** Saves at the beginning, every so often, and at the end. */
export interface Saving {
  /** @throws what the first save throws. */
  begin(): Promise<void>;
  /** The last save, after which nothing changes. @throws what any save threw. */
  end(): Promise<void>;
  /** No more saves. */
  cancel(): void;
  /** Aborts when a save failed: a run that cannot be kept does not go on. */
  readonly failed: AbortSignal;
}

/** A save that takes long is not followed at once by the next: of a run's time a tenth at most is saving. */
const SHARE_OF_TIME = 10;
/** From one save to the next no more than was asked, though timers are late and a save takes a moment. */
const SHARE_OF_WAITING = 0.7;

export function keepSaving(
  checkpointer: Checkpointer,
  snapshot: () => Promise<ScanSnapshot>,
  clock: Clock,
): Saving {
  const ended = new AbortController();
  const failure = new AbortController();
  let running: Promise<void> | undefined;
  const save = async (): Promise<void> => {
    await checkpointer.save(await snapshot());
  };
  const loop = async (): Promise<void> => {
    let tookMs = 0;
    for (;;) {
      const waitMs = Math.max(checkpointer.everyMs * SHARE_OF_WAITING - tookMs, tookMs * SHARE_OF_TIME);
      await clock.sleep(waitMs, ended.signal);
      if (ended.signal.aborted) return;
      const before = clock.monotonicMs();
      await save();
      tookMs = clock.monotonicMs() - before;
    }
  };
  return {
    failed: failure.signal,
    async begin() {
      await save();
      running = loop();
      running.catch((error: unknown) => {
        failure.abort(error);
      });
    },
    async end() {
      ended.abort();
      await running;
      await save();
    },
    cancel() {
      ended.abort();
    },
  };
}
