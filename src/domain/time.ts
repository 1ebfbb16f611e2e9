/** Milliseconds since the Unix epoch, UTC. */
export type Instant = number;

/** The one thing that knows what time it is; everything that needs the time is given one. */
export interface Clock {
  /** Wall-clock time, for records. */
  now(): Instant;
  /** Monotonic milliseconds with a fraction, for pacing and waiting; its zero means nothing. */
  monotonicMs(): number;
  /** Resolves after at least this many milliseconds, or as soon as `signal` aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * Does something at this moment (monotonic) or soon after it, never within this call. For waits of which there are
   * thousands: all of them share one sleep. @returns what cancels it.
   */
  schedule(dueMs: number, action: () => void): () => void;
}

/** ISO 8601 in UTC to the second: `2026-11-20T03:00:00Z`. */
export function formatInstant(instant: Instant): string {
  return `${new Date(instant).toISOString().slice(0, 19)}Z`;
}

/** The UTC day: `2026-11-20`. */
export function formatDay(instant: Instant): string {
  return new Date(instant).toISOString().slice(0, 10);
}

/** A time that is also a file name, and sorts as it should: `2026-11-20T030000Z`. */
export function formatStamp(instant: Instant): string {
  return formatInstant(instant).replaceAll(':', '');
}

/** The last millisecond of a UTC day written `2027-03-31`, or undefined where there is no such day. */
export function endOfDay(day: string): Instant | undefined {
  const start = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(start) || formatDay(start) !== day ? undefined : start + 86_400_000 - 1;
}

const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Reads `300ms`, `8s`, `1.5s`, `2m` or `1h`; undefined for anything else, a bare number included. */
export function parseDurationMs(text: string): number | undefined {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h)$/.exec(text);
  return match ? Math.round(Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS]) : undefined;
}
