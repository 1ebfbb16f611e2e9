/** What stands for the options of a scan that are left out: `scan` and `doctor` share it. */
export const DEFAULTS = {
  parallel: 128,
  cooldownMs: 8000,
  formGapMs: 2000,
  stretchMs: 15 * 60_000,
  retries: 1,
  threads: 1,
  receiveBufferBytes: 64 * 1024 * 1024,
  checkpointMs: 5000,
  out: 'exposure',
  fileMode: 0o600,
} as const;

/** The longest that the durations may be. */
export const MOST_MS = {
  cooldown: 600_000,
  // Below the 30 s that cap an exchange, or every answer would be called capped.
  'quiet-gap': 20_000,
  'form-gap': 600_000,
  stretch: 24 * 3_600_000,
  checkpoint: 600_000,
} as const;
