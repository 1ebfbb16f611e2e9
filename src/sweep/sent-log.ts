/** How far back a time lies in packets: which number was the first to leave after a moment, to a quarter second. */
export interface SentLog {
  note(nowMs: number, rank: number): void;
  /** A rank at or before every one that left at or after this moment. */
  rankBefore(ms: number): number;
  /** When this rank left, at most the resolution before it did; undefined where it left before all that is kept. */
  msOf(rank: number): number | undefined;
  /** When the latest packet left; -Infinity before the first. */
  readonly latestMs: number;
}

interface Mark {
  readonly ms: number;
  readonly rank: number;
}

const RESOLUTION_MS = 250;

/** @param keepMs how far back marks are looked up; older ones are forgotten. */
export function createSentLog(keepMs: number, resolutionMs = RESOLUTION_MS): SentLog {
  let marks: Mark[] = [];
  let last: Mark | undefined;
  let latestMs = -Infinity;
  return {
    get latestMs() {
      return latestMs;
    },
    note(nowMs, rank) {
      latestMs = nowMs;
      // Asking again begins anew, at a lower rank.
      if (last !== undefined && nowMs - last.ms < resolutionMs && rank >= last.rank) return;
      marks.push((last = { ms: nowMs, rank }));
      const outdated = marks.findIndex(({ ms }) => ms >= nowMs - keepMs) - 1;
      if (outdated > 64) marks = marks.slice(outdated);
    },
    rankBefore(ms) {
      const from = Math.max(
        0,
        marks.findLastIndex((mark) => mark.ms <= ms),
      );
      let least = marks[from]?.rank ?? 0;
      for (let i = from + 1; i < marks.length; i++) least = Math.min(least, marks[i]?.rank ?? least);
      return least;
    },
    msOf: (sent) => marks.findLast(({ rank }) => rank <= sent)?.ms,
  };
}
